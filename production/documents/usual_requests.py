"""The usual request of a program, read in one pass: exact built-in classes, uids that somebody holds.

Law (usual): what is read here is what the careful readers read; whatever is not usual is left to them.
"""

from __future__ import annotations

from typing import Any, Final, cast

from ..language.integers import MAX_LONG, MIN_LONG
from ..language.uids import Uid, known_uid, tables
from ..language.values import Record, Value, set_of
from ..schema.request_types import RequestTypes
from .value_json import ESCAPES

NOTHING: Final[Record] = {}
_DEEPEST: Final = 32
"""Far below the limits of documents and of the interpreter's stack."""


class Unusual(Exception):
    """The careful readers decide."""


class OpenRequest:
    """A request that is still being made: its slots take values faster than those of an immutable object."""

    __slots__ = ("_context", "_types", "action", "principal", "resource")

    principal: Uid
    """Who asks."""
    action: Uid
    """What is to be done."""
    resource: Uid
    """What it is to be done to."""
    _context: Record
    _types: RequestTypes | None
    """The types by which a schema admits this very object."""


def usual_request(data: Any) -> tuple[Any, Any]:
    """Return an `OpenRequest` with its uids, and the context as it was given; raise `Unusual`."""
    if type(data) is not dict:
        raise Unusual
    for name in data:
        if type(name) is not str:
            raise Unusual
    try:
        # The three roles are written out: a loop over them costs a tenth of the whole reading.
        p, a, r = data["principal"], data["action"], data["resource"]
        if not (type(p) is type(a) is type(r) is dict and len(p) == len(a) == len(r) == 2):
            raise Unusual
        pt, pid, at, aid, rt, rid = p["type"], p["id"], a["type"], a["id"], r["type"], r["id"]
        if not (type(pt) is type(pid) is type(at) is type(aid) is type(rt) is type(rid) is str):
            raise Unusual
        principal, action, resource = tables[pt][pid](), tables[at][aid](), tables[rt][rid]()
        context = data["context"] if len(data) > 3 else NOTHING
    except KeyError:
        raise Unusual from None
    if principal is None or action is None or resource is None or len(data) > 4:
        raise Unusual
    made = OpenRequest()
    made.principal, made.action, made.resource = principal, action, resource
    return made, context


def usual_uid(node: Any) -> Uid:
    """Return the uid of an object with `type` and `id`; raise `Unusual`."""
    if type(node) is dict and len(node) == 2:
        type_name, entity_id = node.get("type"), node.get("id")
        if type(type_name) is type(entity_id) is str:
            found = known_uid(type_name, entity_id)
            if found is not None:
                return found
    raise Unusual


def usual_record(node: Any, depth: int = 0) -> Record:
    """Return a record without type information; raise `Unusual`."""
    if type(node) is not dict:
        raise Unusual
    if not node:
        return NOTHING
    record: dict[str, Any] = node.copy()
    for name, value in record.items():
        if type(name) is not str or not name.isascii():
            raise Unusual
        kind = type(value)
        if kind is str:
            if not value.isascii():
                raise Unusual
        elif kind is int:
            if not MIN_LONG <= value <= MAX_LONG:
                raise Unusual
        elif kind is not bool:
            record[name] = _usual_value(value, depth + 1)
    if len(record) == 1 and not ESCAPES.isdisjoint(record):
        raise Unusual
    return record


def _usual_value(node: Any, depth: int) -> Value:
    if depth > _DEEPEST:
        raise Unusual
    kind = type(node)
    if kind is dict:
        if len(node) == 1 and "__entity" in node:
            return usual_uid(node["__entity"])
        return usual_record(node, depth)
    if kind is list:
        return set_of([_usual_value(element, depth + 1) for element in node])
    return usual_scalar(node, kind)


def usual_scalar(node: Any, kind: type) -> Value:
    """Return a string, a boolean or a long; raise `Unusual`. `kind` is the node's class."""
    if (kind is str and node.isascii()) or kind is bool or (kind is int and MIN_LONG <= node <= MAX_LONG):
        return cast(Value, node)
    raise Unusual
