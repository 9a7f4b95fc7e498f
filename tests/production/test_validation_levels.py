"""Levels (spec 08 §9): the least level found agrees with the specification's own recursive judgement."""

from __future__ import annotations

import pytest

from production import Schema
from production.language.nodes import Attribute, Binary, Constant, Has, If, Is, Node, RecordOf, Variable
from production.language.uids import Uid
from production.schema.types import FALSE, TRUE, EntityType
from production.text.parser import parse_policies
from production.validation import levels
from production.validation.capabilities import ExpressionNumbers
from production.validation.control import conjunction
from production.validation.environments import Environment, Environments
from production.validation.lattice import Lattice
from production.validation.levels import NO_LEVEL, Levels
from production.validation.machine import Machine, Trace
from production.validation.problems import Faults
from production.validation.rules import RULES
from tests.production.validation_schemas import is_valid, policy

SCHEMA = Schema.from_cedar("""
    entity G;
    entity U in [G] {m: U, n: Long, b: Bool, r: {u: U, k: Long}, o?: U} tags U;
    action v in [w] appliesTo {principal: U, resource: U, context: {u: U, r: {u: U}}};
    action w;
""")

LEVELS = {
    'principal == User::"a"'.replace("User", "U"): 0,
    "context has u": 0,
    "context.u == principal": 0,
    'principal in G::"g"': 1,
    "principal.b": 1,
    "principal has o": 1,
    'principal.hasTag("t")': 1,
    'principal.hasTag("t") && principal.getTag("t").b': 2,
    'principal.hasTag("t") && principal.getTag("t") == principal': 1,
    "context.u.b": 1,
    "context.r.u.b": 1,
    "context.r.u.m.b": 2,
    "principal.m.b": 2,
    "principal.r.u.b": 2,
    "principal.m.m.m in principal.m": 4,
    'principal.m in G::"g"': 2,
    'action in Action::"w"': 1,
    'U::"a".b': None,
    'U::"a" in G::"g"': None,
    'Action::"v" in Action::"w"': 1,
    'Action::"w" in Action::"v"': None,
    "{a: principal.n, b: principal}.b == principal": 1,
    "{a: true, b: principal.m.b}.a": 2,
    "{a: principal.m, b: principal}.a.b": 2,
    "{a: {c: principal}}.a.c.b": 1,
    "(if principal.b then principal else principal.m).b": 2,
    "(if principal.m.b then principal else resource).b": 2,
    "(if context.u == principal then {x: principal} else {x: principal.m}).x.b": 2,
    "if true then principal.b else principal.m.b": 1,
    "false && principal.m.b": 0,
    "true || principal.m.b": 0,
    "principal.b && principal.m.b": 2,
    "!(principal.m.b) || principal.n + principal.m.n > 3": 2,
    "principal has r.u.b": 2,
    "principal has o.m.b": 3,
    "principal has nope.m.b": 1,
    "context has r.u.b": 1,
    'principal is U in G::"g"': 1,
    'principal is G in G::"g"': 0,
    "principal is G in principal": 0,
    "[principal.m.n].contains(1)": 2,
    'principal.hasTag("t") && principal.getTag("t").hasTag(if principal.m.b then "t" else "u")': 2,
    'principal.m.hasTag("t") && principal.m.getTag("t").m.b': 4,
    '{u: U::"a", v: principal}.v.b': 1,
    '{u: U::"a", v: principal}.u.b': None,
}


@pytest.mark.parametrize(("condition", "least"), LEVELS.items())
def test_the_least_level(condition: str, least: int | None) -> None:
    accepted = [is_valid(SCHEMA, policy(condition), level=level) for level in range(6)]

    assert accepted == [least is not None and level >= least for level in range(6)]


@pytest.mark.parametrize(
    ("scope", "least"),
    [
        ('principal == U::"a", action == Action::"v", resource is U', 0),
        ('principal in G::"g", action, resource', 1),
        ('principal, action, resource is U in G::"g"', 1),
        ('principal, action in [Action::"v"], resource', 1),
        ("principal in ?principal, action, resource", 1),
        ("principal == ?principal, action, resource", 0),
    ],
)
def test_the_least_level_of_a_scope(scope: str, least: int) -> None:
    assert [is_valid(SCHEMA, policy("true", scope), level=level) for level in range(3)] == [
        level >= least for level in range(3)
    ]


class Judgement:
    """`check` and `target` of spec 08 §9, rule by rule, for level `m`."""

    def __init__(self, trace: Trace, action: Uid, m: int) -> None:
        self.trace, self.action, self.m = trace, action, m

    def check(self, e: Node) -> bool:
        match e:
            case If(condition, then, otherwise):
                guard = self.trace.type_of(condition)
                branches = [then] if guard is TRUE else [otherwise] if guard is FALSE else [then, otherwise]
                return self.check(condition) and all(map(self.check, branches))
            case Binary("&&", left, right):
                return self.check(left) and (self.decides(left, FALSE) or self.check(right))
            case Binary("||", left, right):
                return self.check(left) and (self.decides(left, TRUE) or self.check(right))
            case Binary("in" | "hasTag" | "getTag", left, right):
                return self.m > 0 and self.target(left, self.m - 1, []) and self.check(right)
            case Attribute(inner, _) if isinstance(self.trace.type_of(inner), EntityType):
                return self.m > 0 and self.target(inner, self.m - 1, [])
            case Has(inner, path):
                return self.has(inner, path, self.trace.operands_of(e))
            case Is(inner, type_name, ancestor):
                tested = self.trace.type_of(inner)
                if ancestor is None or not isinstance(tested, EntityType) or type_name not in tested.names:
                    return self.check(inner)
                return self.check(inner) and self.check(Binary("in", inner, ancestor))
            case _:
                return all(map(self.check, e.children))

    def decides(self, e: Node, type_: object) -> bool:
        """Whether a chain on the left has the type that keeps its right side from being reached."""
        while isinstance(e, Binary) and e.op in ("&&", "||") and self.trace.type_of(e) is None:
            if self.decides(e.left, type_):
                return True
            e = e.right
        return self.trace.type_of(e) is type_

    def has(self, inner: Node, path: tuple[str, ...], operands: list[object]) -> bool:
        for operand, name in zip(operands, path, strict=False):
            if isinstance(operand, EntityType):
                if not (self.m > 0 and self.target(inner, self.m - 1, [])):
                    return False
            elif not self.check(inner):
                return False
            step = Attribute(inner, name)
            self.trace.note(inner, operand)  # type: ignore[arg-type]
            inner = step
        return True

    def target(self, e: Node, k: int, path: list[str]) -> bool:
        match e:
            case Variable():
                return True
            case Constant(value):
                return value is self.action
            case If(condition, then, otherwise):
                guard = self.trace.type_of(condition)
                branches = [then] if guard is TRUE else [otherwise] if guard is FALSE else [then, otherwise]
                return self.check(condition) and all(self.target(b, k, path) for b in branches)
            case Attribute(inner, name):
                if isinstance(self.trace.type_of(inner), EntityType):
                    return k > 0 and self.target(inner, k - 1, [])
                return self.target(inner, k, [name, *path])
            case Binary("getTag", left, right):
                return k > 0 and self.target(left, k - 1, []) and self.check(right)
            case RecordOf(names, values) if path:
                fields = dict(zip(names, values, strict=True))
                return (
                    path[0] in fields
                    and self.target(fields[path[0]], k, path[1:])
                    and all(map(self.check, values))
                )
            case _:
                return False


def judged(condition: str) -> tuple[int, list[bool]]:
    """The least level that is found, and what the rules of the specification say at levels 0 to 5."""
    (parsed,) = parse_policies(f"permit(principal, action, resource) when {{ {condition} }};")
    (environment,) = Environments(SCHEMA.model).admitted_by(parsed)
    assert isinstance(environment, Environment)
    trace = Trace()
    machine = Machine(
        RULES,
        SCHEMA.model,
        Environments(SCHEMA.model).hierarchy,
        Lattice(SCHEMA.model.types),
        ExpressionNumbers(),
        environment,
        Faults(),
        trace,
    )
    machine.run(conjunction(machine, [(parsed.conditions[0].body, False)]))
    least = Levels(trace, environment.action).of_conditions(parsed.conditions)
    body = parsed.conditions[0].body
    return least, [Judgement(trace, environment.action, level).check(body) for level in range(6)]


@pytest.mark.parametrize("condition", LEVELS)
def test_law_least_level(condition: str) -> None:
    least, accepted = judged(condition)

    assert accepted == [level >= least for level in range(6)]


def test_a_level_check_that_forgets_tags_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted defect LV-1: `hasTag` counted as free."""
    monkeypatch.setattr(Levels, "_lookup", lambda self, node: self._chain(node.children, None))
    least, accepted = judged('principal.hasTag("foo")')

    assert accepted != [level >= least for level in range(6)]


def test_a_level_check_that_forgets_unused_fields_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted defect LV-2: the fields of a record literal that a projection drops."""
    monkeypatch.setattr(levels, "after", lambda level, source: source)
    condition = "{a: principal, b: principal.m.b}.a.b"
    least, accepted = judged(condition)

    assert accepted != [level >= least for level in range(6)]
    assert least < NO_LEVEL
