"""Partial authorization by examples: the table of spec 09 §14, forms that stay, decided `if`, residual values."""

from __future__ import annotations

import json
from time import perf_counter

import pytest

from production import PolicySet, PrintError, Request, Schema, Uid

SCHEMA = Schema.from_text(
    "entity User { dept: String, age?: Long }; entity Doc { owner: User, pub: Bool };"
    "action view appliesTo { principal: User, resource: Doc, context: { mfa: Bool } };"
)
A = Uid("User", "a")
VIEW = Uid("Action", "view")
STORE = SCHEMA.read_partial_entities('[{"uid": {"type": "User", "id": "a"}, "attrs": {"dept": "x"}}]')
REQUEST = SCHEMA.partial_request(A, VIEW, "Doc", {"mfa": False})
OVERFLOW = "1 + 9223372036854775807 == 0"


def residual(condition: str, effect: str = "permit") -> str:
    policies = PolicySet.from_text(f"{effect}(principal, action, resource) when {{ {condition} }};")
    text = policies.partially_authorize(REQUEST, STORE, SCHEMA).policy_set().to_text()
    return text.partition("{ ")[2].rpartition(" }")[0]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("context.mfa", "false"),
        ('principal.dept == "x"', "true"),
        ("resource is Doc", "true"),
        ("resource.pub", "resource.pub"),
        ("principal has age && principal.age > 3", "false"),
        ("resource.pub && context.mfa", "resource.pub && false"),
        ("resource has owner && context.mfa", "false"),
        ("resource.owner == principal", 'resource.owner == User::"a"'),
        ('principal in User::"b"', 'User::"a" in User::"b"'),
        ("resource.owner is User", "resource.owner is User"),
        ("principal == resource || resource.pub", "resource.pub"),
        ('User::"b".dept == "x"', 'User::"b".dept == "x"'),
        (
            'if resource.pub then context.mfa else principal.dept == "x"',
            "if resource.pub then false else true",
        ),
        (OVERFLOW, "error()"),
        ("!!resource.pub", "!!resource.pub"),
        ("resource.pub == resource.pub", "resource.pub == resource.pub"),
        ("{a: 1, b: resource.pub}.a == 1", "{a: 1, b: resource.pub}.a == 1"),
        (f"resource.pub && {OVERFLOW}", "resource.pub && error()"),
        (f"resource.pub || {OVERFLOW}", "resource.pub || error()"),
        (f"if resource.pub then {OVERFLOW} else true", "if resource.pub then error() else true"),
        (f"[resource.pub, {OVERFLOW}].contains(true)", "error()"),
        ("resource.owner has nope", "resource.owner has nope"),
        ("resource.owner == resource", "resource.owner == resource"),
    ],
)
def test_residuals(condition: str, expected: str) -> None:
    assert residual(condition) == expected


@pytest.mark.parametrize(
    ("text", "decision"),
    [
        ("permit(principal, action, resource);", "allow"),
        ("permit(principal, action, resource) when { resource.pub };", None),
        ("permit(principal, action, resource) when { context.mfa };", "deny"),
        ("permit(principal, action, resource); forbid(principal, action, resource) when { resource.pub };", None),
        (f"permit(principal, action, resource); forbid(principal, action, resource) when {{ {OVERFLOW} }};", "allow"),
        ("permit(principal, action, resource) when { resource.pub }; forbid(principal, action, resource);", "deny"),
    ],
)  # fmt: skip
def test_decisions(text: str, decision: str | None) -> None:
    response = PolicySet.from_text(text).partially_authorize(REQUEST, STORE, SCHEMA)
    assert response.decision == decision
    assert (response.reason is None) is (decision is None)


def test_a_response_shows_the_residual_policies() -> None:
    policies = PolicySet.from_text(
        '@id("mine") @flag permit(principal == User::"a", action, resource) when { resource.pub };'
        'permit(principal == User::"b", action, resource);'
    )
    response = policies.partially_authorize(REQUEST, STORE, SCHEMA)
    assert set(response.policies) == {"policy0", "policy1"}
    assert set(response.residual_policies) == {"policy0"} == response.residual_permits
    assert response.false_permits == {"policy1"}
    assert response.get_policy("nope") is None
    shown = response.get_policy("policy0")
    assert shown is not None
    assert dict(shown.annotations) == {"id": "mine", "flag": ""}
    assert (shown.principal.op, shown.action.op, shown.resource.op) == ("All", "All", "All")
    body = json.loads(response.policy_set().to_json())["staticPolicies"]["policy0"]["conditions"]
    assert body == [
        {"kind": "when", "body": {".": {"left": {"Var": "resource"}, "attr": "pub"}}},
    ]


VALUES = Schema.from_text(
    "entity User { dec: decimal, ip: ipaddr, at: datetime, for: duration, set: Set<String>, rec: { a: Long } };"
    "action view appliesTo { principal: User, resource: User };"
)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('resource.dec == decimal("1.5")', 'resource.dec == decimal("1.5000")'),
        ('resource.dec == decimal("-0.5")', 'resource.dec == decimal("-0.5000")'),
        ('resource.ip == ip("10.0.0.1")', 'resource.ip == ip("10.0.0.1/32")'),
        ('resource.ip == ip("::ffff:102:304")', 'resource.ip == ip("::ffff:102:304/128")'),
        ('resource.ip == ip("1:0:0:2:0:0:0:3/64")', 'resource.ip == ip("1:0:0:2::3/64")'),
        ('resource.ip == ip("::/0")', 'resource.ip == ip("::/0")'),
        ('resource.ip == ip("1:0:2:3:4:5:6:7")', 'resource.ip == ip("1:0:2:3:4:5:6:7/128")'),
        ('resource.for == duration("1h")', 'resource.for == duration("3600000ms")'),
        (
            'resource.at == datetime("2024-01-01")',
            'resource.at == datetime("1970-01-01").offset(duration("1704067200000ms"))',
        ),
        ('resource.set == ["b", "a", "b"]', 'resource.set == ["a", "b"]'),
        ("resource.rec == {a: 1}", "resource.rec == {a: 1}"),
    ],
)
def test_values_have_one_form(condition: str, expected: str) -> None:
    policies = PolicySet.from_text(f"permit(principal, action, resource) when {{ {condition} }};")
    request = VALUES.partial_request("User", VIEW, "User", {})
    text = VALUES.partially_authorize(policies, request, VALUES.partial_entities()).policy_set().to_text()
    assert text.partition("{ ")[2].rpartition(" }")[0] == expected


def nested(depth: int, guard: str) -> PolicySet:
    condition = "resource.pub"
    for _ in range(depth):
        condition = f"if {guard} then ({condition}) else false"
    return PolicySet.from_text(f"permit(principal, action, resource) when {{ {condition} }};")


@pytest.mark.parametrize("guard", ["principal is User", "resource.owner is User"])
def test_nested_decided_ifs_cost_no_more_than_their_number(guard: str) -> None:
    store = SCHEMA.read_entities(
        '[{"uid": {"type": "Doc", "id": "d"}, "parents": [],'
        '"attrs": {"pub": true, "owner": {"type": "User", "id": "a"}}}]'
    )
    start = perf_counter()
    for depth in (10, 20, 40, 300):
        response = nested(depth, guard).partially_authorize(REQUEST, SCHEMA.partial_entities(), SCHEMA)
        assert response.residual_permits == {"policy0"}
        request = Request(A, VIEW, Uid("Doc", "d"), {"mfa": False})
        assert response.reauthorize(request, store).decision == "allow"
    assert perf_counter() - start < 5


def test_a_residual_too_large_to_write_out_is_refused() -> None:
    response = nested(40, "resource.owner is User").partially_authorize(
        REQUEST, SCHEMA.partial_entities(), SCHEMA
    )
    with pytest.raises(PrintError, match="too large"):
        response.policy_set()
    assert response.runnable_policy_set().to_text()
