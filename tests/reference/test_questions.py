"""Questions about schemas and policies (spec 13 §1 to §3), by function."""

from __future__ import annotations

from collections import Counter

import pytest

from drt.engines.reference_answers import uid_text
from reference.errors import InputError
from reference.json.policy_writer import body_to_json
from reference.policies import Body, condition
from reference.schema.reader import read_schema
from reference.text.parser import parse_policies
from reference.validation import questions
from reference.validation.substitution import substitute
from reference.values import EntityUid

SCHEMA = read_schema(
    """
entity Org; entity Group in [Group, Org]; entity User in [Group] {name: String, age?: Long};
entity Doc in [Folder]; entity Folder; entity Color enum ["red"];
action all, lonely;
action view in [all] appliesTo {principal: [User, Group], resource: [Doc, Folder], context: {mfa: Bool}};
action paint in [view] appliesTo {principal: User, resource: Color};
"""
)
INCOMPLETE = read_schema(
    "external entity P in [Q]; external entity Q; external action g; action v in [g] appliesTo {principal: P, resource: P};"
)  # fmt: skip


def action(name: str) -> EntityUid:
    return EntityUid("Action", name)


def body(text: str) -> Body:
    (found,) = parse_policies(text)
    return found


def test_lists_of_actions_and_types() -> None:
    assert questions.action_groups(SCHEMA) == {action("all"), action("view")}
    assert questions.principals(SCHEMA) == {"User", "Group"}
    assert questions.resources(SCHEMA) == {"Doc", "Folder", "Color"}
    assert questions.principals_for_action(SCHEMA, action("view")) == {"User", "Group"}
    assert questions.resources_for_action(SCHEMA, action("paint")) == {"Color"}
    assert questions.principals_for_action(SCHEMA, action("all")) == frozenset()
    assert questions.resources_for_action(SCHEMA, action("nope")) is None
    assert questions.actions_for_principal_and_resource(SCHEMA, "User", "Doc") == {action("view")}
    assert questions.actions_for_principal_and_resource(SCHEMA, "User", "Nope") == frozenset()


def test_environments_and_ancestors() -> None:
    assert set(questions.request_environments(SCHEMA)) == {
        ("User", action("view"), "Doc"), ("User", action("view"), "Folder"), ("Group", action("view"), "Doc"),
        ("Group", action("view"), "Folder"), ("User", action("paint"), "Color"),
    }  # fmt: skip
    assert questions.ancestors(SCHEMA, "Group") == {"Group", "Org"}
    assert questions.ancestors(SCHEMA, "User") == {"Group", "Org"}
    assert questions.ancestors(SCHEMA, "Color") == frozenset()
    assert questions.ancestors(SCHEMA, "Nope") is None


def test_actions_as_entities() -> None:
    assert questions.action_entities(SCHEMA) == {
        action("all"): frozenset(), action("lonely"): frozenset(), action("view"): {action("all")},
        action("paint"): {action("view"), action("all")},
    }  # fmt: skip


def test_what_is_external() -> None:
    assert questions.is_complete(SCHEMA)
    assert not questions.is_complete(INCOMPLETE)
    assert questions.external_entity_types(INCOMPLETE) == {"P", "Q"}
    assert questions.external_actions(INCOMPLETE) == {action("g")}
    assert questions.ancestors(INCOMPLETE, "P") == {"Q"}
    assert questions.action_entities(INCOMPLETE) == {action("v"): {action("g")}}
    assert questions.action_groups(INCOMPLETE) == {action("g")}
    assert questions.principals_for_action(INCOMPLETE, action("g")) == frozenset()
    assert (
        questions.valid_request_environments(body("permit(principal, action, resource);"), INCOMPLETE) == []
    )


def test_any_clause_is_a_constraint_outside_the_scope() -> None:
    assert questions.has_non_scope_constraint(body("permit(principal, action, resource) when { true };"))
    assert not questions.has_non_scope_constraint(body("permit(principal is User, action, resource);"))


def test_literals_are_counted_as_often_as_they_are_written() -> None:
    text = (
        'permit(principal is User in Group::"g", action in [Action::"a", Action::"a"], resource) '
        'when { false && Group::"g" has a.b && context has "U::\\"x\\"" };'
    )
    group = EntityUid("Group", "g")
    assert sorted(map(uid_text, questions.entity_literals(body(text)))) == [
        'Action::"a"', 'Action::"a"', 'Group::"g"', 'Group::"g"',
    ]  # fmt: skip
    assert questions.entity_literals(body(text)).count(group) == 2
    assert questions.entity_literals(body("permit(principal == ?principal, action, resource);")) == []


def test_is_in_writes_its_operand_twice() -> None:
    a_in_b = 'User::"a" is User in User::"b"'
    for condition_text, expected in (
        (a_in_b, {"a": 2, "b": 1}),
        (f'({a_in_b}) is User in User::"c"', {"a": 4, "b": 2, "c": 1}),
        ('User::"a" is User && User::"a" has b.c', {"a": 2}),
        ('User::"a" != User::"b"', {"a": 1, "b": 1}),
    ):
        found = body(f"permit(principal, action, resource) when {{ {condition_text} }};")
        assert Counter(uid.id for uid in questions.entity_literals(found)) == expected


def test_replacements_are_made_at_once() -> None:
    a, b = EntityUid("U", "a"), EntityUid("U", "b")
    text = '@n("U::\\"a\\"") permit(principal == {0}, action, resource in {1}) when {{ {0} in [{1}, {0}] }};'
    given = body(text.format('U::"a"', 'U::"b"'))
    swapped = body(text.format('U::"b"', 'U::"a"'))
    assert substitute(given, {a: b, b: a}) == swapped
    assert substitute(given, {}) == given
    assert substitute(substitute(given, {a: b}), {b: a}) != given


def test_types_and_strings_are_not_replaced() -> None:
    text = 'permit(principal is U in U::"a", action, resource) when { "U::\\"a\\"" like "U::*" };'
    changed = substitute(body(text), {EntityUid("U", "a"): EntityUid("V", "z")})
    assert changed == body(text.replace('in U::"a"', 'in V::"z"'))


@pytest.mark.parametrize("scope", ['action == Action::"a"', 'action in [Action::"b", Action::"a"]'])
def test_the_action_scope_holds_actions_only(scope: str) -> None:
    given = body(f"permit(principal, {scope}, resource);")
    changed = substitute(given, {action("a"): EntityUid("N::Action", "c")})
    assert "N::Action" in str(body_to_json(changed))
    with pytest.raises(InputError, match='U::"a"'):
        substitute(given, {action("a"): EntityUid("U", "a")})


def environments(text: str) -> set[tuple[str, str, str]]:
    found = questions.valid_request_environments(body(text), SCHEMA)
    return {(one.principal, one.action.id, one.resource) for one in found}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("context.mfa", {("User", "view", "Doc"), ("User", "view", "Folder"), ("Group", "view", "Doc"), ("Group", "view", "Folder")}),
        ('principal.name == "a" && resource is Doc', {("User", "view", "Doc")}),
        ("principal is Nope", set()),
        ("false", set()),
        ("principal.nope == 1", set()),
        ('resource == Color::"green"', {("User", "paint", "Color")}),
        ('resource is Color || principal == Nope::"a"', {("User", "paint", "Color")}),
        ('action == Action::"nope"', set()),
    ],
)  # fmt: skip
def test_environments_in_which_a_policy_can_matter(
    condition: str, expected: set[tuple[str, str, str]]
) -> None:
    assert environments(f"permit(principal, action, resource) when {{ {condition} }};") == expected


def test_environments_of_a_template_have_slot_types() -> None:
    found = questions.valid_request_environments(
        body("permit(principal in ?principal, action, resource == ?resource) when { resource is Color };"),
        SCHEMA,
    )
    assert {tuple(sorted(one.slots.items())) for one in found} == {
        (("?principal", name), ("?resource", "Color")) for name in ("User", "Group", "Org")
    }


@pytest.mark.slow
def test_a_deep_policy_is_answered() -> None:
    deep = " && ".join(['principal != User::"a"'] * 20_000)
    given = body(f"permit(principal, action, resource) when {{ {deep} }};")
    assert len(questions.valid_request_environments(given, SCHEMA)) == 5
    changed = substitute(given, {EntityUid("User", "a"): EntityUid("User", "b")})
    assert set(questions.entity_literals(changed)) == {EntityUid("User", "b")}
    assert condition(changed) != condition(given)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a b", 'U::"a b"'),
        ("\"'\\\n\t\r\0", 'U::"\\"\\\'\\\\\\n\\t\\r\\0"'),
        ("e\u0301", 'U::"e\u0301"'),
        ("\u0301e", 'U::"\\u{301}e"'),
        ("\u202e\ue000", 'U::"\\u{202e}\\u{e000}"'),
        ("é漢", 'U::"é漢"'),
    ],
)
def test_ids_are_escaped_as_recorded(text: str, written: str) -> None:
    assert uid_text(EntityUid("U", text)) == written
