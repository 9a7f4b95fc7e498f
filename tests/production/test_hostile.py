"""Hostile size and depth end in an answer or in one clean error, from however deep a caller."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

import pytest

from production import (
    Authorizer,
    CedarError,
    Entities,
    PolicyError,
    PolicySet,
    PrintError,
    Request,
    Uid,
    format_policies,
)
from production.serving.server import Tier
from tests.production.asking import TIERS, question

NOBODY = Entities.from_json("[]")


def outcome(condition: str, tier: Tier) -> str:
    policies = PolicySet.from_text(f"permit(principal, action, resource) when {{ {condition} }};")
    response = Authorizer(policies, NOBODY, tier=tier).authorize(question())
    text = policies.to_text()
    assert PolicySet.from_text(text).to_json() == policies.to_json()
    return response.errors.get("policy0", response.decision)


MANY = 20_000


@pytest.mark.slow
@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize(
    ("condition", "result"),
    [
        (" && ".join(["true"] * MANY), "allow"),
        ("(" + " || ".join(["false"] * MANY) + ") == false", "allow"),
        ("+".join(["1"] * MANY) + f" == {MANY}", "allow"),
        ("-".join(["9223372036854775807"] * MANY) + " == 1", "overflow"),
        ("context" + ".a" * MANY + " == 1", "attr-missing"),
        ("context" + ".contains(1)" * MANY, "type"),
        ("[" + ",".join(map(str, range(5 * MANY))) + f"].contains({MANY})", "allow"),
        ("!(" * 1_000 + "true" + ")" * 1_000, "allow"),
        ("[" * 999 + "]" * 999 + " == " + "[" * 999 + "1" + "]" * 999, "deny"),
        ("{a:" * 999 + "1" + "}" * 999 + " == " + "{a:" * 999 + "true" + "}" * 999, "deny"),
        ("[" * 999 + "principal" + "]" * 999 + " == " + "[" * 999 + "principal" + "]" * 999, "allow"),
        ("if true then true else " * 1_000 + "1", "allow"),
        ("if " * 1_000 + "true" + " then true else 1" * 1_000, "allow"),
        (f'"{"a" * 100_000}" like "{"*a" * 1_000}b"', "deny"),
        (f'decimal("{"1" * 1_000_000}.0") == 1', "extension"),
        (f'duration("{"0" * 1_000_000}1ms") == duration("1ms")', "allow"),
        ("0" * 1_000_000 + "1 == 1", "allow"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else None,
)
def test_large_conditions_have_their_result(condition: str, result: str, tier: Tier) -> None:
    assert outcome(condition, tier) == result


@pytest.mark.parametrize(
    ("opener", "closer"),
    [("(", ")"), ("[", "]"), ("{a:", "}"), ("!(", ")"), ("ip(", ")"), ("context.contains(", ")")]
    + [("if true then true else ", ""), ("if ", " then true else true")],
)
def test_the_nesting_limit_is_exact(opener: str, closer: str) -> None:
    def condition(levels: int) -> str:
        return f"permit(principal, action, resource) when {{ {opener * levels}true{closer * levels} }};"

    assert len(PolicySet.from_text(condition(1_000))) == 1
    for levels in (1_001, 100_000):
        with pytest.raises(PolicyError, match="nesting deeper than 1,000 levels"):
            PolicySet.from_text(condition(levels))


@pytest.mark.parametrize("levels", [1_000, 1_001])
def test_the_nesting_limit_counts_brackets_in_the_scope(levels: int) -> None:
    text = f'permit(principal == {"(" * levels}User::"a"{")" * levels}, action, resource);'
    if levels == 1_000:
        assert len(PolicySet.from_text(text)) == 1
    else:
        with pytest.raises(PolicyError):
            PolicySet.from_text(text)


def from_the_bottom_of_the_stack(work: Callable[[], object]) -> object:
    """Run with little of the interpreter's stack left."""

    def down(levels: int) -> object:
        return down(levels - 1) if levels else work()

    depth = 0
    frame = sys._getframe()
    while frame.f_back is not None:
        depth, frame = depth + 1, frame.f_back
    return down(sys.getrecursionlimit() - depth - 120)


def test_depth_does_not_lean_on_the_callers_stack() -> None:
    condition = "[" * 999 + "principal" + "]" * 999 + " == " + "(" * 900 + "1" + ")" * 900

    for tier in TIERS:
        assert from_the_bottom_of_the_stack(lambda tier=tier: outcome(condition, tier)) == "deny"


@pytest.mark.parametrize(
    "text",
    [
        '"' + '\\"' * 500_000,
        "'" * 100_000,
        "(" * 1_000_000,
        "//" * 1_000_000 + "\n1",
        "@a" * 100_000,
        "9" * 1_000_000,
    ],
    ids=lambda text: text[:3],
)
def test_garbage_is_refused_in_linear_time(text: str) -> None:
    with pytest.raises(PolicyError):
        PolicySet.from_text(text)


def test_a_long_path_is_evaluated_and_written_as_one_test() -> None:
    policies = PolicySet.from_text(
        f"permit(principal, action, resource) when {{ context has {'.'.join('a' * 100_000)} }};"
    )

    assert Authorizer(policies, NOBODY).authorize(question()).decision == "deny"
    assert len(policies.to_text()) > 100_000
    assert len(policies.to_json()) < 1_000_000


def test_paths_inside_paths_do_not_explode() -> None:
    nested = "(" * 40 + "context" + " has a.b)" * 40
    policies = PolicySet.from_text(f"permit(principal, action, resource) when {{ {nested} }};")
    odd = PolicySet.from_json(policies.to_json().replace('"b"', '"b b"'))

    assert len(policies.to_json()) < 20_000
    with pytest.raises(PrintError):
        odd.to_text()


def chain(length: int) -> str:
    entities = [
        {"uid": {"type": "U", "id": str(n)}, "attrs": {}, "parents": [{"type": "U", "id": str(n + 1)}]}
        for n in range(length)
    ]
    return json.dumps(entities)


def test_a_long_chain_of_groups() -> None:
    entities = Entities.from_json(chain(50_000))
    authorizer = Authorizer(
        PolicySet.from_text('permit(principal in U::"50000", action, resource);'), entities
    )

    for start in (0, 1, 25_000, 49_999):
        assert authorizer.authorize(Request(Uid("U", str(start)), Uid("Action", "v"), Uid("U", "0"))).allowed


def test_a_long_cycle_of_groups() -> None:
    cycle = (
        chain(50_000)[:-1]
        + ',{"uid":{"type":"U","id":"50000"},"attrs":{},"parents":[{"type":"U","id":"0"}]}]'
    )

    with pytest.raises(CedarError, match="is its own ancestor"):
        Entities.from_json(cycle)


def test_a_wide_fan_of_groups_shares_its_ancestors() -> None:
    top = [{"type": "H", "id": str(n)} for n in range(20_000)]
    members = [
        {"uid": {"type": "U", "id": str(n)}, "attrs": {}, "parents": [{"type": "G", "id": "g"}]}
        for n in range(20_000)
    ]
    entities = Entities.from_json(
        json.dumps([{"uid": {"type": "G", "id": "g"}, "attrs": {}, "parents": top}, *members])
    )

    assert len({id(entities.ancestors(Uid("U", str(n)))) for n in range(20_000)}) == 1


@pytest.mark.slow
def test_colliding_numbers_stay_apart() -> None:
    numbers = sorted(
        {(2**61 - 1) * factor + offset * 2**40 for factor in range(4) for offset in range(20_000)}
    )
    inside = [number for number in numbers if number < 2**63]
    elements = ",".join(map(str, inside))

    assert outcome(f"[{elements}].containsAll([{elements}])", "machine") == "allow"


def test_many_rules_that_are_always_asked() -> None:
    text = "".join(
        f"{'forbid' if n % 7 == 0 else 'permit'}(principal, action, resource) when {{ context.one == {n % 3} }};"
        for n in range(500)
    )
    answers = [
        Authorizer(PolicySet.from_text(text), NOBODY, tier=tier).authorize(question()) for tier in TIERS
    ]

    assert answers[0] == answers[1]
    assert answers[0].determining == {f"policy{n}" for n in range(500) if n % 7 == 0 and n % 3 == 1}


def test_formatting_is_linear() -> None:
    text = f"permit(principal, action, resource) when {{ [{','.join(map(str, range(50_000)))}].isEmpty() }};"

    assert format_policies(text).count("\n") > 50_000
