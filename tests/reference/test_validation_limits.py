"""Deep and long policies end in a verdict: no recursion, no exponential work, no pass by exhaustion."""

from __future__ import annotations

import sys

import pytest

from reference.schema.reader import read_schema
from reference.text.parser import parse_policies
from reference.validation.policies import validate

SCHEMA = read_schema(
    """
entity Group;
entity User in [Group] {m: User, manager?: User, age?: Long, flag: Bool, rec: {a: Long}};
entity Doc;
action view appliesTo {principal: User, resource: Doc, context: {a: Long}};
"""
)
MANY = 10_000
DEEP = 990


def nested(opening: str, middle: str, closing: str, depth: int = DEEP) -> str:
    return opening * depth + middle + closing * depth


def wrapped(template: str, depth: int) -> str:
    text = "principal"
    for _ in range(depth):
        text = template.format(text)
    return text


VALID = {
    "accesses": f"principal{'.m' * MANY} == principal",
    "has path": f"principal has {'.'.join(['manager'] * MANY)}",
    "has path after access": f"principal{'.m' * MANY} has {'.'.join(['m'] * MANY)}",
    "conjunction": " && ".join(["principal has age", "principal.age > 1"] * (MANY // 2)),
    "many capabilities": " && ".join(f"context has a{i}" for i in range(MANY)),
    "disjunction": " || ".join(["principal has age"] * MANY),
    "sum": f"{' + '.join(['1'] * MANY)} == 1",
    "set": f"[{', '.join(['principal.rec'] * MANY)}].contains({{a: 1}})",
    "parentheses": nested("(", "principal.flag", ")"),
    "set of sets": f"{nested('[', '1', ']')} == {nested('[', '2', ']')}",
    "record of records": f"{nested('{a: ', '1', '}')}{'.a' * DEEP} == 1",
    "is in": f"{wrapped('(if {0} is User in principal then principal else principal)', 400)} == principal",
    "conditionals": nested("if principal.flag then true else (", "true", ")", DEEP // 2),
}

INVALID = {
    "ill-typed accesses": f"context{'.a' * MANY} == 1",
    "ill-typed at the end": f"principal{'.m' * MANY}.nope == 1",
    "unguarded": " && ".join(["principal.flag"] * MANY + ["principal.age == 1"]),
    "sets of other elements": f"{nested('[', '1', ']')} == {nested('[', 'true', ']')}",
    "ill-typed sum": f"{' + '.join(['1'] * MANY)} + true == 1",
    "ill-typed path": f"context has {'.'.join(['a'] * MANY)}",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", VALID)
@pytest.mark.parametrize("permissive", [False, True])
def test_well_typed(name: str, permissive: bool) -> None:
    limit = sys.getrecursionlimit()
    (body,) = parse_policies(f"permit(principal, action, resource) when {{ {VALID[name]} }};")
    assert validate(body, SCHEMA, permissive=permissive, level=3 * MANY).problems == ()
    assert sys.getrecursionlimit() == limit


@pytest.mark.parametrize("name", INVALID)
def test_ill_typed(name: str) -> None:
    (body,) = parse_policies(f"permit(principal, action, resource) when {{ {INVALID[name]} }};")
    assert not validate(body, SCHEMA).valid


def test_many_clauses() -> None:
    clauses = "".join(f"when {{ context has a{i} }} " for i in range(MANY))
    (good,) = parse_policies(f"permit(principal, action, resource) {clauses};")
    (bad,) = parse_policies(
        f"permit(principal, action, resource) when {{ context has a }} {clauses} when {{ 1 }};"
    )
    assert validate(good, SCHEMA).warns("impossible_policy")
    assert validate(bad, SCHEMA).valid, "the clause after one that is always false is not reached"
    (reached,) = parse_policies(f"permit(principal, action, resource) when {{ 1 }} {clauses};")
    assert not validate(reached, SCHEMA).valid


def test_an_undeclared_type_at_the_bottom_of_a_deep_expression() -> None:
    text = nested("(", 'Nope::"a" has b', ")")
    (body,) = parse_policies(f"permit(principal, action, resource) when {{ false && {text} }};")
    assert not validate(body, SCHEMA).valid
