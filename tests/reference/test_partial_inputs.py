"""Inputs of partial evaluation that are refused: every class of spec 09 §1, in its order."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reference.errors import InputError
from reference.json.entities import read_entities
from reference.partial.constructed import read_constructed_entities
from reference.partial.errors import Refusal
from reference.partial.request import check_request, everything_known
from reference.partial.request_reader import read_action_query, read_concrete_request, read_partial_request
from reference.partial.response import partially_authorize
from reference.partial.store import action_store, known_store
from reference.partial.store_reader import read_partial_entities
from reference.policy_set import Link, PolicySet, from_bodies
from reference.schema.reader import read_schema
from reference.text.parser import parse_policies
from reference.values import EntityUid
from tests.reference.partial_world import ANN, REQUEST, SCHEMA, entities, request

VIEW = EntityUid("Action", "view")


def uid(type_name: str, entity_id: str = "x") -> dict[str, str]:
    return {"type": type_name, "id": entity_id}


def user(entity_id: str, **parts: Any) -> dict[str, Any]:
    return {"uid": uid("User", entity_id), **parts}


def refused_request(**changes: Any) -> tuple[str, str]:
    with pytest.raises(Refusal) as refusal:
        check_request(request(**changes), SCHEMA)
    return refusal.value.stage, refusal.value.kind


REQUESTS: list[tuple[str, dict[str, Any]]] = [
    ("undeclared_action", {"action": uid("Action", "nope"), "principal": {"type": "Nope"}}),
    ("undeclared_action", {"action": uid("User", "a")}),
    ("principal_type", {"principal": {"type": "Nope"}, "resource": {"type": "Nope"}}),
    ("principal_type", {"principal": {"type": "Group"}, "context": {}}),
    ("principal_type", {"action": uid("Action", "noop")}),
    ("resource_type", {"resource": {"type": "User"}, "context": {}}),
    ("enumerated_id", {"action": uid("Action", "paint"), "resource": uid("Color", "green"), "context": {"a": 1}}),
    ("context", {"context": {}}),
    ("context", {"context": {"mfa": 1}}),
    ("context", {"context": {"mfa": True, "more": 1}}),
    ("context", {"context": {"mfa": True, "color": {"__entity": uid("Color", "green")}}}),
    ("context", {"context": {"mfa": True, "who": {"__entity": uid("Nope", "a")}}}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "changes"), REQUESTS)
def test_the_first_check_of_a_request_that_fails(kind: str, changes: dict[str, Any]) -> None:
    assert refused_request(**changes) == ("request", kind)


def test_what_a_request_may_leave_out() -> None:
    for changes in ({}, {"principal": {"type": "User"}}, {"context": {"mfa": True}}):
        check_request(request(**changes), SCHEMA)
    check_request(request(action=uid("Action", "paint"), resource={"type": "Color"}, context={}), SCHEMA)


@pytest.mark.parametrize(
    "written", [None, 1, {"mfa": None}, {"mfa": 1.5}, {"x": {"__extn": {"fn": "no", "arg": 1}}}]
)
def test_a_context_that_cannot_be_read_at_all(written: Any) -> None:
    for read in (lambda: request(context=written), lambda: read_action_query(_without_action(written))):
        with pytest.raises(Refusal) as refusal:
            read()
        assert (refusal.value.stage, refusal.value.kind) == ("context", "invalid")


def _without_action(context: Any) -> str:
    return json.dumps({**{k: v for k, v in REQUEST.items() if k != "action"}, "context": context})


BAD_REQUESTS = {
    "[]": "expected an object",
    '{"principal": {"type": "User"}, "resource": {"type": "Doc"}}': "`action` is missing",
    json.dumps({**REQUEST, "time": 1}): "there is no key 'time'",
    json.dumps({**REQUEST, "principal": "User"}): "`principal`",
    json.dumps({**REQUEST, "principal": {"type": "User", "id": None}}): "`principal`",
    json.dumps({**REQUEST, "principal": {"type": "User", "eid": "a"}}): "`principal`",
    json.dumps({**REQUEST, "resource": {"type": "1"}}): "`resource`",
    json.dumps({**REQUEST, "action": {"type": "Action"}}): "`action`",
    json.dumps(REQUEST)[:-1]
    + ', "action": {"type": "Action", "id": "view"}}': "the key 'action' is repeated",
}


@pytest.mark.parametrize(("text", "message"), BAD_REQUESTS.items())
def test_a_request_of_another_shape(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message.replace("`", ".")) as error:
        read_partial_request(text, SCHEMA)
    assert error.value.part == "request"
    assert "\n" not in str(error.value)


def test_a_concrete_request_is_checked_like_a_partial_one() -> None:
    text = json.dumps({**REQUEST, "resource": uid("Doc"), "context": {"mfa": 1}})
    with pytest.raises(Refusal) as refusal:
        check_request(everything_known(read_concrete_request(text, SCHEMA)), SCHEMA)
    assert refusal.value.kind == "context"


ACTION = {"uid": uid("Action", "view"), "attrs": {}, "parents": [], "tags": {}}
WRONG = {"attrs": {"name": 1}}

DOCUMENTS: list[tuple[str, Any]] = [
    ("invalid", {}),
    ("invalid", [1]),
    ("invalid", [{"attrs": {}}]),
    ("invalid", [ACTION, {"uid": uid("User"), "attrs": 1}]),  # the document as a whole comes first
    ("invalid", [ACTION, {"uid": uid("User"), "parents": {}}]),
    ("action_entity", [ACTION, {"uid": "User::\"a\""}]),  # then entity by entity
    ("invalid", [{"uid": "User::\"a\""}, ACTION]),
    ("action_entity", [{"uid": uid("Action", "nope")}]),
    ("action_entity", [{"uid": uid("Namespace::Action", "nope"), "attrs": {"a": None}}]),
    ("invalid", [user("a", attrs={"name": None})]),
    ("invalid", [user("a", attrs={"name": None}), ACTION]),
    ("invalid", [user("a", parents=["Group::\"g\""])]),
    ("invalid", [user("a", tags={"k": 1.5})]),
    ("invalid", [{"uid": uid("Nope"), "attrs": {}}, {"uid": uid("Nope")}]),
    ("duplicate", [{"uid": uid("Nope")}, {"uid": uid("Nope")}]),
    ("duplicate", [user("a", attrs={}), user("a")]),  # before anything is compared with the schema
    ("duplicate", [user("a", attrs={"more": 1}), user("a")]),
    ("duplicate", [ANN, ANN]),
    ("invalid", [{"uid": uid("Nope")}]),
    ("invalid", [{"uid": uid("Color", "green")}]),
    ("invalid", [{"uid": uid("Color", "red"), "attrs": {"a": 1}}]),
    ("invalid", [user("a", attrs={})]),
    ("invalid", [user("a", attrs={**ANN["attrs"], "more": 1})]),
    ("invalid", [user("a", parents=[uid("Doc")])]),
    ("invalid", [user("a", parents=[uid("Action", "all")])]),
    ("invalid", [user("a", tags={"k": "text"})]),
    ("invalid", [{"uid": uid("Robot"), "tags": {"k": 1}}]),
    ("invalid", [user("b", parents=[uid("Group")]), {"uid": uid("Group")}, user("a", attrs={})]),
    ("unknown_ancestors", [user("b", parents=[uid("Group")]), {"uid": uid("Group")}]),
    ("unknown_ancestors", [
        {"uid": uid("Group", "c"), "parents": [uid("Group", "c")]},
        {"uid": uid("Group", "d"), "parents": [uid("Group", "e")]},
        {"uid": uid("Group", "e")},
    ]),
    ("cycle", [{"uid": uid("Group", "c"), "parents": [uid("Group", "c")]}]),
    ("cycle", [{"uid": uid("Group", a), "parents": [uid("Group", b)]} for a, b in ("cd", "de", "ec")]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "document"), DOCUMENTS)
def test_the_first_check_of_partial_entities_that_fails(kind: str, document: Any) -> None:
    with pytest.raises(Refusal) as refusal:
        read_partial_entities(json.dumps(document), SCHEMA)
    assert (refusal.value.stage, refusal.value.kind) == ("entities", kind)
    assert "\n" not in refusal.value.message


@pytest.mark.parametrize(
    "text",
    [
        "[",
        '[{"uid": {"type": "User", "id": "a"}, "attrs": {}, "attrs": {}}]',
        '[{"uid": {"type": "User", "id": "a"}, "tags": {"k": 1, "k": 2}}]',
        '[{"uid": {"type": "User", "id": "a", "id": "b"}}]',
    ],
)
def test_repeated_keys_and_broken_json_are_invalid(text: str) -> None:
    with pytest.raises(Refusal) as refusal:
        read_partial_entities(text, SCHEMA)
    assert (refusal.value.stage, refusal.value.kind) == ("entities", "invalid")


def test_what_is_read_and_what_is_ignored() -> None:
    """Both forms of uids, escapes and implied values, null for unknown, any other key."""
    store = entities(
        {
            "uid": {"__entity": uid("User", "a")},
            "attrs": {**ANN["attrs"], "manager": {"__entity": uid("User", "b")}},
            "parents": [{"__entity": uid("Group", "g")}, uid("Group", "h")],
            "tags": None,
            "more": {"a": None},
        },
        user("b", attrs=None, parents=None),
        {"uid": uid("Color", "red"), "attrs": {}, "tags": {}, "parents": []},
    )
    ann, bob = EntityUid("User", "a"), EntityUid("User", "b")
    assert (store.attrs(ann) or {})["manager"] == bob
    assert store.ancestors(ann) == {EntityUid("Group", "g"), EntityUid("Group", "h")}
    assert store.tags(ann) is store.attrs(bob) is store.ancestors(bob) is None
    assert store.ancestors(VIEW) == {EntityUid("Action", "all")}


def test_ancestors_are_closed_over_the_store_only() -> None:
    store = entities(
        user("a", parents=[uid("Group", "g"), uid("Group", "elsewhere")]),
        {"uid": uid("Group", "g"), "parents": [uid("Group", "h")]},
        {"uid": uid("Group", "h"), "parents": []},
    )
    names = {"g", "h", "elsewhere"}
    assert store.ancestors(EntityUid("User", "a")) == {EntityUid("Group", name) for name in names}


def constructed(*documents: Any) -> Any:
    return read_constructed_entities(json.dumps(documents), SCHEMA)


CONSTRUCTED: list[tuple[str, Any]] = [
    ("action_ancestors", [{"uid": uid("Action", "view"), "ancestors": []}]),
    ("action_ancestors", [{"uid": uid("Action", "view"), "ancestors": [uid("Action", "noop")]}]),
    ("invalid", [{"uid": uid("Action", "nope")}]),
    ("invalid", [{"uid": uid("Action", "view"), "attrs": {"a": "1"}, "ancestors": []}]),
    ("invalid", [{"uid": uid("Action", "view"), "tags": {"a": "1"}}]),
    ("invalid", [user("a", attrs={}), user("a", attrs={})]),  # checked when constructed, before duplicates
    ("duplicate", [user("a"), user("a")]),
    ("unknown_ancestors", [user("b", ancestors=[uid("Group")]), {"uid": uid("Group")}]),
    ("unknown_ancestors", [
        {"uid": uid("Action", "view"), "ancestors": [uid("Action", "all")]}, {"uid": uid("Action", "all")}
    ]),
    ("cycle", [{"uid": uid("Group"), "ancestors": [uid("Group")]}]),
    ("invalid", [user("a", tags={"k": "1 +"})]),
    ("invalid", [user("a", tags={"k": "principal"})]),
    ("invalid", [user("a", tags={"k": "1 + 1"})]),
    ("invalid", [user("a", tags={"k": 'decimal("x")'})]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "documents"), CONSTRUCTED)
def test_the_first_check_of_constructed_entities_that_fails(kind: str, documents: Any) -> None:
    with pytest.raises(Refusal) as refusal:
        constructed(*documents)
    assert (refusal.value.stage, refusal.value.kind) == ("entities", kind)


def test_constructed_entities() -> None:
    store = constructed(
        {"uid": uid("Action", "view"), "attrs": {}, "tags": {}, "ancestors": [uid("Action", "all")]},
        user("a", tags={"k": "-1"}, ancestors=[uid("Group", "g")]),
    )
    assert store.ancestors(VIEW) == {EntityUid("Action", "all")}
    assert store.ancestors(EntityUid("User", "a")) == {EntityUid("Group", "g")}
    assert store.attrs(EntityUid("User", "a")) is None


def test_concrete_entities_conform_too() -> None:
    bad = {**ANN, "attrs": {}, "parents": []}
    with pytest.raises(Refusal) as refusal:
        known_store(read_entities(json.dumps([bad])), SCHEMA)
    assert (refusal.value.stage, refusal.value.kind) == ("entities", "invalid")
    with pytest.raises(Refusal) as refusal:
        known_store(read_entities(json.dumps([{**ACTION, "parents": []}])), SCHEMA)
    assert refusal.value.kind == "action_ancestors"


def ill_typed(policies: str) -> bool:
    refusals = []
    try:
        partially_authorize(from_bodies(parse_policies(policies)), request(), action_store(SCHEMA), SCHEMA)
    except Refusal as refusal:
        refusals.append((refusal.stage, refusal.kind))
    assert refusals in ([], [("policies", "ill_typed")])
    return bool(refusals)


@pytest.mark.parametrize(
    ("condition", "wrong"),
    [
        ("principal.nope == 1", True),
        ("principal.age == 1", True),
        ('principal.getTag("k") == 1', True),
        ("context.mfa && principal.nope", True),
        ("false && principal.nope", False),
        ("resource is User && principal.nope", False),
        ("if resource is Doc then true else principal.nope", False),
        ("false && principal is Nope", True),  # names are checked in unreached code too
        ('false && principal == Color::"green"', True),
        ('false && action == Action::"nope"', True),
        ("principal.name", True),
    ],
)
def test_policies_are_checked_in_the_environment_of_the_request(condition: str, wrong: bool) -> None:
    assert ill_typed(f"permit(principal, action, resource) when {{ {condition} }};") == wrong


def test_policies_are_not_checked_elsewhere() -> None:
    assert not ill_typed("permit(principal is Robot, action, resource) when { principal.nope };")
    assert not ill_typed('permit(principal, action == Action::"noop", resource) when { principal.nope };')
    assert not ill_typed("permit(principal == ?principal, action, resource) when { principal.nope };")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (EntityUid("User", "a"), "true"),
        (EntityUid("Nope", "a"), "false"),
        (EntityUid("Color", "green"), "false"),
    ],
)
def test_linked_uids_are_not_looked_up(value: EntityUid, expected: str) -> None:
    template = parse_policies('@a @b("c") permit(principal == ?principal, action, resource);')
    policies = from_bodies(template).link("l", Link("policy0", {"?principal": value}))
    response = partially_authorize(policies, request(), action_store(SCHEMA), SCHEMA)
    assert {name: policy.residual_class for name, policy in response.policies.items()} == {"l": expected}
    assert response.policies["l"].policy().annotations == (("a", ""), ("b", "c"))


def test_an_incomplete_schema_comes_before_everything() -> None:
    schema = read_schema("external entity User; entity Doc;", "cedar")
    with pytest.raises(Refusal) as refusal:
        partially_authorize(PolicySet(), request(), action_store(SCHEMA), schema)
    assert (refusal.value.stage, refusal.value.kind) == ("schema", "incomplete_schema")
