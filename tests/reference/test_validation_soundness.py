"""Soundness on a small world, exhaustively (spec 08 §7): what is valid never misses an attribute or a kind.

Every condition of two levels over a few atoms is checked, and evaluated on every store of a few. The same law must
find each of a handful of faulty rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest

from reference.entities import Entities, Entity, store
from reference.errors import EvaluationError
from reference.evaluator import evaluate
from reference.request import Request
from reference.schema.reader import read_schema
from reference.schema.types import BOOL, STRING, TRUE, Type, is_boolean
from reference.syntax import And, Expr, If, Or, Unary
from reference.text.parser import parse_expression
from reference.validation import control, typechecker
from reference.validation.attributes import get_attr_type
from reference.validation.capabilities import NONE, Capabilities
from reference.validation.environments import Environment
from reference.validation.judgement import Checker, Judgement, Sort, Typed
from reference.validation.typechecker import TypeChecker
from reference.values import TRUE as YES
from reference.values import Bool, EntityUid, Record, String, Value

SCHEMA = read_schema(
    "entity U {o?: Bool, s: String} tags Bool; action a appliesTo {principal: U, resource: U};"
)
USER, ACTION = EntityUid("U", "u"), EntityUid("Action", "a")
SETTING_TYPES = Environment("U", ACTION, "U", SCHEMA.actions[ACTION].context)

ATOMS = [
    parse_expression(text)
    for text in (
        "true", "false", "principal has o", "principal.o", 'principal has s && principal.s like "x"',
        'principal.hasTag("t")', 'principal.getTag("t")', "principal.s", "principal is Action",
    )
]  # fmt: skip


def conditions() -> Iterator[Expr]:
    once = [*ATOMS, *(Unary("!", atom) for atom in ATOMS)]
    twice = [form(a, b) for form in (And, Or) for a, b in product(once, repeat=2)]
    yield from twice
    for form, a, b in product((And, Or), twice[::3], ATOMS):
        yield form(a, b)
    for c, t, e in product(ATOMS, repeat=3):
        yield And(If(c, t, e), ATOMS[3])
        yield If(c, t, e)


def user(attrs: dict[str, Value], tags: dict[str, Value]) -> Entities:
    return store([Entity(USER, {"s": String("x"), **attrs}, frozenset(), tags)])


STORES = [
    user({}, {}),
    user({"o": YES}, {"t": YES}),
    user({"o": Bool(False)}, {}),
    user({}, {"t": YES}),
]


def valid(expr: Expr) -> bool:
    """Whether the condition is type-correct."""
    checker = TypeChecker(SCHEMA, SETTING_TYPES)
    checker.condition(expr)
    return not checker.problems


def violations() -> list[Expr]:
    """Conditions that are valid and still fail for a reason that validation excludes."""
    request = Request(USER, ACTION, USER, Record({}))
    found = []
    for expr in conditions():
        if not valid(expr):
            continue
        for entities in STORES:
            try:
                evaluate(expr, request, entities)
            except EvaluationError:
                found.append(expr)
                break
    return found


def test_valid_conditions_do_not_fail() -> None:
    assert violations() == []


def test_the_world_is_not_empty_of_either() -> None:
    """The law says something only if many conditions are valid, and many are not and do fail."""
    verdicts = [valid(expr) for expr in conditions()]
    assert verdicts.count(True) > 500
    assert verdicts.count(False) > 500


def reads_without_capability(expr: Expr, operand: Typed, attr: str, known: bool, check: Checker) -> Type:
    return get_attr_type(expr, operand, attr, True, check)


def either_side_grants(expr: Or, known: Capabilities, check: Checker) -> Judgement:
    left, right = check.judge(expr.left, known), check.judge(expr.right, known)
    return Judgement(Typed(expr, BOOL, (left.typed, right.typed)), left.grants | right.grants)


def right_side_knows_the_left(expr: Or, known: Capabilities, check: Checker) -> Judgement:
    left = check.judge(expr.left, known)
    right = check.judge(expr.right, known | left.grants)
    return Judgement(Typed(expr, BOOL, (left.typed, right.typed)))


def else_branch_knows_the_condition(expr: If, known: Capabilities, check: Checker) -> Judgement:
    condition = control.boolean(expr.condition, known, check)
    then = control.boolean(expr.then, known | condition.grants, check)
    otherwise = control.boolean(expr.otherwise, known | condition.grants, check)
    return Judgement(Typed(expr, BOOL, (condition.typed, then.typed, otherwise.typed)))


def right_side_unchecked(expr: And, known: Capabilities, check: Checker) -> Judgement:
    left = control.boolean(expr.left, known, check)
    return Judgement(Typed(expr, BOOL, (left.typed,)), left.grants)


def true_decides_conjunction(left: Type, right: Type) -> Type:
    return TRUE if TRUE in (left, right) else BOOL


FAULTS: dict[str, tuple[object, str, object]] = {
    "access without capability": (typechecker, "get_attr_type", reads_without_capability),
    "union instead of intersection": (typechecker, "disjunction", either_side_grants),
    "the right side of || knows the left": (typechecker, "disjunction", right_side_knows_the_left),
    "else knows the condition": (typechecker, "conditional", else_branch_knows_the_condition),
    "the right side of && is not checked": (typechecker, "conjunction", right_side_unchecked),
    "one true side makes && true": (control, "and_type", true_decides_conjunction),
    "strings are booleans": (control, "BOOLEAN", Sort("Bool", lambda t: t == STRING or is_boolean(t))),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faulty_rules_are_found(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, name, rule = FAULTS[fault]
    monkeypatch.setattr(module, name, rule)
    assert violations() != []


def test_negation_must_not_keep_capabilities(monkeypatch: pytest.MonkeyPatch) -> None:
    right = typechecker.rule

    def rule(expr: Expr, known: Capabilities, check: Checker) -> Judgement:
        if not isinstance(expr, Unary):
            return right(expr, known, check)
        operand = check.judge(expr.operand, known)
        return Judgement(Typed(expr, BOOL, (operand.typed,)), operand.grants)

    monkeypatch.setattr(typechecker, "rule", rule)
    assert violations() != []
    assert NONE.grants(NONE)
