"""Requests, stores and authorizers cannot be changed; a checked request is checked for one schema and as it is."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from production import (
    Authorizer,
    Datetime,
    Entities,
    Entity,
    PolicySet,
    Request,
    RequestError,
    Schema,
    SetValue,
    TypedAuthorizer,
    Uid,
    parse_expression,
)

TEXT = """entity User { level: Long }; entity Doc;
action view, edit appliesTo { principal: User, resource: Doc, context: { a: { n: Long }, tags: Set<{ x: Long }> } };"""
SCHEMA = Schema.from_cedar(TEXT)
OTHER = Schema.from_cedar(TEXT.replace("n: Long", "n: String"))
ALICE, VIEW, EDIT, DOC = Uid("User", "a"), Uid("Action", "view"), Uid("Action", "edit"), Uid("Doc", "d")
STORE = SCHEMA.conforming_entities([Entity(ALICE, {"level": 3})])
POLICIES = PolicySet.from_text(
    'permit(principal, action == Action::"view", resource) when { context.a.n == 1 && principal.level == 3 };'
)


def checked(schema: Schema = SCHEMA, number: object = 1) -> Request:
    return schema.read_request(
        {
            "principal": 'User::"a"',
            "action": 'Action::"view"',
            "resource": 'Doc::"d"',
            "context": {"a": {"n": number}, "tags": [{"x": 1}]},
        }
    )


def typed() -> TypedAuthorizer:
    return SCHEMA.authorizer(POLICIES, STORE)


CHANGES: dict[str, Callable[[Any], object]] = {
    "action": lambda request: setattr(request, "action", EDIT),
    "context": lambda request: setattr(request, "context", {}),
    "mark": lambda request: setattr(request, "types", None),
    "private mark": lambda request: setattr(request, "_types", None),
    "delete": lambda request: delattr(request, "action"),
    "member": lambda request: request.context.__setitem__("a", 1),
    "inner member": lambda request: request.context["a"].__setitem__("n", 2),
    "update": lambda request: request.context.update(a=1),
    "replace": lambda request: dataclasses.replace(request, action=EDIT),
    "new attribute": lambda request: setattr(request, "other", 1),
}


@pytest.mark.parametrize("name", CHANGES)
def test_requests_do_not_change(name: str) -> None:
    request = checked()
    with pytest.raises((AttributeError, TypeError)):
        CHANGES[name](request)
    assert typed().authorize(request).allowed


def test_records_of_sets_are_copies() -> None:
    request = checked()
    (record,) = request.context["tags"]
    record["x"] = 2
    assert {"x": 1} in request.context["tags"]
    assert {"x": 2} not in request.context["tags"]


def test_a_context_is_copied_in_and_out() -> None:
    context: dict[str, Any] = {"a": {"n": 1}}
    request = Request(ALICE, VIEW, DOC, context)
    context["a"]["n"] = 2
    assert request.context == {"a": {"n": 1}}
    authorizer = Authorizer(POLICIES, STORE)
    found: Any = authorizer.evaluate(parse_expression("context"), request)
    found["a"]["n"] = 3
    assert request.context["a"]["n"] == 1


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_copies_of_checked_requests_answer_alike(copied: Callable[[Request], Request]) -> None:
    assert typed().authorize(copied(checked())) == typed().authorize(checked())


def test_a_mark_counts_for_its_own_schema_alone() -> None:
    authorizer = typed()
    authorizer.authorize(checked())
    with pytest.raises(RequestError):
        authorizer.authorize(checked(OTHER, "text"))
    with pytest.raises(RequestError):
        authorizer.authorize(
            Request(ALICE, VIEW, DOC, {"a": {"n": "text"}, "tags": checked().context["tags"]})
        )


def test_stores_do_not_change() -> None:
    store: Any = STORE
    for change in (
        lambda: store.attributes.__setitem__(ALICE, {}),
        lambda: store.attributes[ALICE].__setitem__("level", 9),
        lambda: store.parents.__setitem__(ALICE, frozenset()),
        lambda: store.tags.clear(),
        lambda: setattr(store, "attributes", {}),
        lambda: store.get(ALICE).attributes.__setitem__("level", 9),
        lambda: setattr(store.get(ALICE), "uid", DOC),
        lambda: POLICIES.statics.__setitem__("a", None),
        lambda: POLICIES.statics["policy0"].annotations.__setitem__("a", "b"),
    ):
        with pytest.raises((AttributeError, TypeError)):
            change()
    assert STORE.attributes[ALICE] == {"level": 3}


def test_authorizers_keep_their_policies_and_store() -> None:
    for authorizer in (Authorizer(POLICIES, STORE), typed()):
        for name in ("policies", "entities"):
            with pytest.raises(AttributeError):
                setattr(authorizer, name, None)


def test_a_typed_authorizer_is_an_authorizer() -> None:
    authorizer: Authorizer = typed()
    assert authorizer.authorize_many([checked()]) == [Authorizer(POLICIES, STORE).authorize(checked())]
    assert authorizer.explain(checked()).response.allowed
    weaker = authorizer.with_entities(Entities.from_entities([Entity(ALICE, {"level": 4})]))
    assert isinstance(weaker, TypedAuthorizer)
    assert not weaker.authorize(checked()).allowed
    assert not authorizer.with_policies(PolicySet()).authorize(checked()).allowed
    with pytest.raises(TypeError, match="pickled"):
        pickle.dumps(authorizer)
    with pytest.raises(TypeError, match="subclasses"):
        type("Mine", (Request,), {})


POLICY = PolicySet.from_text(
    'permit(principal == U::"a", action in Action::"v", resource is T) when { [1, {a: 2}].contains(-context.n) };'
).statics["policy0"]
PARTS: list[Any] = [
    POLICY,
    POLICY.principal,
    POLICY.action,
    POLICY.resource,
    POLICY.conditions[0],
    POLICY.conditions[0].body,
    *POLICY.conditions[0].body.children,
    SetValue([1]),
    SetValue([{"lazy": 1}]),
    Datetime(0),
    Uid("U", "a"),
]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: type(part).__name__)
def test_policies_their_parts_and_values_do_not_change(part: Any) -> None:
    names = {name for kind in type(part).__mro__ for name in getattr(kind, "__slots__", ())} - {"__weakref__"}
    assert names
    for name in [*names, "another"]:
        with pytest.raises((AttributeError, TypeError)):
            setattr(part, name, None)
        with pytest.raises((AttributeError, TypeError)):
            delattr(part, name)


def test_the_meaning_of_a_schema_does_not_change() -> None:
    model = SCHEMA.model
    for name in (*vars(model), "another"):
        with pytest.raises(AttributeError):
            setattr(model, name, {})
        with pytest.raises(AttributeError):
            delattr(model, name)
    user = model.entity_types["User"]
    for mapping in (model.entity_types, model.actions, user.shape.attributes):
        with pytest.raises((AttributeError, TypeError)):
            mapping["other"] = None
        with pytest.raises(AttributeError):
            mapping.clear()
    assert copy.deepcopy(model) is model
