"""What the type checker accepts (spec 08 §6, §11, §12), condition by condition."""

from __future__ import annotations

import pytest

from reference.schema.reader import read_schema
from reference.text.parser import parse_policies
from reference.validation.policies import Verdict, validate

SCHEMA = read_schema(
    """
entity Group in [Group] {gname: String};
entity User in [Group] {name: String, age?: Long, manager?: User, rec: {req: Long, opt?: String,
    nest?: {a: Long, b?: Bool}}, groups: Set<Group>, ints: Set<Long>, dec: decimal, dt: datetime,
    dur: duration, flag: Bool} tags Set<String>;
entity Doc in [Folder] {owner: User, pub: Bool} tags Long;
entity Folder;
entity Color enum ["red", "blue"];
action all;
action view in [all] appliesTo {principal: User, resource: Doc,
    context: {mfa: Bool, ip?: ipaddr, color?: Color}};
action edit in [view] appliesTo {principal: [User, Group], resource: [Doc, Folder]};
"""
)

PERMISSIVE_SCHEMA = read_schema(
    """
entity User {name: String, age: Long, active: Bool};
entity Admin {name: String};
entity Doc {title: String};
action view appliesTo {principal: User, resource: Doc};
"""
)


def verdict(condition: str, action: str = 'action == Action::"view"') -> Verdict:
    (body,) = parse_policies(f"permit(principal, {action}, resource) when {{ {condition} }};")
    return validate(body, SCHEMA)


VALID = [
    "principal has age && principal.age == 1",
    "principal has age && (principal.age == 1 || principal.age == 2)",
    "((principal has age && principal.flag) || (principal has age)) && principal.age == 1",
    "(principal has age || false) && principal.age == 2",
    "(true && principal has age) && principal.age == 2",
    "(if principal.flag then principal has age else principal has age) && principal.age == 1",
    "(if principal has age then principal.flag else false) || true",
    "if principal has age then principal.age == 1 else true",
    "(principal) has age && principal[\"age\"] == 1",
    'User::"a" has age && User::"a".age == 1',
    "(false && principal.nope == 1) || true",
    "if false then principal.nope == 1 else true",
    "if true then true else 1 == principal.nope",
    "(if true then 1 else principal.nope) == 1",
    "({a: 1} has b) && 1",
    "true || 1",
    "principal in principal.groups",
    "(if principal.flag then {a: true} else {a: false}) == {a: true}",
    'principal.hasTag("a") && principal.getTag("a").contains("x")',
    "principal.hasTag(principal.name) && principal.getTag(principal.name).isEmpty()",
    "action has foo",
    "context has ip && context.ip.isIpv4()",
    'action in [User::"a"]',
    "principal in action",
    "action in principal",
    'Action::"edit" in Action::"all"',
    "action in [action]",
    '[action].contains(Action::"view")',
    "principal has manager && principal.manager has name",
    "principal has manager.name && principal.manager.name == \"x\"",
    "principal has rec.nest.b && principal.rec.nest.b",
    "principal has rec.nest && principal.rec.nest.a == 1",
    "principal has nope && principal.nope == 1",
    "principal has nope.x && principal.nope.x == 1",
    "!(context has mfa)",
    "!(principal.rec has req)",
    "!(principal has name)",
    'action.hasTag("a")',
    "{a: principal}.a.name == \"x\"",
    "principal == resource",
    "principal != resource",
    'User::"a" == Group::"a"',
    "principal == principal",
    '1 == "a"',
    '-1 == "a"',
    '1 != "a"',
    "9223372036854775807 + 1 == 1",
    "1 < 2 && 2 >= 1",
    "principal.dt < principal.dt && principal.dur >= principal.dur",
    'principal.name like "a*"',
    "principal is User",
    "principal is Doc || true",
    "principal is Group in 1 || true",
    'principal is User in Group::"g"',
    'principal is NS2::Action || true',
    '[User::"a", principal].contains(User::"b")',
    "[1, 2].containsAll([3]) || [[1]].containsAny([[2], [3]])",
    'decimal("1.0").lessThan(principal.dec)',
    'ip("1.1.1.1").isInRange(ip("1.1.1.1/8"))',
    'principal.dt.offset(duration("1d")).toTime() < duration("1h")',
    'datetime("2024-01-01").durationSince(principal.dt).toDays() == 1',
    "context has color && context.color == Color::\"red\"",
    "if context.mfa then principal has age else principal has manager",
    "principal.rec.req == 1",
]  # fmt: skip

INVALID = [
    "principal.age == 1",
    "principal.age == 1 && principal has age",
    "(principal has age || principal has manager) && principal.age == 1",
    "principal has age || principal.age == 1",
    "!(principal has age) || principal.age == 1",
    "if !(principal has age) then false else principal.age == 1",
    "(principal has age) == true && principal.age == 1",
    "(if principal has age then true else false) && principal.age == 1",
    "!!(principal has age) && principal.age == 1",
    'principal has age && User::"a".age == 1',
    "principal has manager && principal.manager.age == 1",
    "[] == []",
    "[].isEmpty()",
    "principal.ints.containsAny([])",
    '[1, "a"].contains(1)',
    '[1].contains("a")',
    "[{a: 1}, {a: 1, b: 1}].isEmpty()",
    'principal.groups.contains(User::"a")',
    "principal in principal.ints",
    'principal in [Group::"g", User::"a"]',
    "principal.dec < principal.dec",
    'principal.name < "a"',
    "principal.dt < principal.dur",
    'principal.hasTag("a") && principal.getTag("b").contains("x")',
    'principal.getTag("a").isEmpty()',
    "principal.hasTag(1)",
    'resource.owner.rec.hasTag("a")',
    "action.foo == 1",
    "context.ip.isIpv4()",
    'Color::"green" == Color::"red"',
    'action in [Action::"all", User::"a"]',
    "principal.manager has name",
    'principal.rec.hasTag("a")',
    'false && Nope::"a" == principal',
    "false && principal is Nope",
    'true || Action::"nope" == action',
    "1",
    "1 && true",
    "true && 1",
    "false || 1",
    "!1",
    "-true == 1",
    "-(1) == \"a\"",
    '[1] == ["a"]',
    "principal.name == 1",
    'ip("1.1.1.1") == decimal("1.0")',
    'principal.rec == {req: 1, opt: "a"}',
    "principal + 1 == 1",
    '1 < "a"',
    "true < false",
    'principal.age like "a"',
    "principal.ints like \"a\"",
    "1 is User",
    "1 in principal",
    "principal in 1",
    "principal is User in 1",
    "1 has a",
    "principal has name.x",
    "principal.nope == 1",
    "if 1 then true else true",
    'if context.mfa then 1 else "a"',
    'if context.mfa then 1 == 1 else "a"',
    "ip(\"x\").isIpv4()",
    "ip(principal.name).isIpv4()",
    "ip(1).isIpv4()",
    "ip().isIpv4()",
    'ip("1.1.1.1").isIpv4(1)',
    'ip("1.1.1.1").isInRange("1.1.1.1")',
    "principal.dt.toDays() == 1",
    "[principal, resource].isEmpty()",
    "[principal] == [resource]",
    "principal.ints.containsAll(1)",
    "principal.contains(1)",
    "principal.name.isEmpty()",
]  # fmt: skip


@pytest.mark.parametrize("condition", VALID)
def test_well_typed_conditions(condition: str) -> None:
    assert verdict(condition).problems == ()


@pytest.mark.parametrize("condition", INVALID)
def test_ill_typed_conditions(condition: str) -> None:
    assert not verdict(condition).valid


@pytest.mark.parametrize(
    ("action", "condition", "valid"),
    [
        ("action", "principal has age && principal.age == 1", True),
        ('action == Action::"edit"', 'principal.name == "a"', False),
        ('action == Action::"edit"', 'principal is User && principal.name == "a"', True),
        ('action == Action::"edit"', 'principal is Group || principal.name == "a"', True),
        ("action", "context.mfa", False),
        ("action", 'action == Action::"view" && context.mfa', True),
        ("action", "context has mfa && context.mfa", True),
        ("action", 'action in Action::"all" && context has mfa && context.mfa', True),
        ("action", 'action in [Action::"view"] && principal is User && principal.name == "a"', True),
    ],
)
def test_conditions_over_several_environments(action: str, condition: str, valid: bool) -> None:
    assert verdict(condition, action).valid is valid


PERMISSIVE = [
    ("[].isEmpty()", False, True),
    ("principal in []", False, True),
    ("[principal, resource].isEmpty()", False, True),
    ("(if principal.active then principal else resource) == principal", False, True),
    ('(if principal.active then User::"a" else Admin::"b").name == "x"', False, True),
    ('(if principal.active then User::"a" else Admin::"b").age == 1', False, False),
    ('(if principal.active then User::"a" else Admin::"b") has age', False, True),
    ('(if principal.active then User::"a" else Admin::"b") has title', False, True),
    ('(if principal.active then User::"a" else Admin::"b") is Admin', False, True),
    ('(if principal.active then User::"a" else action) == action', False, True),
    ("(if principal.active then {a: 1, c: 3} else {a: 2, d: 4}).a > 0", False, True),
    ("(if principal.active then {a: 1, c: 3} else {a: 2, d: 4}) has c", False, True),
    ("(if principal.active then {a: 1, c: 3} else {a: 2, d: 4}).c > 0", False, False),
    ('(if principal.active then {x: 1} else {x: "s"}) == {x: 1}', False, True),
    ('(if principal.active then {x: 1} else {x: "s"}).x == 1', False, False),
    ('[1, 2, 3].contains("a")', False, True),
    ('[1].containsAll(["a"])', False, True),
    ("(if principal.active then [1] else []).contains(1)", False, True),
    ("principal.age == principal.name", False, True),
    ("ip(principal.name).isIpv4()", False, True),
    ('ip(if principal.active then "1.1.1.1" else "x").isIpv4()', False, True),
    ('ip("x").isIpv4()', False, False),
    ("ip(1).isIpv4()", False, False),
    ('[1, "a"].isEmpty()', False, False),
    ('if principal.active then 1 else "a"', False, False),
    ("principal.age < principal.name", False, False),
    ("principal.nope == 1", False, False),
    ('principal.age + "a" == 1', False, False),
    ("principal.age == 1", True, True),
]


@pytest.mark.parametrize(("condition", "strict", "permissive"), PERMISSIVE)
def test_permissive_mode(condition: str, strict: bool, permissive: bool) -> None:
    (body,) = parse_policies(f"permit(principal, action, resource) when {{ {condition} }};")
    assert validate(body, PERMISSIVE_SCHEMA).valid is strict
    assert validate(body, PERMISSIVE_SCHEMA, permissive=True).valid is permissive


@pytest.mark.parametrize("condition", VALID)
def test_permissive_mode_accepts_what_strict_mode_accepts(condition: str) -> None:
    (body,) = parse_policies(f'permit(principal, action == Action::"view", resource) when {{ {condition} }};')
    assert validate(body, SCHEMA, permissive=True).valid


def test_a_capability_belongs_to_the_expression_as_written() -> None:
    """VA-5: the second guard is another record that only looks alike (design/bugs.md §13)."""
    schema = read_schema(
        "entity U; action a appliesTo {principal: U, resource: U, context: {a: {f?: Bool}, b: {f?: Bool}}};"
    )
    text = (
        "permit(principal, action, resource) when {{ "
        "(if [1].contains(2) then context.a else context.b) has f && "
        "(if [{0}].contains(2) then context.a else context.b).f }};"
    )
    (same,), (other,) = parse_policies(text.format("1")), parse_policies(text.format("1, 2"))
    assert validate(same, schema).valid
    assert not validate(other, schema).valid


@pytest.mark.parametrize(
    ("granting", "wanted"),
    [
        ("context.r has x.y", "context.r.x.y == 1"),
        ("context.r has x && context.r.x has y", "context.r.x.y == 1"),
        (
            "(if 1 != 2 then context.r else context.r) has x",
            "(if !(1 == 2) then context.r else context.r).x has y",
        ),
        (
            "(if 1 > 2 then context.r else context.r) has x",
            "(if !(1 <= 2) then context.r else context.r).x has y",
        ),
        ('{b: context.r, "a": 1}.b has x', "{a: 1, b: context.r}.b.x has y"),
    ],
)
def test_sugar_and_its_expansion_have_the_same_capabilities(granting: str, wanted: str) -> None:
    schema = read_schema(
        "entity U; action a appliesTo {principal: U, resource: U, context: {r: {x?: {y?: Long}}, s: Long}};"
    )
    (alone,) = parse_policies(f"permit(principal, action, resource) when {{ {wanted} }};")
    (guarded,) = parse_policies(f"permit(principal, action, resource) when {{ {granting} && {wanted} }};")
    assert not validate(alone, schema).valid
    assert validate(guarded, schema).valid
