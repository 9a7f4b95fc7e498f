"""Partial requests and entities: what is taken, and the class and place of what is refused (spec 09 §1)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from production import (
    ArgumentError,
    CedarError,
    Entities,
    IllTypedError,
    InconsistentError,
    PartialEntities,
    PartialEntitiesError,
    PartialEntity,
    PartialRequest,
    PartialRequestError,
    PolicySet,
    Request,
    RequestError,
    Schema,
    Uid,
)

from .partial_world import DOCS, SCHEMA, USERS, VIEW, scene, store

COLOURS = Schema.from_text(
    'entity User in [User]; entity Colour enum ["red"]; action a appliesTo { principal: User, resource: Colour };'
    "action g; action b in [g];"
)
A = Uid("Action", "a")


@pytest.mark.parametrize(
    ("principal", "action", "resource", "context", "kind"),
    [
        ("User", Uid("Action", "no"), "Colour", None, "undeclared_action"),
        ("Nope", A, "Nope", None, "principal_type"),
        ("Colour", A, "Nope", None, "principal_type"),
        ("User", Uid("Action", "g"), "Colour", None, "principal_type"),
        ("User", A, "User", None, "resource_type"),
        ("User", A, Uid("Colour", "blue"), {"x": 1}, "enumerated_id"),
        ("User", A, Uid("Colour", "red"), {"x": 1}, "context"),
    ],
)
def test_the_first_fault_of_a_request_is_the_answer(
    principal: Any, action: Uid, resource: Any, context: Any, kind: str
) -> None:
    with pytest.raises(PartialRequestError) as caught:
        COLOURS.partial_request(principal, action, resource, context)
    assert caught.value.kind == kind


def _user(**parts: Any) -> dict[str, Any]:
    return {"uid": {"type": "User", "id": parts.pop("id", "a")}, **parts}


FITTING = {"dept": "x", "lead": {"type": "User", "id": "b"}, "home": {"zip": 1}}


@pytest.mark.parametrize(
    ("document", "kind", "place"),
    [
        ({}, "invalid", "array"),
        ([1], "invalid", "[0]"),
        ([{}], "invalid", "uid"),
        ([{"uid": 'User::"a"'}], "invalid", "[0].uid"),
        ([_user(attrs=[])], "invalid", "[0].attrs"),
        ([_user(), _user(tags={"t": None})], "invalid", "[1].tags: t"),
        ([_user(attrs=FITTING | {"dept": 1})], "invalid", "dept"),
        ([_user(attrs={"home": {"zip": 1}})], "invalid", "dept"),
        ([_user(attrs=FITTING | {"nope": 1})], "invalid", "nope"),
        ([{"uid": {"type": "Nope", "id": "x"}}], "invalid", "Nope"),
        ([{"uid": {"type": "Nope", "id": "x"}, "attrs": {}}], "invalid", "[0].uid"),
        ([{"uid": {"type": "Action", "id": "view"}}], "action_entity", "[0].uid"),
        ([_user(), _user(attrs={})], "duplicate", 'User::"a"'),
        ([_user(parents=[{"type": "Doc", "id": "d"}])], "invalid", "Doc"),
        ([{"uid": {"type": "Doc", "id": "d"}, "tags": {"t": 1}}], "invalid", "tags"),
        (
            [_user(parents=[{"type": "Group", "id": "g"}]), {"uid": {"type": "Group", "id": "g"}}],
            "unknown_ancestors",
            'Group::"g"',
        ),
        (
            [{"uid": {"type": "Group", "id": "g"}, "parents": [{"type": "Group", "id": "g"}]}],
            "cycle",
            "Group",
        ),
    ],
)
def test_a_document_of_entities_is_refused_with_its_class_and_place(
    document: Any, kind: str, place: str
) -> None:
    with pytest.raises(PartialEntitiesError) as caught:
        SCHEMA.read_partial_entities(json.dumps(document))
    assert caught.value.kind == kind
    assert place in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        '[{"uid": {"type": "User", "id": "a"}, "tags": {}, "tags": {}}]',
        '[{"uid": {"type": "User", "id": "a"}, "tags": {"t": "v", "t": "v"}}]',
        '[{"uid": {"type": "User", "id": "a"}, "attrs": {"dept": "x", "dept": "y", "lead": {"type": "User", "id": "b"}, "home": {"zip": 1}}}]',
    ],
)
def test_a_key_that_comes_twice_is_refused(text: str) -> None:
    with pytest.raises(PartialEntitiesError, match="twice"):
        SCHEMA.read_partial_entities(text)


def test_parts_that_are_null_or_absent_are_unknown_and_empty_ones_are_known() -> None:
    unknown, known = (
        SCHEMA.read_partial_entities(
            json.dumps([_user(tags=None, more=1), _user(id="b", tags={}, parents=[])])
        ),
        {},
    )
    for entity in unknown:
        known[entity.uid] = (entity.attributes, entity.ancestors, entity.tags)
    assert known[USERS[0]] == (None, None, None)
    assert known[USERS[1]] == (None, frozenset(), {})


def test_constructed_action_entities_must_be_those_of_the_schema() -> None:
    b = Uid("Action", "b")
    COLOURS.partial_entities([PartialEntity(b, {}, [Uid("Action", "g")], {})])
    for entity, kind in (
        (PartialEntity(b, {}, [], {}), "action_ancestors"),
        (PartialEntity(b, {"x": 1}), "invalid"),
        (PartialEntity(Uid("Action", "no")), "invalid"),
    ):
        with pytest.raises(PartialEntitiesError) as caught:
            COLOURS.partial_entities([entity])
        assert caught.value.kind == kind


def test_an_incomplete_schema_is_refused_before_everything_else() -> None:
    schema = Schema.from_text("external entity User; action a appliesTo { principal: User, resource: User };")
    with pytest.raises(PartialRequestError) as refused:
        schema.partial_request("Nope", A, "Nope")
    assert refused.value.kind == "incomplete_schema"
    with pytest.raises(PartialEntitiesError) as caught:
        schema.read_partial_entities("nonsense")
    assert caught.value.kind == "incomplete_schema"


@pytest.mark.parametrize(
    "call",
    [
        lambda: SCHEMA.partial_request(1, VIEW, "Doc"),
        lambda: SCHEMA.partial_request("no name", VIEW, "Doc"),
        lambda: SCHEMA.partial_request("User", "view", "Doc"),
        lambda: SCHEMA.partial_request("User", VIEW, "Doc", {"mfa": 1.5}),
        lambda: SCHEMA.partial_request("User", VIEW, "Doc", [("mfa", True)]),
        lambda: SCHEMA.partial_entities([1]),
        lambda: SCHEMA.partial_entities("ab"),
        lambda: PartialEntity("User"),
        lambda: PartialEntity(USERS[0], [1]),
        lambda: PartialEntity(USERS[0], None, ["x"]),
        lambda: SCHEMA.partially_authorize([], _request(), SCHEMA.partial_entities()),
        lambda: SCHEMA.partially_authorize(PolicySet(), "x", SCHEMA.partial_entities()),
        lambda: SCHEMA.partially_authorize(PolicySet(), _request(), []),
        lambda: COLOURS.partially_authorize(PolicySet(), _request(), COLOURS.partial_entities()),
        lambda: SCHEMA.partially_authorize(PolicySet(), _request(), COLOURS.partial_entities()),
        lambda: SCHEMA.query_resources(PolicySet(), "User", VIEW, "Doc", {"mfa": True}, []),
        lambda: SCHEMA.query_resources(PolicySet(), USERS[0], VIEW, "Doc", None, []),
        lambda: SCHEMA.query_principals(PolicySet(), "User", VIEW, DOCS[0], {"mfa": True}, []),
        lambda: SCHEMA.query_principals(PolicySet(), "User", VIEW, "Doc", {"mfa": True}, []),
        lambda: SCHEMA.query_resources(PolicySet(), USERS[0], VIEW, DOCS[0], {"mfa": True}, Entities()),
        lambda: SCHEMA.query_principals(PolicySet(), USERS[0], VIEW, DOCS[0], {"mfa": True}, Entities()),
        lambda: SCHEMA.query_actions(PolicySet(), 1, "Doc", None, SCHEMA.partial_entities()),
    ],
)
def test_arguments_of_the_wrong_kind_are_refused_in_one_sentence(call: Callable[[], object]) -> None:
    with pytest.raises(ArgumentError) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_a_schema_costs_nothing_until_it_is_asked() -> None:
    """The ancestors of a long chain of actions are as many as the square of its length."""
    text = "".join(f"action a{n} in [a{n + 1}];" for n in range(20_000)) + "action a20000;"
    schema = Schema.from_text(text)
    assert "actions" not in vars(schema._checker)


def _request() -> PartialRequest:
    return SCHEMA.partial_request("User", VIEW, "Doc")


@pytest.mark.parametrize(
    "data",
    [
        "[]",
        "{",
        {"principal": {"type": "User"}},
        {"principal": {"type": "User"}, "action": {"type": "Action", "id": "view"}, "resource": "Doc"},
        {"principal": {"type": "User"}, "action": {"type": "Action", "id": "view"}, "resource": {"type": 1}},
        {"principal": {"type": "User"}, "action": {"type": "Action"}, "resource": {"type": "Doc"}},
        {"prinicpal": {"type": "User"}},
    ],
)
def test_a_document_of_a_request_is_refused_in_one_sentence(data: Any) -> None:
    with pytest.raises(RequestError) as caught:
        SCHEMA.read_partial_request(data)
    assert "\n" not in str(caught.value)


def test_a_request_is_read_from_text_and_from_members() -> None:
    data = {
        "principal": {"type": "User", "id": "a"}, "action": {"type": "Action", "id": "view"},
        "resource": {"type": "Doc"}, "context": {"mfa": True},
    }  # fmt: skip
    for request in (SCHEMA.read_partial_request(data), SCHEMA.read_partial_request(json.dumps(data))):
        assert (request.principal, request.resource, request.context) == (USERS[0], "Doc", {"mfa": True})
        assert (request.principal_type, request.resource_type) == ("User", "Doc")


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("permit(principal, action, resource) when { principal.nope };", False),
        ("permit(principal, action, resource) when { false && principal.nope };", True),
        ("permit(principal, action, resource) when { context.mfa && principal.nope };", False),
        ('permit(principal, action == Action::"view", resource is Group) when { principal.nope };', True),
        ("permit(principal is Nope, action, resource);", False),
        ("permit(principal == ?principal, action, resource) when { principal.nope };", True),
    ],
)
def test_policies_are_checked_in_the_environment_of_the_request_alone(text: str, fits: bool) -> None:
    policies = PolicySet.from_text(text)
    if fits:
        SCHEMA.partially_authorize(policies, _request(), SCHEMA.partial_entities())
        return
    with pytest.raises(IllTypedError, match="policy0"):
        SCHEMA.partially_authorize(policies, _request(), SCHEMA.partial_entities())


def test_completions_are_checked_in_order() -> None:
    from random import Random

    entities = store(Random(1))
    partial = SCHEMA.partial_entities(entities)
    request = SCHEMA.partial_request(USERS[0], VIEW, "Doc", {"mfa": True})
    response = SCHEMA.partially_authorize(PolicySet(), request, partial)
    fitting = Request(USERS[0], VIEW, DOCS[0], {"mfa": True})
    assert response.reauthorize(fitting, entities).decision == "deny"
    for asked, given, kind in (
        (Request(USERS[0], VIEW, DOCS[0]), entities, "request"),
        (Request(USERS[1], VIEW, DOCS[0], {"mfa": True}), entities, "inconsistent_request"),
        (Request(USERS[0], VIEW, DOCS[0], {"mfa": False}), entities, "inconsistent_request"),
        (fitting, entities.remove([USERS[0]]), "inconsistent_entities"),
        (fitting, entities.remove([VIEW]), "inconsistent_entities"),
    ):
        with pytest.raises(InconsistentError) as caught:
            response.reauthorize(asked, given)
        assert caught.value.kind == kind


@pytest.mark.parametrize("kind", [PartialRequest, PartialEntities])
def test_what_a_schema_makes_cannot_be_made_without_one(kind: type) -> None:
    with pytest.raises(TypeError, match="Schema"):
        kind()


@pytest.mark.parametrize(
    "made",
    [
        _request(),
        SCHEMA.partial_entities(),
        PartialEntity(USERS[0]),
        SCHEMA.partially_authorize(PolicySet(), _request(), SCHEMA.partial_entities()),
    ],
    ids=lambda made: type(made).__name__,
)
def test_nothing_can_be_changed(made: object) -> None:
    for name in ("principal", "decision", "uid", "_known", "new"):
        with pytest.raises(AttributeError):
            setattr(made, name, None)
    with pytest.raises(TypeError):
        type("Mine", (type(made),), {})


def test_a_response_is_neither_true_nor_false() -> None:
    response = SCHEMA.partially_authorize(PolicySet(), _request(), SCHEMA.partial_entities())
    with pytest.raises(TypeError, match="decision"):
        bool(response)


def test_every_error_is_of_this_engine() -> None:
    assert all(
        issubclass(kind, CedarError) for kind in (IllTypedError, InconsistentError, PartialRequestError)
    )


def test_requests_and_entities_are_written_as_they_are_read() -> None:
    user = Uid("User", "a")
    request = SCHEMA.partial_request(user, VIEW, "Doc", {"mfa": True, "n": 1})
    read = SCHEMA.read_partial_request(request.to_json())
    assert (read.principal, read.action, read.resource, read.context) == (
        request.principal,
        request.action,
        request.resource,
        request.context,
    )
    assert "context" not in json.loads(SCHEMA.partial_request("User", VIEW, "Doc").to_json())
    for seed in range(20):
        known = scene(seed).partial
        assert parts(SCHEMA.read_partial_entities(known.to_json())) == parts(known)


def parts(entities: PartialEntities) -> dict[Uid, tuple[Any, ...]]:
    return {
        one.uid: (one.attributes and dict(one.attributes), one.ancestors, one.tags and dict(one.tags))
        for one in entities
    }


def test_in_a_request_that_is_text_the_context_is_no_text_of_its_own() -> None:
    data = {
        "principal": {"type": "User"},
        "action": {"type": "Action", "id": "view"},
        "resource": {"type": "Doc"},
        "context": "{}",
    }
    with pytest.raises(PartialRequestError, match="a context is an object"):
        SCHEMA.read_partial_request(json.dumps(data))
