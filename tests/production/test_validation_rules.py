"""The typing rules of spec 08, by its own tables of checked examples."""

from __future__ import annotations

import pytest

from production import PolicySet, Schema, Uid
from production.validation.lattice import Lattice
from tests.production.validation_schemas import (
    PERMISSIVE_EXAMPLES,
    STRICT_EXAMPLES,
    is_valid,
    policy,
    warned,
)

VIEW = 'principal, action == Action::"view", resource'
EDIT = 'principal, action == Action::"edit", resource'
ANY = "principal, action, resource"

VALID_VIEW = [
    "principal has age && principal.age == 1",
    "principal has age && (principal.age == 1 || principal.age == 2)",
    "((principal has age && principal.flag) || (principal has age)) && principal.age == 1",
    "principal in principal.groups",
    "(if principal.flag then {a:true} else {a:false}) == {a:true}",
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
    "!(context has mfa)",
    "!(principal.rec has req)",
    "!(principal has name)",
    'action.hasTag("a")',
    # spec 08 §6.2
    "(principal has age || false) && principal.age == 2",
    "(true && principal has age) && principal.age == 2",
    "(if principal.flag then principal has age else principal has age) && principal.age == 2",
    "(false && principal.nope == 1) || true",
    "if false then principal.nope == 1 else true",
    "({a:1} has b) && 1",
    "(if true then 1 else principal.nope) == 1",
    "false && [].isEmpty()",
    # spec 08 §6.3, §6.5, §6.6
    "principal == resource",
    'User::"a" == Group::"a"',
    '1 == "a"',
    '-1 == "a"',
    "principal == principal",
    "9223372036854775807 + 1 == 1",
    'User::"a" in User::"a"',
    "principal has rec.nest.b && principal.rec.nest.b",
    'principal has manager.name && principal.manager.name == "x"',
    "principal has nope && principal.nope == 1",
    '{a: principal}.a.name == "x"',
    '(principal) has age && principal["age"] == 1',
    '!(principal != User::"a") && 2 >= 1 && !(1 > 2)',
    'principal is User in Group::"g" || principal.name like "a*"',
    "principal is NS2::Action",
    "principal.dt < principal.dt && principal.dur >= principal.dur",
    'principal.dt.offset(duration("1d")).toTime() == duration("1s")',
]

INVALID_VIEW = [
    "principal.age == 1",
    "principal.age == 1 && principal has age",
    "(principal has age || principal has manager) && principal.age == 1",
    "[] == []",
    "[].isEmpty()",
    "principal.ints.containsAny([])",
    '[1,"a"].contains(1)',
    '[1].contains("a")',
    "[{a:1},{a:1,b:1}].isEmpty()",
    'principal.groups.contains(User::"a")',
    "principal in principal.ints",
    "principal.dec < principal.dec",
    'principal.name < "a"',
    "principal.dt < principal.dur",
    'principal.hasTag("a") && principal.getTag("b").contains("x")',
    "action.foo == 1",
    "context.ip.isIpv4()",
    'Color::"green" == Color::"red"',
    'action in [Action::"all", User::"a"]',
    "principal.manager has name",
    'principal.rec.hasTag("a")',
    'false && Nope::"a" == principal',
    "false && principal is Nope",
    'false && Action::"nope" == action',
    # spec 08 §6.2
    "principal has age || principal.age == 1",
    "!(principal has age) || principal.age == 1",
    "if !(principal has age) then false else principal.age == 1",
    "(principal has age) == true && principal.age == 1",
    "(if principal has age then true else false) && principal.age == 1",
    'false || "s"',
    "true && 1",
    "1 && false",
    # spec 08 §6.3 to §6.9
    '-(1) == "a"',
    '[1] == ["a"]',
    "principal.name == 1",
    'ip("1.1.1.1") == decimal("1.0")',
    'principal.rec == {req: 1, opt: "a"}',
    'principal has age && User::"a".age == 1',
    'principal in [Group::"g", User::"a"]',
    'action in [Action::"view", N::Action::"far"]',
    "1 is User",
    '1 like "a"',
    "decimal(principal.name) == principal.dec",
    'ip("x").isIpv4()',
    "ip(1).isIpv4()",
    'ip("1.1.1.1", "1.1.1.1").isIpv4()',
    "ip().isIpv4()",
    'principal.dec.lessThan("1.0")',
    "1",
    "principal.name",
    "principal.nope",
    "principal.rec.nest.a == 1",
    "principal has rec.nest.b && principal.rec.nest.nope",
    "1 has a",
    "principal has name.x",
    "if 1 then true else false",
    "(if principal.flag then 1 else true) == 1",
    'principal.getTag("a").isEmpty()',
    "principal.hasTag(1)",
    "principal.name + 1 == 1",
    "-principal.name == 1",
    "principal.isEmpty()",
]


@pytest.mark.parametrize("condition", VALID_VIEW)
def test_well_typed_conditions(condition: str) -> None:
    assert is_valid(STRICT_EXAMPLES, policy(condition, VIEW))
    assert is_valid(STRICT_EXAMPLES, policy(condition, VIEW), "permissive")


@pytest.mark.parametrize("condition", INVALID_VIEW)
def test_ill_typed_conditions(condition: str) -> None:
    assert not is_valid(STRICT_EXAMPLES, policy(condition, VIEW))


@pytest.mark.parametrize(
    ("scope", "condition", "valid"),
    [
        (ANY, "principal has age && principal.age == 1", True),
        (EDIT, 'principal.name == "a"', False),
        (EDIT, 'principal is User && principal.name == "a"', True),
        (EDIT, 'principal is Group || principal.name == "a"', True),
        (ANY, "context.mfa", False),
        (ANY, 'action == Action::"view" && context.mfa', True),
        (ANY, "context has mfa && context.mfa", True),
        (ANY, 'action in [Action::"view"] && context.mfa', False),
    ],
)
def test_every_environment_counts(scope: str, condition: str, valid: bool) -> None:
    assert is_valid(STRICT_EXAMPLES, policy(condition, scope)) is valid


@pytest.mark.parametrize(
    ("scope", "valid", "applies"),
    [
        (ANY, True, True),
        ("principal is Doc, action, resource", True, False),
        ('principal is Doc in User::"a", action, resource', True, False),
        ('principal == Group::"g", action == Action::"view", resource', True, False),
        ('principal is User in Doc::"d", action, resource', True, False),
        ('principal is User in Group::"d", action, resource', True, True),
        ('principal, action == Action::"all", resource', True, False),
        ('principal, action in Action::"all", resource', True, True),
        ("principal, action in [], resource", False, False),
        ("principal is Doc, action in [], resource", True, False),
        ('principal, action in [Action::"view", N::Action::"far"], resource', False, True),
        ('principal, action, resource == Color::"red"', True, False),
        ('principal, action, resource == Color::"pink"', False, False),
        ("principal is NS2::Action, action, resource", True, False),
        ('principal in Action::"view", action, resource', True, False),
        ('principal == Zed::"z", action, resource', False, False),
        ('principal, action in [Action::"view", Action::"nope"], resource', False, False),
        ("principal == ?principal, action, resource in ?resource", True, True),
        ("principal is Doc in ?principal, action, resource", True, False),
        ('principal in ?principal, action == Action::"all", resource', True, False),
    ],
)
def test_scopes(scope: str, valid: bool, applies: bool) -> None:
    asked = policy("true", scope)

    assert is_valid(STRICT_EXAMPLES, asked) is valid
    assert ("no_applicable_action" not in warned(STRICT_EXAMPLES, asked)) is applies


def test_a_list_of_actions_of_two_types_is_fine_in_permissive_mode() -> None:
    scope = 'principal, action in [Action::"view", N::Action::"far"], resource'

    assert is_valid(STRICT_EXAMPLES, policy("true", scope), "permissive")


def test_a_schema_without_environments_types_no_policy() -> None:
    empty = Schema.from_cedar("")

    assert is_valid(empty, policy('1 + "a"'))
    assert warned(empty, policy("true")) == ["impossible_policy", "no_applicable_action"]
    assert is_valid(empty, PolicySet())


BOTH, PERMISSIVE_ONLY, NEITHER = (True, True), (False, True), (False, False)


@pytest.mark.parametrize(
    ("condition", "verdicts"),
    [
        ("[].isEmpty()", PERMISSIVE_ONLY),
        ("principal in []", PERMISSIVE_ONLY),
        ("[principal, resource].isEmpty()", PERMISSIVE_ONLY),
        ("(if principal.active then principal else resource) == principal", PERMISSIVE_ONLY),
        ('(if principal.active then User::"a" else Admin::"b").name == "x"', PERMISSIVE_ONLY),
        ('(if principal.active then User::"a" else Admin::"b").age == 1', NEITHER),
        ("(if principal.active then {a: 1, c: 3} else {a: 2, d: 4}).a > 0", PERMISSIVE_ONLY),
        ("(if principal.active then {a: 1, c: 3} else {a: 2, d: 4}) has c", PERMISSIVE_ONLY),
        ("(if principal.active then {a: 1, c: 3} else {a: 2, d: 4}).c > 0", NEITHER),
        ('(if principal.active then {x: 1} else {x: "s"}) == {x: 1}', PERMISSIVE_ONLY),
        ('(if principal.active then {x: 1} else {x: "s"}).x == 1', NEITHER),
        ('[1,2,3].contains("a")', PERMISSIVE_ONLY),
        ('[1].containsAll(["a"])', PERMISSIVE_ONLY),
        ("(if principal.active then [1] else []).contains(1)", PERMISSIVE_ONLY),
        ("principal.age == principal.name", PERMISSIVE_ONLY),
        ("ip(principal.name).isIpv4()", PERMISSIVE_ONLY),
        ('ip("x").isIpv4()', NEITHER),
        ("ip(principal.age).isIpv4()", NEITHER),
        ('[1, "a"].isEmpty()', NEITHER),
        ('(if principal.active then 1 else "a") == 1', NEITHER),
        ("principal.age < principal.name", NEITHER),
        ("principal.nope == 1", NEITHER),
        ('principal.age + "a" == 1', NEITHER),
        ("principal.name == principal.name", BOTH),
    ],
)
def test_the_two_modes(condition: str, verdicts: tuple[bool, bool]) -> None:
    asked = policy(condition)

    assert (
        is_valid(PERMISSIVE_EXAMPLES, asked),
        is_valid(PERMISSIVE_EXAMPLES, asked, "permissive"),
    ) == verdicts


@pytest.mark.parametrize(
    ("condition", "impossible"),
    [
        ("false", True),
        ("principal has nope", True),
        ("principal == action", True),
        ("true", False),
        ("principal is User", False),
        ("principal is Folder", True),
    ],
)
def test_impossible_policies_are_valid_and_warned_about(condition: str, impossible: bool) -> None:
    found = STRICT_EXAMPLES.validate(policy(condition))

    assert found.valid
    assert [warning.policy for warning in found.warnings] == ["policy0"] * impossible


@pytest.mark.parametrize(
    ("values", "valid", "applies"),
    [
        ({"?principal": Uid("Group", "g")}, True, True),
        ({"?principal": Uid("User", "u")}, True, True),
        ({"?principal": Uid("Doc", "d")}, True, False),
        ({"?principal": Uid("Zed", "d")}, False, False),
        ({"?principal": Uid("Action", "view")}, True, False),
    ],
)
def test_links_are_judged_by_the_types_of_their_values(
    values: dict[str, Uid], valid: bool, applies: bool
) -> None:
    template = PolicySet.from_text('permit(principal in ?principal, action == Action::"view", resource);')
    found = STRICT_EXAMPLES.validate(template.link("policy0", "link", values))

    assert found.verdicts == {"policy0": True, "link": valid}
    assert [(one.policy, one.kind) for one in found.warnings] == (
        [] if applies else [("link", "no_applicable_action")]
    )


def test_the_id_of_a_link_value_is_not_looked_at() -> None:
    schema = Schema.from_cedar('entity C enum ["red"]; action a appliesTo {principal: C, resource: C};')
    template = PolicySet.from_text("permit(principal == ?principal, action, resource);")

    assert is_valid(schema, template.link("policy0", "link", {"?principal": Uid("C", "green")}))


def test_verdicts_are_by_policy() -> None:
    policies = PolicySet.from_text(
        "permit(principal, action, resource); permit(principal, action, resource) when { 1 };"
        "permit(principal == ?principal, action, resource) unless { principal.nope };"
    )

    assert STRICT_EXAMPLES.validate(policies).verdicts == {
        "policy0": True,
        "policy1": False,
        "policy2": False,
    }


def test_an_error_says_which_policy_which_expression_and_suggests_a_name() -> None:
    (error,) = STRICT_EXAMPLES.validate(policy('principal.nme == "a"', VIEW)).errors

    assert str(error).startswith('policy `policy0`: in `principal.nme`: User has no attribute "nme"')
    assert "did you mean name?" in str(error)
    assert 'Action::"view"' in str(error)


def test_each_ill_typed_expression_is_reported_once() -> None:
    condition = 'if principal is User then principal.nme == "a" else principal.nope == "b"'
    errors = STRICT_EXAMPLES.validate(policy(condition, EDIT)).errors

    assert sorted(error.expression for error in errors) == ["principal.nme", "principal.nope"]


@pytest.mark.parametrize("condition", ['[1, "a"].isEmpty()', '[principal.name, "a", 1].isEmpty()'])
def test_a_lattice_that_bounds_everything_is_caught(condition: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_valid(STRICT_EXAMPLES, policy(condition, VIEW))
    monkeypatch.setattr(Lattice, "join", lambda self, left, right: left)

    assert is_valid(STRICT_EXAMPLES, policy(condition, VIEW))
