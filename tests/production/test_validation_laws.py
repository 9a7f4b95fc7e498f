"""The laws that the type checker's shortcuts keep, each with a planted defect; and hostile policies."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import pytest

from production import PolicySet, Schema
from production.language.nodes import Node
from production.text.parser import parse_policies
from production.validation import validator
from production.validation.capabilities import ExpressionNumbers, both, common, granted
from production.validation.environments import Environment
from production.validation.machine import Machine
from production.validation.validator import Validator
from tests.production.test_validation_rules import INVALID_VIEW, VALID_VIEW
from tests.production.validation_schemas import STRICT_EXAMPLES, is_valid, policy

CONDITIONS = (
    VALID_VIEW
    + INVALID_VIEW
    + ["context.mfa", "resource.pub", 'principal.gname == "g"', "resource.owner.flag"]
)


def body(expression: str) -> Node:
    (parsed,) = parse_policies(f"permit(principal, action, resource) when {{ {expression} }};")
    return parsed.conditions[0].body


# Identity: the numbers of expressions


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("principal.a", '(principal)["a"]'),
        ("1 != 2", "!(1 == 2)"),
        ("1 > 2", "!(1 <= 2)"),
        ("1 >= 2", "!(1 < 2)"),
        ('principal is A in B::"b"', 'principal is A && principal in B::"b"'),
        ("{a: 1, b: 2}", "{b: 2, a: 1}"),
    ],
)
def test_law_identity_equal_trees(left: str, right: str) -> None:
    numbers = ExpressionNumbers()

    assert numbers(body(left)) == numbers(body(right))


def test_law_identity_different_trees() -> None:
    texts = [
        "1", "true", '"1"', "principal", "principal.a", "principal.b", "context.a", 'A::"a"', 'A::"b"',
        'B::"a"',
        "[1]", "[1, 1]", "[[1]]", "{a: 1}", "{b: 1}", "-(1)", "1 + 1", "1 - 1", "1 == 1", "1 < 1", "1 <= 1",
        'principal like "a*"', 'principal like "a\\*"', "principal is A", "principal is B", "context has a",
        "context has b", "context has a.b", "context has a && context.a has b",
        "context has a.b.c", 'ip("a")', 'decimal("a")', "!true", "if true then 1 else 2",
        "principal in principal", "[1].contains(1)", "[1].containsAll([1])", "[].isEmpty()",
    ]  # fmt: skip
    numbers = ExpressionNumbers()

    assert len({numbers(body(text)) for text in texts}) == len(texts)


def test_a_numbering_that_drops_the_attribute_name_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted defect VA-5: a capability granted for a look-alike."""
    monkeypatch.setattr(ExpressionNumbers, "attribute", lambda self, target, name: self.form(".", target))
    schema = Schema.from_cedar(
        "entity U; action v appliesTo {principal: U, resource: U, context: {a: {f?: Bool}, b: {f?: Bool}}};"
    )

    assert is_valid(schema, policy("context.a has f && context.b.f"))
    monkeypatch.undo()
    assert not is_valid(schema, policy("context.a has f && context.b.f"))


def test_ropes_of_grants() -> None:
    rope = both(both((1, "a"), None), both((2, "b"), (3, "c")))

    assert set(granted(rope)) == {(1, "a"), (2, "b"), (3, "c")}
    assert set(granted(common(rope, both((3, "c"), (4, "d"))))) == {(3, "c")}
    assert common(rope, None) is None


# Memory: environments that share a check


def verdicts(scope: str) -> list[tuple[str, bool, int]]:
    texts = [f"permit({scope}) when {{ {condition} }};" for condition in CONDITIONS]
    found = STRICT_EXAMPLES.validate(PolicySet.from_text("\n".join(texts)))
    impossible = {warning.policy for warning in found.warnings}
    return [(policy_id, valid, policy_id in impossible) for policy_id, valid in found.verdicts.items()]


SCOPES = [
    "principal, action, resource",
    'principal, action == Action::"edit", resource',
    "principal is User, action, resource",
]


@pytest.mark.parametrize("scope", SCOPES)
def test_law_memory(scope: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = verdicts(scope)
    monkeypatch.setattr(validator, "_distinct", _every_environment)

    assert verdicts(scope) == shared


def _every_environment(environments: Iterable[Environment], variables: frozenset[str]) -> list[Environment]:
    return list(environments)


def test_a_memory_that_shares_too_much_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = verdicts(SCOPES[0])
    monkeypatch.setattr(validator, "_distinct", lambda *asked: _every_environment(*asked)[:1])

    assert verdicts(SCOPES[0]) != shared


def test_checks_are_linear_in_policies_and_few(monkeypatch: pytest.MonkeyPatch) -> None:
    entities = "".join(f"entity E{n} {{b: Bool}};" for n in range(50))
    every = ", ".join(f"E{n}" for n in range(50))
    actions = "".join(
        f"action a{n} appliesTo {{principal: [{every}], resource: [{every}]}};" for n in range(50)
    )
    schema = Schema.from_cedar(entities + actions)
    runs = []
    run = Machine.run
    monkeypatch.setattr(Machine, "run", lambda self, start: runs.append(1) or run(self, start))
    texts = [
        "permit(principal, action, resource);",
        "permit(principal, action, resource) when { principal.b };",
        'permit(principal is E1, action == Action::"a1", resource) when { principal.b && resource.b };',
    ]

    counts = []
    for copies in (1, 2):
        schema.validate(PolicySet.from_text("\n".join(texts * copies)))
        counts.append(len(runs))
        runs.clear()
    assert counts == [1 + 50 + 50, 2 * (1 + 50 + 50)]


# Rejection: what did not come to an end does not pass


@pytest.mark.parametrize("error", [MemoryError, RecursionError])
def test_law_rejection(error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(self: Machine, start: object) -> None:
        raise error

    monkeypatch.setattr(Machine, "run", exhausted)
    found = STRICT_EXAMPLES.validate(policy("true"))

    assert found.verdicts == {"policy0": False}
    assert "not checked to the end" in str(found.errors[0])


# Permissive mode accepts what strict mode accepts


@pytest.mark.parametrize("condition", CONDITIONS)
def test_law_permissive_is_wider(condition: str) -> None:
    for scope in SCOPES:
        asked = policy(condition, scope)
        assert is_valid(STRICT_EXAMPLES, asked, "permissive") or not is_valid(STRICT_EXAMPLES, asked)


# Long and deep policies

LONG = 100_000
TAGS = 10_000
CHAINS = Schema.from_cedar("""
    entity U in [U] {m: U, o?: U, n: Long, b: Bool} tags String;
    action a appliesTo {principal: U, resource: U};
""")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("condition", "valid"),
    [
        (f"principal{'.m' * LONG}.n == 1", True),
        (f"principal{'.m' * LONG}.nope == 1", False),
        (f"principal.nope{'.m' * LONG} == 1", False),
        (f"principal{'.o' * LONG}.n == 1", False),
        (f"principal has {'.'.join(['o'] * LONG)}", True),
        (f"principal has {'.'.join(['o'] * 1_000)} && principal{'.o' * 1_000}.b", True),
        (f"principal.b{' && principal.b' * LONG}", True),
        (f"principal.b{' || principal.b' * LONG} || 1", False),
        (f"principal.n{' + principal.n' * LONG} == 1", True),
        (f'principal.n{" * principal.n" * LONG} * "a" == 1', False),
        (
            " && ".join(f'principal.hasTag("{n}")' for n in range(TAGS)) + ' && principal.getTag("7") == "x"',
            True,
        ),
        (
            " || ".join(f'principal.hasTag("{n}")' for n in range(TAGS)) + ' && principal.getTag("7") == "x"',
            False,
        ),
        (f"{'[' * 999}1{']' * 999} == {'[' * 999}2{']' * 999}", True),
        (f"{'[' * 999}1{']' * 999} == {'[' * 999}true{']' * 999}", False),
        (f"{'{a: ' * 999}1{'}' * 999} == {'{a: ' * 999}2{'}' * 999}", True),
        (f"{'if principal.b then true else ' * 900}false", True),
        (f"{'(' * 900}principal.b{' && principal has o || principal has o)' * 900}", True),
    ],
    ids=range(17),
)
def test_long_and_deep_conditions_come_to_an_end(condition: str, valid: bool) -> None:
    before = sys.getrecursionlimit()

    assert is_valid(CHAINS, policy(condition)) is valid
    assert is_valid(CHAINS, policy(condition), "permissive") or not valid
    is_valid(CHAINS, policy(condition), level=3)
    assert sys.getrecursionlimit() == before


def test_messages_stay_short() -> None:
    (error,) = CHAINS.validate(policy(f"principal{'.m' * LONG}.nope == 1")).errors

    assert len(str(error)) < 1_000


def test_a_validator_keeps_nothing_of_the_policies_it_has_seen() -> None:
    checks = Validator(CHAINS.model)
    types = CHAINS.model.types
    before = len(types._records), len(types._sets)
    checks.validate(policy("[{a: 1, b: [principal]}].isEmpty()"))

    assert (len(types._records), len(types._sets)) == before
