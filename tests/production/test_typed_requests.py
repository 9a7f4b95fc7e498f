"""Requests under a schema (spec 05 §8, §9.1)."""

from __future__ import annotations

from typing import Any

import pytest

from production import Decimal, Request, RequestError, Schema, Uid

SCHEMA = Schema.from_cedar("""
    entity Group; entity User {name: String}; entity Doc; entity Color enum ["red"];
    action group;
    action view in [group] appliesTo {
        principal: [User, Color], resource: [Doc, Color],
        context: {m: Bool, d?: decimal, u?: User, a?: Action, c?: Color, r?: {x: Set<Long>}}
    };
    action plain appliesTo {principal: User, resource: Doc};
""")


def uid(text: str) -> dict[str, str]:
    type_name, _, entity_id = text.rpartition("::")
    return {"type": type_name, "id": entity_id}


def question(
    principal: str = "User::a", action: str = "Action::view", resource: str = "Doc::d", context: Any = None
) -> dict[str, Any]:
    asked: dict[str, Any] = {"principal": uid(principal), "action": uid(action), "resource": uid(resource)}
    return asked if context is None else {**asked, "context": context}


GOOD = {"m": True}


@pytest.mark.parametrize(
    "asked",
    [
        question(context=GOOD),
        question("Color::red", context=GOOD),
        question(resource="Color::red", context=GOOD),
        question(context={**GOOD, "d": "1.0", "u": {"type": "User", "id": "nobody"}}),
        question(context={**GOOD, "d": {"__extn": {"fn": "decimal", "arg": "1.0"}}}),
        question(
            context={**GOOD, "a": {"type": "Action", "id": "group"}, "c": {"type": "Color", "id": "red"}}
        ),
        question(context={**GOOD, "r": {"x": [1, 2]}}),
        question(context='{"m": true}'),
        question(action="Action::plain"),
        question(action="Action::plain", context={}),
    ],
)
def test_requests_that_the_schema_admits(asked: dict[str, Any]) -> None:
    request = SCHEMA.read_request(asked)

    SCHEMA.check_request(request)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (question("Usr::a", context=GOOD), "did you mean User?"),
        (question("Group::g", context=GOOD), "does not take a principal"),
        (question("Color::green", context=GOOD), "not an id of the enumerated type"),
        (question(resource="Color::green", context=GOOD), "not an id of the enumerated type"),
        (question(resource="User::a", context=GOOD), "does not take a resource"),
        (question("Action::view", context=GOOD), "not a declared entity type"),
        (question(action="Action::vew", context=GOOD), 'did you mean Action::"view"?'),
        (question(action="View::view", context=GOOD), "not declared"),
        (question(action="Action::group"), "does not take a principal"),
        (question(), "is missing"),
        (question(context={}), "is missing"),
        (question(context={**GOOD, "x": 1}), "not declared"),
        (question(context={"m": 1}), "expected Bool, found a Long"),
        (question(context={**GOOD, "u": {"type": "Doc", "id": "d"}}), "expected User"),
        (question(context={**GOOD, "a": {"type": "Action", "id": "zz"}}), "not declared"),
        (question(context={**GOOD, "c": {"type": "Color", "id": "green"}}), "enumerated"),
        (question(context={**GOOD, "r": {"x": ["a"]}}), "expected Long, found a String"),
        (question(context={**GOOD, "d": 1}), "decimal"),
        (question(context=[]), "an object"),
        (question(context={"__entity": uid("User::a")}), "not declared"),
        (question(context='{"m": true, "m": true}'), "twice"),
        (question(action="Action::plain", context=GOOD), "not declared"),
    ],
)
def test_requests_that_it_does_not(asked: dict[str, Any], words: str) -> None:
    with pytest.raises(RequestError) as refused:
        SCHEMA.read_request(asked)

    assert words in str(refused.value)


def test_a_request_made_in_python_is_checked_on_its_values() -> None:
    with pytest.raises(RequestError, match="m: expected Bool, found a Long"):
        SCHEMA.check_request(Request(Uid("User", "a"), Uid("Action", "view"), Uid("Doc", "d"), {"m": 1}))


@pytest.mark.parametrize(
    ("asked", "value"),
    [
        (question("Zed::z", context={"d": "1.0"} | GOOD), Decimal(10_000)),
        (question(action="Action::nope", context={"d": "1.0"}), "1.0"),
    ],
)
def test_an_unchecked_request_has_its_context_read_by_type_where_there_is_one(
    asked: dict[str, Any], value: object
) -> None:
    assert SCHEMA.read_request(asked, check=False).context["d"] == value


def test_a_repeated_key_in_a_request_text_is_refused() -> None:
    with pytest.raises(RequestError, match="twice"):
        SCHEMA.read_request('{"principal": 1, "principal": 2}')
