"""Requests and contexts (spec 05 §8, §9) in JSON."""

from __future__ import annotations

from reference.errors import InputError
from reference.json.document import Json, Repeating
from reference.json.reader import read_leniently
from reference.json.values import uid, value
from reference.request import Request
from reference.text.uid_text import parse_uid
from reference.values import EntityUid, Record

KEYS = ("principal", "action", "resource")


def read_request(text: str) -> Request:
    """Read a request: an object with `principal`, `action`, `resource` and perhaps `context`, and no more.

    Raises:
        InputError: part `request`.
    """
    principal, action, resource, written = read_parts(text)
    return Request(principal, action, resource, context(written))


def read_parts(text: str) -> tuple[EntityUid, EntityUid, EntityUid, dict[str, Json]]:
    """Principal, action, resource and the context as written, which is strict JSON; `{}` if there is none.

    Raises:
        InputError: part `request`.
    """
    reading = read_leniently(text, "request")
    json = reading.json
    if not isinstance(json, dict):
        raise InputError("request", "expected an object")
    repeated = json.repeated if isinstance(json, Repeating) else set()
    if repeated:
        raise InputError("request", f"the key {min(repeated)!a} is repeated")
    unknown = json.keys() - {*KEYS, "context"}
    if unknown:
        raise InputError("request", f"there is no key {min(unknown)!a} in a request")
    for key in KEYS:
        if key not in json:
            raise InputError("request", f"`{key}` is missing")
        reading.require_strict(json[key], "request", f"`{key}`", around=0, repeating=True)
    principal, action, resource = (_uid(json[key], f"`{key}`") for key in KEYS)
    written = json.get("context", {})
    reading.require_strict(written, "request", "`context`", around=0)
    if not isinstance(written, dict):
        raise InputError("request", "`context` must be an object")
    return principal, action, resource, written


def _uid(json: Json, where: str) -> EntityUid:
    """Read a uid as an object, or as the text of an entity literal."""
    if isinstance(json, str):
        return parse_uid(json, "request", where)
    return uid(json, "request", where)


def context(json: Json) -> Record:
    """Read a context, without type information.

    Raises:
        InputError: part `request`.
    """
    found = value(json, "request", "`context`")
    if not isinstance(found, Record):
        raise InputError("request", "`context` must be a record")
    return found
