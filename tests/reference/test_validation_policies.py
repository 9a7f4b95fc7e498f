"""Checks of whole policies, templates and links, warnings and messages (spec 08 §2 to §4, §8)."""

from __future__ import annotations

import pytest

from reference.policy_set import Link, from_bodies
from reference.schema.reader import read_schema
from reference.syntax import SlotName
from reference.text.parser import parse_policies
from reference.validation import applicability
from reference.validation.messages import explain
from reference.validation.policies import Verdict, validate, validate_set
from reference.values import EntityUid

SCHEMA = read_schema(
    """
entity Org;
entity Group in [Group, Org];
entity User in [Group] {name: String, age?: Long};
entity Bot in [User] {name: Long};
entity Doc in [Folder];
entity Folder;
entity Unused;
entity Color enum ["red"];
action all, idle;
action view in [all] appliesTo {principal: [User, Bot], resource: Doc};
action open in [view] appliesTo {principal: Group, resource: Folder};
namespace N { entity E; action view2 appliesTo {principal: E, resource: E}; }
"""
)


def verdict(text: str) -> Verdict:
    (body,) = parse_policies(text)
    return validate(body, SCHEMA)


@pytest.mark.parametrize(
    ("scope", "applies"),
    [
        ("principal, action, resource", True),
        ('principal == User::"a", action, resource', True),
        ('principal == Unused::"a", action, resource', False),
        ("principal is Unused, action, resource", False),
        ("principal is Doc, action, resource", False),
        ('principal in Org::"o", action == Action::"view", resource', True),
        ('principal in Unused::"o", action, resource', False),
        ('principal in User::"o", action == Action::"view", resource', True),
        ('principal in User::"o", action == Action::"open", resource', False),
        ('principal is User in Org::"o", action, resource', True),
        ('principal is User in Doc::"d", action, resource', False),
        ('principal is User in Bot::"b", action, resource', False),
        ('principal is User in User::"u", action, resource', True),
        ('principal == Group::"g", action == Action::"view", resource', False),
        ('principal == Group::"g", action in Action::"view", resource', True),
        ('principal == Group::"g", action in [Action::"all"], resource in Folder::"f"', True),
        ('principal == Group::"g", action in [Action::"all"], resource in Doc::"f"', False),
        ('principal, action == Action::"idle", resource', False),
        ("principal, action in [], resource", False),
        ('principal, action == Action::"view", resource == Folder::"f"', False),
        ('principal, action == Action::"all", resource', False),
        ('principal, action in Action::"all", resource', True),
        ("principal is N::Action, action, resource", False),
        ("principal is NS2::Action, action, resource", False),
        ('principal == N::E::"a", action == N::Action::"view2", resource', True),
        ('principal == E::"a", action, resource', False),
        ('principal == Color::"red", action, resource', False),
        ('principal == ?principal, action == Action::"idle", resource', False),
        ("principal is Unused in ?principal, action, resource", False),
        ("principal is User in ?principal, action, resource", True),
    ],
)
def test_applicability(scope: str, applies: bool) -> None:
    (body,) = parse_policies(f"permit({scope});")
    assert applicability.applies(body, SCHEMA) is applies


@pytest.mark.parametrize(
    ("scope", "valid"),
    [
        ("principal is Unused, action, resource", True),
        ("principal is N::Action, action, resource", True),
        ('principal == Action::"view", action, resource', True),
        ("principal is Unused, action in [], resource", True),
        ("principal, action in [], resource", False),
        ('principal, action in [Action::"view", N::Action::"view2"], resource', False),
    ],
)
def test_a_scope_that_no_action_fits_is_no_error_by_itself(scope: str, valid: bool) -> None:
    assert verdict(f"permit({scope});").valid is valid


def test_the_empty_schema_has_no_applicable_action() -> None:
    (body,) = parse_policies("permit(principal, action in [], resource);")
    assert not applicability.applies(body, read_schema(""))
    assert validate(body, read_schema("")).valid


@pytest.mark.parametrize(
    "text",
    [
        'permit(principal == Nope::"a", action, resource);',
        'permit(principal, action == Action::"nope", resource);',
        'permit(principal, action in [Action::"view", Action::"nope"], resource);',
        "permit(principal is Nope, action, resource);",
        'permit(principal, action, resource) when { false && Color::"green" == Color::"red" };',
        'permit(principal, action, resource) when { true || principal == Color::"green" };',
        'permit(principal, action, resource) when { false } unless { Nope::"a" has b };',
        "permit(principal, action, resource) when { if true then true else principal is Nope in principal };",
        'permit(principal, action, resource) when { M::Action::"view" == action };',
    ],
)
def test_references_are_checked_everywhere(text: str) -> None:
    assert not verdict(text).valid


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ('permit(principal == ?principal, action, resource) when { principal.name == "a" };', False),
        ("permit(principal == ?principal, action, resource) when { principal has name };", True),
        ("permit(principal in ?principal, action, resource in ?resource);", True),
        ("permit(principal is Bot in ?principal, action, resource) when { principal.name == 1 };", True),
        ("permit(principal is User in ?principal, action, resource) when { principal.name == 1 };", False),
        ("permit(principal == ?principal, action, resource) when { 1 };", False),
    ],
)
def test_templates_are_checked_by_themselves(text: str, valid: bool) -> None:
    policies = from_bodies(parse_policies(text))
    assert len(policies.templates) == 1
    assert validate_set(policies, SCHEMA)["policy0"].valid is valid


@pytest.mark.parametrize(
    ("scope", "values", "valid"),
    [
        ("principal == ?principal", {"?principal": ("User", "a")}, True),
        ("principal == ?principal", {"?principal": ("Unused", "a")}, True),
        ("principal == ?principal", {"?principal": ("Nope", "a")}, False),
        ("principal == ?principal", {"?principal": ("Action", "view")}, True),
        ("principal in ?principal", {"?principal": ("Org", "a")}, True),
        ("principal in ?principal", {"?principal": ("Doc", "a")}, True),
        ("principal is User in ?principal", {"?principal": ("Bot", "a")}, True),
        ("principal is User in ?principal", {"?principal": ("Group", "a")}, True),
    ],
)
def test_links_are_checked_for_types_only(
    scope: str, values: dict[SlotName, tuple[str, str]], valid: bool
) -> None:
    policies = from_bodies(parse_policies(f'permit({scope}, action == Action::"view", resource);'))
    link = Link("policy0", {slot: EntityUid(*uid) for slot, uid in values.items()})
    verdicts = validate_set(policies.link("made", link), SCHEMA)
    assert verdicts["policy0"].valid
    assert verdicts["made"].valid is valid


def test_a_link_to_an_unlisted_id_passes() -> None:
    schema = read_schema('entity C enum ["a"]; entity R; action v appliesTo {principal: C, resource: R};')
    policies = from_bodies(parse_policies("permit(principal == ?principal, action, resource);"))
    linked = policies.link("made", Link("policy0", {"?principal": EntityUid("C", "zz")}))
    assert all(found.valid for found in validate_set(linked, schema).values())


@pytest.mark.parametrize(
    ("condition", "impossible"),
    [
        ("false", True),
        ("principal has nope", True),
        ("principal == action", True),
        ("principal is Doc", True),
        ("principal is User", False),
        ("false || resource is Folder", False),
        ("true", False),
        ("1 == 2", True),
    ],
)
def test_the_impossible_policy_warning(condition: str, impossible: bool) -> None:
    found = verdict(f"permit(principal, action, resource) when {{ {condition} }};")
    assert found.valid
    assert found.warns("impossible_policy") is impossible


def test_messages_name_the_policy_and_the_situation() -> None:
    text = (
        'permit(principal, action == Action::"view", resource) when { principal.nam == "a" };'
        "permit(principal is Usr, action, resource);"
        "permit(principal, action, resource) when { false };"
    )
    lines = list(explain(validate_set(from_bodies(parse_policies(text)), SCHEMA)))
    assert "error in `policy0`: Bot has no attribute 'nam' in `principal.nam`" in lines[0]
    assert 'principal Bot, action Action::"view", resource Doc' in lines[0]
    assert any("`policy1`" in line and "Usr" in line for line in lines)
    assert any(line.startswith("warning for `policy2`") for line in lines)


def test_one_line_for_all_environments_that_share_a_problem() -> None:
    (body,) = parse_policies("permit(principal, action, resource) when { 1 + true == 2 };")
    assert len(validate(body, SCHEMA).problems) == 4
    (line,) = explain({"p": validate(body, SCHEMA)})
    assert line.endswith("and 3 other kinds of request")
