"""Requests in JSON, partial and concrete, for partial evaluation (spec 05 §8, 09 §1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reference.errors import InputError
from reference.json.document import Json, Reading, Repeating
from reference.json.reader import read_leniently
from reference.json.requests import KEYS, context
from reference.json.values import uid
from reference.names import is_name
from reference.partial.errors import Refusal
from reference.partial.request import PartialRequest, Participant, check_complete
from reference.request import Request
from reference.schema.schema import Action, Schema
from reference.validation.typed_entities import typed_fields
from reference.values import Record


@dataclass(frozen=True, slots=True)
class ActionQuery:
    """A partial request without an action (spec 09 §8)."""

    principal: Participant
    resource: Participant
    context: Record | None


def read_partial_request(text: str, schema: Schema) -> PartialRequest:
    """Read `principal` and `resource`, each a `type` and perhaps an `id`; `action`; and perhaps `context`.

    Raises:
        InputError: part `request`.
        Refusal: stage `schema` or `context`.
    """
    reading, members = _members(text, ("principal", "action", "resource"))
    principal = _participant(reading, "principal", members["principal"])
    reading.require_strict(members["action"], "request", "`action`", around=1, repeating=True)
    action = uid(members["action"], "request", "`action`")
    resource = _participant(reading, "resource", members["resource"])
    check_complete(schema)
    return PartialRequest(principal, action, resource, _context(reading, members, schema.actions.get(action)))


def read_action_query(text: str) -> ActionQuery:
    """Read `principal`, `resource` and perhaps `context`, as of a partial request; values without types.

    Raises:
        InputError: part `request`.
        Refusal: stage `context`.
    """
    reading, members = _members(text, ("principal", "resource"))
    principal = _participant(reading, "principal", members["principal"])
    resource = _participant(reading, "resource", members["resource"])
    return ActionQuery(principal, resource, _context(reading, members, None))


def read_concrete_request(text: str, schema: Schema) -> Request:
    """Read a concrete request; it is checked later.

    Raises:
        InputError: part `request`.
        Refusal: stage `context`.
    """
    reading, members = _members(text, KEYS)
    for key in KEYS:
        reading.require_strict(members[key], "request", f"`{key}`", around=0, repeating=True)
    principal, action, resource = (uid(members[key], "request", f"`{key}`") for key in KEYS)
    known = _context(reading, members, schema.actions.get(action))
    return Request(principal, action, resource, Record({}) if known is None else known)


def _members(text: str, required: Iterable[str]) -> tuple[Reading, Mapping[str, Json]]:
    reading = read_leniently(text, "request")
    json = reading.json
    if not isinstance(json, dict):
        raise InputError("request", "expected an object")
    if isinstance(json, Repeating):
        raise InputError("request", f"the key {min(json.repeated)!a} is repeated")
    unknown = json.keys() - {*required, "context"}
    if unknown:
        raise InputError("request", f"there is no key {min(unknown)!a} in this request")
    for key in required:
        if key not in json:
            raise InputError("request", f"`{key}` is missing")
    return reading, json


def _participant(reading: Reading, name: str, json: Json) -> Participant:
    reading.require_strict(json, "request", f"`{name}`", around=1)
    match json:
        case {"type": str() as type_name, **others} if is_name(type_name) and not others:
            return Participant(type_name)
        case {"type": str() as type_name, "id": str() as entity_id, **others} if (
            is_name(type_name) and not others
        ):
            return Participant(type_name, entity_id)
        case _:
            raise InputError("request", f"expected an object with a `type` and perhaps an `id` as `{name}`")


def _context(reading: Reading, members: Mapping[str, Json], action: Action | None) -> Record | None:
    """Read the context, if it is known."""
    if "context" not in members:
        return None
    json = members["context"]
    try:
        reading.require_strict(json, "request", "`context`", around=1)
    except InputError as error:
        raise Refusal("context", "invalid", error.message) from None
    if not isinstance(json, dict):
        raise Refusal("context", "invalid", "`context` must be an object")
    return _values(json, action)


def _values(written: dict[str, Json], action: Action | None) -> Record:
    """Read a context under the type of its action, else without types: a wrong one is for the checks."""
    try:
        if action is not None:
            return Record(typed_fields(written, action.context, "request", "`context`"))
    except InputError:
        return _values(written, None)
    try:
        return context(written)
    except InputError as error:
        raise Refusal("context", "invalid", error.message) from None
