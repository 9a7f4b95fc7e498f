"""Levels: how many rounds of fetching a policy may need (spec 08 §9; design/bugs.md §15)."""

from __future__ import annotations

import pytest

from reference.schema.reader import read_schema
from reference.text.parser import parse_policies
from reference.validation.policies import validate

SCHEMA = read_schema(
    """
entity Group;
entity User in [Group] {name: String, manager: User, r: {u: User, n: Long}, best?: User} tags User;
entity Doc in [Group] {owner: User};
action all;
action view in [all] appliesTo {principal: User, resource: Doc, context: {u: User, r: {u: User}, k: String}};
"""
)


def least_level(scope: str, condition: str, highest: int = 6) -> int | None:
    """The least level at which the policy is valid; None if there is none up to the highest."""
    (body,) = parse_policies(f"permit({scope}) when {{ {condition} }};")
    levels = [n for n in range(highest + 1) if validate(body, SCHEMA, level=n).valid]
    assert levels == list(range(highest + 1))[highest + 1 - len(levels) :], "levels are upward closed"
    return levels[0] if levels else None


ANY = "principal, action, resource"


@pytest.mark.parametrize(
    ("scope", "condition", "level"),
    [
        (ANY, "true", 0),
        (ANY, "principal == resource.owner || true", 1),
        (ANY, 'context.k == "a"', 0),
        (ANY, "context.u == principal", 0),
        (ANY, 'principal.name == "a"', 1),
        (ANY, 'context.u.name == "a"', 1),
        (ANY, 'context.r.u.name == "a"', 1),
        (ANY, 'principal.manager.name == "a"', 2),
        (ANY, 'principal.r.u.name == "a"', 2),
        (ANY, "principal.r.n == 1", 1),
        (ANY, 'resource.owner.manager.r.u.name == "a"', 4),
        (ANY, 'principal in Group::"g"', 1),
        (ANY, 'principal.manager in Group::"g"', 2),
        (ANY, "principal in resource.owner.manager || true", 2),
        (ANY, 'action in Action::"all"', 1),
        (ANY, 'Action::"view" in Action::"all"', 1),
        (ANY, 'Action::"all" in Action::"all"', None),
        (ANY, 'User::"a".name == "a"', None),
        (ANY, 'User::"a" in Group::"g"', None),
        (ANY, "principal has name", 1),
        (ANY, 'principal.hasTag("foo")', 1),
        (ANY, 'principal.hasTag("a") && principal.getTag("a").name == "a"', 2),
        (ANY, "principal.hasTag(principal.manager.name)", 2),
        (ANY, "{a: true, b: principal.name}.a", 1),
        (ANY, '{a: principal, b: resource.owner.manager.name}.a.name == "a"', 3),
        (ANY, '{a: {b: principal}}.a.b.name == "a"', 1),
        (ANY, '(if context.k == "a" then principal else context.u).name == "a"', 1),
        (ANY, '(if context.k == "a" then principal else resource.owner).name == "a"', 2),
        (ANY, '(if principal.manager.name == "a" then principal else principal).name == "a"', 2),
        (ANY, '(if true then principal else User::"a").name == "a"', 1),
        (ANY, 'false && User::"a".name == "a"', 0),
        (ANY, 'true || User::"a".name == "a"', 0),
        (ANY, 'principal has nope && User::"a".name == "a"', 1),
        (ANY, 'principal is Doc && User::"a".name == "a"', 0),
        (ANY, 'principal is Doc in User::"a"', 0),
        (ANY, 'principal is User in Group::"a"', 1),
        (ANY, "principal has manager.manager.name", 3),
        (ANY, "principal has r.u.name", 2),
        (ANY, "principal has best && principal.best has name", 2),
        (ANY, "[principal.manager].contains(principal)", 1),
        (ANY, "!(principal.r.n + 1 < 2)", 1),
        ('principal == User::"a", action == Action::"view", resource', "true", 0),
        ("principal is User, action, resource is Doc", "true", 0),
        ('principal in Group::"g", action, resource', "true", 1),
        ('principal, action in Action::"all", resource', "true", 1),
        ("principal, action, resource in ?resource", "true", 1),
    ],
)
def test_least_levels(scope: str, condition: str, level: int | None) -> None:
    assert least_level(scope, condition) == level


def test_an_ill_typed_policy_is_valid_at_no_level() -> None:
    assert least_level(ANY, "principal.nope == 1") is None


def test_nested_record_literals_take_no_exponential_time() -> None:
    expr = "principal"
    for _ in range(300):
        expr = f"{{a: {expr}.manager}}.a"
    (body,) = parse_policies(f"permit(principal, action, resource) when {{ {expr} == principal }};")
    assert validate(body, SCHEMA, level=300).valid
    assert not validate(body, SCHEMA, level=299).valid
