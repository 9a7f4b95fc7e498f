"""Laws of writing: what is printed reads back to the same (spec 01 §7, 06 §4)."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from reference.desugar import core, has_path
from reference.errors import InputError
from reference.json.policies import parse_policy_set
from reference.json.policy_writer import expression_to_json, policy_set_to_json
from reference.json.writer import write_json
from reference.names import is_identifier
from reference.policy_set import Link, from_bodies
from reference.support.traversal import fold, rebuild
from reference.syntax import (
    And,
    Binary,
    Call,
    Expr,
    GetAttr,
    HasAttr,
    HasPath,
    If,
    Is,
    IsIn,
    Like,
    Lit,
    Or,
    RecordOf,
    SetOf,
    Star,
    Unary,
    Var,
)
from reference.text.expression_printer import print_expression
from reference.text.parser import parse_expression, parse_policies
from reference.text.printer import print_plain_policies, print_policies_and_templates
from reference.values import FALSE, EntityUid, Long, String

NAMES = ("a", "if", "", "a b", "principal", "__cedar", 'q"\\', "\n\r\0", "é\u0301", "\u200b", "😀", "*")
LEAVES: tuple[Expr, ...] = (
    Var("principal"), Var("context"), Lit(FALSE), Lit(Long(0)), Lit(Long(-1)), Lit(Long(-(2**63))),
    *(Lit(String(name)) for name in NAMES), Lit(EntityUid("A::B", '"\\')), SetOf(()), RecordOf(()),
    Call("ip", ()), Like(Var("context"), ("*", Star(), "\\", "\r", Star())),
)  # fmt: skip
OPERATORS = (
    "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "in", "contains", "containsAll", "containsAny", "getTag",
    "hasTag",
)  # fmt: skip


def tree(source: random.Random, depth: int) -> Expr:
    """Any tree that the syntax has, meaningful or not."""
    if depth == 0:
        return source.choice(LEAVES)

    def sub() -> Expr:
        return tree(source, source.randrange(depth))

    name = source.choice(NAMES)
    forms = (
        lambda: If(sub(), sub(), sub()),
        lambda: And(sub(), sub()),
        lambda: Or(sub(), sub()),
        lambda: Unary(source.choice(("!", "neg", "isEmpty")), sub()),
        lambda: Unary(source.choice(("!", "neg")), Unary(source.choice(("!", "neg")), sub())),
        lambda: Binary(source.choice(OPERATORS), sub(), sub()),
        lambda: Binary(source.choice(OPERATORS), sub(), sub()),
        lambda: GetAttr(sub(), name),
        lambda: HasAttr(sub(), name),
        lambda: has_path(sub(), [source.choice(NAMES) for _ in range(3)]),
        lambda: Is(sub(), "A::B"),
        lambda: IsIn(sub(), "principal", sub()),
        lambda: Like(sub(), tuple(source.choice((Star(), "*", '"', "é", "\u0301")) for _ in range(3))),
        lambda: SetOf(tuple(sub() for _ in range(source.randrange(3)))),
        lambda: RecordOf(tuple(sorted({n: sub() for n in source.sample(NAMES, 2)}.items()))),
        lambda: Call(source.choice(("ip", "decimal")), tuple(sub() for _ in range(source.randrange(3)))),
        lambda: Call("isInRange", (sub(), *(sub() for _ in range(source.randrange(3))))),
    )
    return source.choice(forms)()


@pytest.mark.parametrize("seed", range(400))
def test_what_is_printed_reads_back(seed: int) -> None:
    expr = tree(random.Random(seed), 5)
    assert core(parse_expression(print_expression(expr))) == core(expr)


def _with_text(expr: Expr, parts: Sequence[Expr]) -> Expr:
    """The expression with paths that have no text of their own written out (spec 06 §3)."""
    whole = rebuild(expr, parts)
    return core(whole) if isinstance(whole, HasPath) and not all(map(is_identifier, whole.path)) else whole


@pytest.mark.parametrize("seed", range(100))
def test_json_and_text_say_the_same(seed: int) -> None:
    expr = fold(tree(random.Random(seed), 4), _with_text)
    written = expression_to_json(expr)
    assert expression_to_json(parse_expression(print_expression(expr))) == written
    assert write_json(expression_to_json(core(parse_expression(print_expression(core(expr)))))) == write_json(
        expression_to_json(core(expr))
    )


def test_a_printer_without_parentheses_would_be_noticed() -> None:
    """The trees above tell apart what the parentheses tell apart."""
    noticed = 0
    for seed in range(100):
        expr = tree(random.Random(seed), 5)
        careless = print_expression(expr).replace("(", " ").replace(")", " ")
        try:
            noticed += parse_expression(careless) != expr
        except InputError:
            noticed += 1
    assert noticed > 50


@pytest.mark.parametrize("count", range(1, 12))
def test_any_number_of_signs_has_a_text(count: int) -> None:
    for op, leaf in (("!", Var("context")), ("neg", Lit(Long(1))), ("neg", Lit(Long(-1)))):
        expr: Expr = leaf
        for _ in range(count):
            expr = Unary(op, expr)  # type: ignore[arg-type]
        assert parse_expression(print_expression(expr)) == expr


POLICIES = r"""
@id("x") @bare
permit(principal == ?principal, action in [Action::"a", N::Action::"b"], resource is T in G::"g")
when { context has a.b.c && -(1) < --1 } unless { if true then [1] == {a: 2}["a"] else "\n" like "*\*" };
forbid(principal, action == Action::"a", resource);
forbid(principal is A::B, action, resource in T::"\u{301}") when { 1 - (2 - 3) == 1 - 2 - 3 };
"""


def test_policies_and_templates_read_back() -> None:
    bodies = parse_policies(POLICIES)
    printed = print_policies_and_templates(from_bodies(bodies))
    again = parse_policies(printed)
    assert sorted(again, key=repr) == sorted(bodies, key=repr)
    assert parse_policies(print_policies_and_templates(from_bodies(again))) == again


def test_links_are_printed_as_the_policies_they_stand_for() -> None:
    policies = from_bodies(parse_policies(POLICIES)).link(
        "l", Link("policy0", {"?principal": EntityUid("U", "a")})
    )
    assert parse_policies(print_plain_policies(policies)) == tuple(policies.plain().values())
    assert "?" not in print_plain_policies(policies)


def test_policy_sets_survive_json_with_their_ids_and_links() -> None:
    policies = from_bodies(parse_policies(POLICIES)).link(
        "l", Link("policy0", {"?principal": EntityUid("U", "a")})
    )
    again = parse_policy_set(write_json(policy_set_to_json(policies)))
    assert again.links == policies.links
    assert write_json(policy_set_to_json(again)) == write_json(policy_set_to_json(policies))
