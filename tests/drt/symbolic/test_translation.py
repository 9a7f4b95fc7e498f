"""Translation validation: production's generated code is proved equal, and planted defects are refuted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from drt.model.case import Source
from drt.symbolic.inputs import policies_of
from drt.symbolic.production_code import WAYS
from drt.symbolic.python_values import NotUnderstood
from drt.symbolic.translation import Equal, Translation, Unequal, Unproved, Validation
from production.execution import codegen, codegen_operators
from production.execution.codegen_writer import OVERFLOW, Operand, Writer
from production.language import lowering as op
from production.language import policies as production_policies
from production.serving import index, plans, rules
from tests.drt.symbolic.questions import SCHEMA, written

CONDITIONS = [
    "context.a + context.b * 2 - 1 > -context.a",
    "context.a + 1 > 0 && context.t.offset(context.d) > context.t",
    "context.t.offset(context.d) > context.t || -context.a < 3",
    "if context.t.toDate() == context.t then context.a + context.a > 2 else context.a * context.b != 7",
    "principal in Group::\"a\" && resource in [Folder::\"f\", Folder::\"g\"]",
    "principal in context.groups || principal == principal.boss",
    "principal has nick && principal.nick like \"a*b*c\" && !(principal.nick like \"a*\")",
    "context.s like \"*b\" || context.s like \"*\" || context.s like \"x\"",
    "context has deep.r.o && context.deep.r.o <= 7 && context.deep.r.o >= 5",
    "principal.hasTag(context.s) && principal.getTag(context.s).containsAny(context.names)",
    "context.names.containsAll([\"a\", \"b\"]) && context.names.contains(\"c\") && !context.names.isEmpty()",
    "context.nested.contains([1, 2]) && context.homes.contains({x: context.a, y: true})",
    "context.i.isInRange(ip(\"10.0.0.0/8\")) || context.i.isLoopback() && context.j.isIpv6()",
    "context.m.lessThan(decimal(\"1.5\")) && context.d.toHours() > 3",
    "context.act in Action::\"read\" && resource is Doc in Folder::\"f\" && resource.color == Color::\"red\"",
    "principal.home == principal.boss.home && principal.home.city == context.s",
    "[context.site].contains(context.site) && context.sites.contains(context.site)",
]  # fmt: skip


def validated(*policies: str) -> list[Validation]:
    return list(Translation(Source(SCHEMA)).validate(policies_of(Source("".join(map(written, policies))))))


def refuted(*policies: str) -> Unequal:
    """The first difference, which running the code confirms."""
    found = [one for one in validated(*policies) if isinstance(one, Unequal)]
    assert found
    assert all(one.confirmed for one in found)
    return found[0]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_generated_code_is_equal_to_its_source(condition: str) -> None:
    found = validated(condition)

    assert len(found) == 2 * len(WAYS)  # for two environments
    assert all(isinstance(one, Equal) for one in found), found


def test_scopes_and_several_rules_in_one_function() -> None:
    found = validated(
        'permit(principal in Group::"a", action == Action::"view", resource is Doc in Folder::"f");',
        'forbid(principal == User::"u", action in Action::"read", resource) unless { context.a > 3 };',
        'permit(principal, action in [Action::"write"], resource) when { context.a == 1 } unless { false };',
    )

    assert len(found) == 6 * len(WAYS)
    assert all(isinstance(one, Equal) for one in found), found


def test_a_path_into_what_is_no_record_is_a_type_error_behind_a_scope_that_never_holds() -> None:
    schema = """
        entity G; entity A in [G] { y: { z?: Long } }; entity B { y: String, o?: String };
        action "a" appliesTo { principal: [A, B], resource: B };
    """
    policy = 'permit(principal in G::"g", action, resource) when { principal.y has z };'
    found = list(Translation(Source(schema)).validate(policies_of(Source(policy))))

    assert len(found) == 2 * len(WAYS)
    assert all(isinstance(one, Equal) for one in found), found


def test_membership_in_what_holds_no_entities_is_a_type_error_behind_a_scope_that_never_holds() -> None:
    schema = """
        entity U { n: Set<Long> }; entity V { n: Long }; entity A in [A] { n: A };
        action "a" appliesTo { principal: [A, U, V], resource: A };
    """
    policy = 'permit(principal == A::"b", action, resource) when { principal in principal.n };'
    found = list(Translation(Source(schema)).validate(policies_of(Source(policy))))

    assert len(found) == 3 * len(WAYS)
    assert all(isinstance(one, Equal) for one in found), found


def test_the_machines_check_of_scopes_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def fits(scope: Any, entity: Any, uid: Any, entities: Any) -> bool:
        """Forget the type of `is … in …`."""
        return entity is None or entity is uid or entity in entities._above[uid]

    monkeypatch.setattr(rules, "_fits", fits)
    assert refuted('permit(principal, action, resource is Folder in Folder::"f");').way == "machine"


def test_code_of_an_unknown_form_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    def write(out: Writer, argument: object) -> None:
        out.stack.pop()
        out.push("(yield)", bool)

    monkeypatch.setitem(codegen._WRITERS, op.NOT, write)

    found = validated("!(context.a == 1 || context.b == 1)".replace("!(", "(!(") + ") == true")
    reasons = [one.reason for one in found if isinstance(one, Unproved)]
    assert len(reasons) == len(found) - 2  # the machine needs no code
    assert all("not understood" in reason for reason in reasons)


# Planted defects.


def _unchecked_addition(out: Writer, argument: object) -> None:
    right, left = out.stack.pop(), out.stack.pop()
    result = out.fresh()
    out.line(f"{result} = {left.code} + {right.code}")
    out.fail(f"not {-(2**63)} <= {result} <= {2**63 - 1}", "0")
    out.stack.append(Operand(result, int))


def _negation_without_check(out: Writer, argument: object) -> None:
    target = out.stack.pop()
    out.fail(f"{out.atom(target)} == {-(2**63) + 1}", OVERFLOW)
    out.push(f"(-{target.code})", int)


def _equal_as_different(out: Writer, argument: object) -> None:
    codegen_operators.write_equals(out, True)


def _without_ancestors(out: Writer, argument: object) -> None:
    right, left = out.stack.pop(), out.stack.pop()
    out.push(f"({left.code} is {right.code})", bool, left, right)


def _prefix_as_text(out: Writer, pattern: Any) -> None:
    codegen_operators.write_like(out, replace(pattern, suffix="", pieces=()))


def _any_for_all(out: Writer, argument: object) -> None:
    codegen_operators.write_contains_many("(not {0}.keys.isdisjoint({1}.keys))")(out, argument)


WRITERS: list[tuple[str, int, Callable[[Writer, Any], None], str]] = [
    ("an overflow that stops like false", op.ADD, _unchecked_addition, "context.a + context.b > 3"),
    ("a negation that overflows elsewhere", op.NEG, _negation_without_check, "-context.a > 3"),
    ("a comparison negated", op.EQ, _equal_as_different, "context.a == 3"),
    ("a strict order for a weak one", op.LE, codegen_operators.write_order("<"), "context.a <= context.b"),
    ("`in` without ancestors", op.IN, _without_ancestors, 'principal in Group::"a"'),
    ("a pattern cut off", op.LIKE, _prefix_as_text, 'context.s like "a*b"'),
    ("any element for all", op.CONTAINS_ALL, _any_for_all, "context.names.containsAll(context.names)"),
]


@pytest.mark.parametrize(
    ("opcode", "writer", "condition"), [row[1:] for row in WRITERS], ids=[row[0] for row in WRITERS]
)
def test_a_defect_in_the_code_generator_is_refuted(
    opcode: int,
    writer: Callable[[Writer, Any], None],
    condition: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(codegen._WRITERS, opcode, writer)

    refuted(condition)


def test_errors_in_another_order_are_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    right = production_policies.lower_conditions

    monkeypatch.setattr(
        production_policies, "lower_conditions", lambda conditions: right(list(conditions)[::-1])
    )

    refuted(
        "permit(principal, action, resource) when { context.a + 1 > 0 }"
        " when { context.t.offset(context.d) > context.t };"
    )


def test_a_skipped_clause_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    right = production_policies.lower_conditions

    monkeypatch.setattr(
        production_policies, "lower_conditions", lambda conditions: right(list(conditions)[:1])
    )

    refuted("permit(principal, action, resource) when { context.a > 0 } unless { context.a > 7 };")


def test_a_wrong_fold_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    right = op.set_of

    monkeypatch.setattr(op, "set_of", lambda values: right(list(values)[:-1] or values))

    refuted('context.names == ["a", "b"]')


def test_the_plan_of_a_wrong_action_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    right = plans.Plans.plan

    monkeypatch.setattr(plans.Plans, "plan", lambda self, action, above: right(self, action, frozenset()))

    refuted('permit(principal, action in Action::"read", resource);')


def test_a_guard_of_the_scope_that_forgets_ancestors_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    from production.serving import compiled_shapes

    def guard(out: Writer, variable: str, scope: Any, entity: Any) -> None:
        if entity is not None:
            out.line(f"if {out.named(entity)} is not {variable}: {out.ending('0')}")

    monkeypatch.setattr(compiled_shapes, "_guard_scope", guard)

    refuted('permit(principal in Group::"a", action, resource);')


SCOPED = 'permit(principal in Group::"a", action, resource is Doc in Folder::"f") when { context.a > 3 };'


def ways_refuted(*policies: str) -> set[str]:
    """The ways of production that differ, each confirmed by running it."""
    found = [one for one in validated(*policies) if isinstance(one, Unequal)]
    assert all(one.confirmed for one in found)
    return {one.way for one in found}


def test_an_index_that_forgets_ancestors_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    right = index.key_of

    def key_of(rule: Any, side: index.Side) -> index.Key | None:
        key = right(rule, side)
        return None if key is None else key._replace(is_equal=True)

    monkeypatch.setattr(index, "key_of", key_of)

    assert ways_refuted(SCOPED) == {"index", "index, typed"}


def test_a_table_of_an_index_without_its_keys_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    right = index.tabled
    monkeypatch.setattr(index, "tabled", lambda *asked: replace(right(*asked), keys=frozenset()))

    assert ways_refuted(SCOPED) == {"index", "index, typed"}


def test_a_shape_without_its_types_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    right = index.shape_of
    monkeypatch.setattr(index, "shape_of", lambda principal, resource, code: right(principal, None, code))

    assert ways_refuted('permit(principal in Group::"a", action, resource is Doc);') == {
        "index",
        "index, typed",
    }


def test_a_jump_to_the_wrong_place_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    right = op._parts

    def parts(node: Any) -> Any:
        match right(node):
            case (condition, (op.IF, _), then, (op.ELSE, _), otherwise, end):
                return condition, (op.IF, None), otherwise, (op.ELSE, None), then, end
            case other:
                return other

    monkeypatch.setattr(op, "_parts", parts)

    assert "machine" in ways_refuted("if context.a == 1 then context.b == 2 else context.b == 3")


def test_the_executor_knows_no_guess() -> None:
    from drt.symbolic.python_code import Executor
    from drt.symbolic.python_expressions import Expressions
    from drt.symbolic.store import Store
    from reference.schema.schema import Schema

    with pytest.raises(NotUnderstood, match="a statement"):
        Executor(Expressions(Store(Schema()), {})).run("def made(p):\n del p\n return 0", {})
