"""Requests under a schema (spec 05 §8, §9.1)."""

from __future__ import annotations

import json

import pytest

from reference.errors import InputError
from reference.extensions.ipaddr import parse
from reference.schema.reader import read_schema
from reference.validation.typed_requests import read_request_under
from reference.values import EntityUid

SCHEMA = read_schema(
    """
entity User, Group;
entity Doc;
entity Color enum ["red"];
action view appliesTo {principal: User, resource: [Doc, Color],
    context: {m: Bool, ip?: ipaddr, u?: User, c?: Color, a?: Action, r?: {x: Long}}};
action plain appliesTo {principal: Color, resource: Doc};
action group;
"""
)


def request(
    principal: str = "User",
    action: str = "view",
    resource: str = "Doc",
    context: str = '{"m": true}',
    *,
    principal_id: str = "x",
    resource_id: str = "x",
) -> str:
    uids = {
        "principal": {"type": principal, "id": principal_id},
        "action": {"type": "Action", "id": action},
        "resource": {"type": resource, "id": resource_id},
    }
    return f'{json.dumps(uids)[:-1]}, "context": {context}}}'


GOOD = [
    request(),
    request(context='{"m": false, "ip": "1.1.1.1", "u": {"type": "User", "id": "u"}}'),
    request(
        context='{"m": false, "c": {"type": "Color", "id": "red"}, "a": {"type": "Action", "id": "group"}}'
    ),
    request(resource="Color", resource_id="red"),
    request("Color", "plain", context="{}", principal_id="red"),
]

BAD = [
    request("Nope"),
    request("Action"),
    request(resource="Nope"),
    request(action="nope"),
    request("Group"),
    request(resource="User"),
    request(action="group", context="{}"),
    request(context="{}"),
    request(context='{"m": true, "z": 1}'),
    request(context='{"m": 1}'),
    request(context='{"m": true, "r": {}}'),
    request(context='{"m": true, "r": {"x": 1, "y": 2}}'),
    request(context='{"m": true, "u": {"type": "Group", "id": "u"}}'),
    request(context='{"m": true, "c": {"type": "Color", "id": "green"}}'),
    request(context='{"m": true, "a": {"type": "Action", "id": "nope"}}'),
    request(context='{"m": true, "m": true}'),
    request(context='{"m": true, "ip": "x"}'),
    request(context='{"m": null}'),
    request(context="[]"),
    request("Color", "plain", context="{}"),
    request(resource="Color"),
]


@pytest.mark.parametrize("text", GOOD)
def test_admitted_requests(text: str) -> None:
    read_request_under(text, SCHEMA)


@pytest.mark.parametrize("text", BAD)
def test_refused_requests(text: str) -> None:
    with pytest.raises(InputError) as caught:
        read_request_under(text, SCHEMA)
    assert caught.value.part == "request"


def test_the_context_is_read_under_the_type_of_the_action() -> None:
    found = read_request_under(
        request(context='{"m": true, "ip": "10.0.0.1", "u": {"type": "User", "id": "u"}}'), SCHEMA
    )
    assert found.context.fields["ip"] == parse("10.0.0.1")
    assert found.context.fields["u"] == EntityUid("User", "u")


def test_an_unchecked_request_is_only_read() -> None:
    read_request_under(request("Nope", "nope", context='{"z": 1}'), SCHEMA, checked=False)
    read_request_under(request("Group", "view"), SCHEMA, checked=False)
    with pytest.raises(InputError):
        read_request_under(request(context='{"m": true, "ip": "x"}'), SCHEMA, checked=False)


def test_a_missing_context_is_the_empty_record() -> None:
    text = request("Color", "plain", context="{}", principal_id="red").replace(', "context": {}', "")
    assert "context" not in text
    assert read_request_under(text, SCHEMA).context.fields == {}


def test_messages_name_what_is_not_declared() -> None:
    with pytest.raises(InputError, match="Usr"):
        read_request_under(request("Usr"), SCHEMA)
    with pytest.raises(InputError, match='Action::"vieww"'):
        read_request_under(request(action="vieww"), SCHEMA)
