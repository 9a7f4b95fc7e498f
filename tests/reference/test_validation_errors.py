"""Kinds of errors (spec 08 §13): each with near misses, all that are independent, and their places."""

from __future__ import annotations

import pytest

from reference.policy_set import Link, from_bodies
from reference.schema.reader import read_schema
from reference.support.traversal import walk
from reference.text.expression_printer import print_expression
from reference.text.parser import parse_policies
from reference.validation.policies import validate, validate_set
from reference.validation.problems import ErrorKind, Verdict
from reference.values import EntityUid

SCHEMA = read_schema(
    """
entity Group in [Group] {gname: String};
entity User in [Group] {name: String, age?: Long, boss?: User, rec: {req: Long, opt?: Long},
    ints: Set<Long>, dec: decimal, dt: datetime, dur: duration, flag: Bool} tags Set<String>;
entity Doc in [Folder] {owner: User, pub: Bool}; entity Folder;
entity Color enum ["red", "blue"];
action all;
action view in [all] appliesTo {principal: User, resource: Doc, context: {mfa: Bool, ip?: ipaddr}};
"""
)


def verdict(condition: str, *, permissive: bool = False, level: int | None = None) -> Verdict:
    (body,) = parse_policies(f"permit(principal, action, resource) when {{ {condition} }};")
    return validate(body, SCHEMA, permissive=permissive, level=level)


def kinds(condition: str, *, permissive: bool = False) -> list[ErrorKind]:
    return [problem.kind for problem in verdict(condition, permissive=permissive).problems]


WRONG: list[tuple[ErrorKind, str]] = [
    ("unrecognized_entity_type", 'false && Nope::"a" == principal'),
    ("unrecognized_entity_type", "principal is Nope || true"),
    ("unrecognized_action", 'true || Action::"nope" == action'),
    ("unrecognized_action", 'action in [Action::"nope"]'),
    ("invalid_enum_entity", 'Color::"green" == Color::"red"'),
    ("unexpected_type", '1 + "a" == 1'),
    ("unexpected_type", "1"),
    ("unexpected_type", "!1"),
    ("unexpected_type", "principal.name < 1"),
    ("unexpected_type", "principal.dt < principal.dur"),
    ("unexpected_type", '"a" in principal'),
    ("unexpected_type", "principal in principal.ints"),
    ("unexpected_type", "1.foo == 2"),
    ("unexpected_type", "principal.name has a"),
    ("unexpected_type", "principal has name.x"),
    ("unexpected_type", "principal.name.contains(1)"),
    ("unexpected_type", "principal.ints.containsAll(1)"),
    ("unexpected_type", "principal.ints like \"a\""),
    ("unexpected_type", "1 is User"),
    ("unexpected_type", "principal.hasTag(1)"),
    ("unexpected_type", "principal.rec.hasTag(\"a\")"),
    ("unexpected_type", "if 1 then true else true"),
    ("unexpected_type", "ip(1).isIpv4()"),
    ("unexpected_type", "principal.dt.toDays() == 1"),
    ("incompatible_types", "principal.name == 1"),
    ("incompatible_types", "[1].contains(\"a\")"),
    ("incompatible_types", "[1].containsAny([\"a\"])"),
    ("incompatible_types", "[1, \"a\"].isEmpty()"),
    ("incompatible_types", "(if context.mfa then 1 else \"a\") == 1"),
    ("unsafe_attribute_access", "principal.nope == 1"),
    ("unsafe_attribute_access", "action.foo == 1"),
    ("unsafe_attribute_access", "context.nope"),
    ("unsafe_optional_attribute_access", "principal.age == 1"),
    ("unsafe_optional_attribute_access", "context.ip.isIpv4()"),
    ("unsafe_optional_attribute_access", "principal.boss has name"),
    ("unsafe_tag_access", "principal.getTag(\"a\").isEmpty()"),
    ("unsafe_tag_access", "resource.getTag(\"a\") == 1"),
    ("unsafe_tag_access", "principal.hasTag(\"a\") && principal.getTag(\"b\").isEmpty()"),
    ("wrong_number_of_arguments", "ip().isIpv4()"),
    ("wrong_number_of_arguments", "ip(\"1.1.1.1\").isIpv4(1)"),
    ("function_argument", "ip(\"x\").isIpv4()"),
    ("function_argument", "decimal(\"1\") == principal.dec"),
    ("non_literal_constructor", "ip(principal.name).isIpv4()"),
    ("non_literal_constructor", "ip(principal.rec.req).isIpv4()"),
    ("empty_set", "[].isEmpty()"),
    ("empty_set", "principal in []"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "condition"), WRONG)
def test_the_one_kind(kind: ErrorKind, condition: str) -> None:
    assert kinds(condition) == [kind]


RIGHT = [
    'User::"a" == principal', "principal is User", 'Action::"all" == action', 'Color::"red" == Color::"blue"',
    '1 + 1 == 1', "principal.dt < principal.dt", "principal in principal", "principal has rec.opt",
    'principal.name like "a"', 'ip("1.1.1.1").isIpv4()', "principal.name == \"a\"", "[1].contains(2)",
    "[1, 2].isEmpty()", "principal.rec.req == 1", "principal has age && principal.age == 1",
    'principal.hasTag("a") && principal.getTag("a").isEmpty()', 'decimal("1.0") == principal.dec',
    "principal is Action || true", "false && [].isEmpty()", "true || principal.nope", 'resource.hasTag("a")',
]  # fmt: skip


@pytest.mark.parametrize("condition", RIGHT)
def test_near_misses(condition: str) -> None:
    assert kinds(condition) == []


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('Color::"green"', ["invalid_enum_entity", "unexpected_type"]),
        ("principal.nope == 1 && 1", ["unsafe_attribute_access", "unexpected_type"]),
        ("principal.nope == 1 || [] == []", ["unsafe_attribute_access", "empty_set", "empty_set"]),
        ('1 + "a" == "b"', ["unexpected_type", "incompatible_types"]),
        ('"a" + "b" == 2', ["unexpected_type", "unexpected_type"]),
        ('principal.getTag(1) == 1', ["unexpected_type", "unsafe_tag_access"]),
        ('ip(principal.nope, "x").isIpv4()',
         ["unsafe_attribute_access", "non_literal_constructor", "wrong_number_of_arguments"]),
        ("[principal.age, [1]].isEmpty()", ["unsafe_optional_attribute_access", "incompatible_types"]),
        ("principal in (if context.mfa then [] else [principal]) && 1", ["empty_set", "unexpected_type"]),
        ('Action::"nope" == Nope::"x" || principal.nope',
         ["unrecognized_action", "unrecognized_entity_type", "unsafe_attribute_access"]),
        ('(principal has age && 1 + "a" == 2) && principal.age == 1',
         ["unexpected_type", "unsafe_optional_attribute_access"]),
        ("if principal.nope then principal.nope2 else 1 < true",
         ["unsafe_attribute_access", "unsafe_attribute_access", "unexpected_type"]),
    ],
)  # fmt: skip
def test_all_independent_errors(condition: str, expected: list[ErrorKind]) -> None:
    assert sorted(kinds(condition)) == sorted(expected)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("principal.nope + 1 == 2", "unsafe_attribute_access"),
        ("principal.nope.more.yet has x", "unsafe_attribute_access"),
        ("principal.nope in [principal.nope] || principal.nope.isIpv4()", "unsafe_attribute_access"),
        ("[principal.nope] < 1", "unsafe_attribute_access"),
        ('[principal.nope, 1, "a"].contains(principal)', "unsafe_attribute_access"),
        ('(if context.mfa then principal.nope else 1) like "a"', "unsafe_attribute_access"),
        ('[1, "a"].contains(1) == (1 < 2)', "incompatible_types"),
        ("{a: principal.nope} == 1 || {a: principal.nope} has b && 1 < 2", "unsafe_attribute_access"),
        ('Color::"green" has x && 1', "invalid_enum_entity"),
        ('resource == Color::"green" && principal.nope', "invalid_enum_entity"),
        ('principal == Nope::"a" && Nope::"b" in Nope::"c"', "unrecognized_entity_type"),
        ('Action::"nope" == action && 1', "unrecognized_action"),
        ('false == (1 == "a" + 1) && false && 1', "unexpected_type"),
    ],
)
def test_one_mistake_causes_no_further_errors(condition: str, expected: ErrorKind) -> None:
    assert set(kinds(condition)) == {expected}


@pytest.mark.parametrize("condition", ['[].isEmpty()', "principal in []", 'ip(principal.name).isIpv4()', '1 == principal.name', "[principal, resource].isEmpty()"])  # fmt: skip
def test_what_permissive_mode_admits(condition: str) -> None:
    assert kinds(condition) != []
    assert kinds(condition, permissive=True) == []


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("principal in [] && 1", ["unexpected_type"]),
        ("(if context.mfa then principal else resource) in [] && 1", ["unexpected_type"]),
        ("action in [] && 1", []),
        ('Action::"all" in [] && 1', []),
        ("principal in (if context.mfa then [] else []) && 1", ["unexpected_type"]),
        ('ip("x").isIpv4()', ["function_argument"]),
        ("ip(principal.rec).isIpv4()", ["unexpected_type"]),
        ("ip().isIpv4()", ["wrong_number_of_arguments"]),
        ('[1, "a"].isEmpty()', ["incompatible_types"]),
    ],
)
def test_permissive_kinds(condition: str, expected: list[ErrorKind]) -> None:
    assert kinds(condition, permissive=True) == expected


def test_an_extended_has_in_a_key_differs_from_its_expansion() -> None:
    key, expanded = "principal has boss.name", "principal has boss && principal.boss has name"
    template = (
        'principal.hasTag(if {} then "x" else "y") && principal.getTag(if {} then "x" else "y").isEmpty()'
    )
    assert kinds(template.format(key, key)) == []
    assert kinds(template.format(expanded, expanded)) == []
    assert kinds(template.format(key, expanded)) == ["unsafe_tag_access"]
    assert kinds(f'{key} && principal.boss.name == "a"') == []


def test_levels_are_checked_where_there_is_no_type_error() -> None:
    assert [p.kind for p in verdict("principal.flag", level=0).problems] == ["level_violation"]
    assert verdict("principal.flag", level=1).valid
    wrong = verdict("principal.flag && 1", level=0)
    assert [problem.kind for problem in wrong.problems] == ["unexpected_type"]
    untyped = verdict('principal.flag && principal == User::"a" && Nope::"a" == principal', level=0)
    assert [problem.kind for problem in untyped.problems] == ["unrecognized_entity_type"]
    beside = verdict("principal.flag || principal is Nope", level=0)
    assert {p.kind for p in beside.problems} == {"unrecognized_entity_type", "level_violation"}


def test_a_link_value_of_an_undeclared_type() -> None:
    policies = from_bodies(parse_policies("permit(principal == ?principal, action, resource);"))
    for name, found in (("Nope", ["unrecognized_entity_type"]), ("User", []), ("Action", []), ("Color", [])):
        linked = policies.link("made", Link("policy0", {"?principal": EntityUid(name, "unlisted")}))
        assert [problem.kind for problem in validate_set(linked, SCHEMA)["made"].problems] == found


def test_errors_name_their_places() -> None:
    found = verdict('1 + "a" == principal.nope && [].isEmpty() && principal.age < true').problems
    assert [(problem.kind, print_expression(problem.expr)) for problem in found if problem.expr] == [
        ("unexpected_type", '"a"'),
        ("unsafe_attribute_access", "principal.nope"),
        ("empty_set", "[]"),
        ("unsafe_optional_attribute_access", "principal.age"),
        ("unexpected_type", "true"),
    ]


@pytest.mark.parametrize(
    ("condition", "place"),
    [
        ("principal has name.b.c", "principal has name.b.c"),
        ("principal has rec.req.b.c.d", "principal has rec.req.b.c.d"),
        ("1 has a.b.c", "1"),
        ("(principal has rec.opt) + 1 == 2", "principal has rec.opt"),
        ("(principal is User in principal.boss) + 1 == 2", "principal is User in principal.boss"),
        ("(principal is Doc in principal) + 1 == 2", "principal is Doc in principal"),
    ],
)
def test_sugar_has_one_error_at_a_written_place(condition: str, place: str) -> None:
    (body,) = parse_policies(f"permit(principal, action, resource) when {{ {condition} }};")
    found = [p.expr for p in validate(body, SCHEMA).problems if p.kind == "unexpected_type"]
    (written,) = [node for node in walk(body.clauses[0].body) if print_expression(node) == place]
    assert len(found) == 1
    assert found[0] is written
