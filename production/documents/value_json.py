"""Values from JSON without type information, and back (spec 05 §2.2, §2.4)."""

from __future__ import annotations

from typing import Any, Final

from ..errors import EvaluationError, JsonError, PrintError
from ..language.datetimes import Datetime
from ..language.decimals import Decimal
from ..language.durations import Duration
from ..language.extensions import FUNCTIONS, call
from ..language.integers import MAX_LONG, MIN_LONG
from ..language.ipaddrs import IpAddress
from ..language.names import is_name
from ..language.uids import Uid, known_uid, new_uid
from ..language.values import Record, SetValue, Value, set_of
from ..text.json_scanner import MAX_DEPTH, Repeated
from ..text.json_text import Json, check_all, well_formed
from ..text.json_writer import write_json

ESCAPES: Final = frozenset({"__entity", "__extn", "__expr"})


def read_value(node: Json, depth: int) -> Value:
    """Return the value of a JSON node that stands inside `depth` arrays and objects; raise `JsonError`."""
    if isinstance(node, str):
        return node if node.isascii() else well_formed(node)
    if isinstance(node, bool):
        return node
    if isinstance(node, int):
        if MIN_LONG <= node <= MAX_LONG:
            return node
        raise JsonError("an integer beyond 64 bits")
    if isinstance(node, dict):
        return _read_object(node, depth)
    if isinstance(node, list):
        if depth >= MAX_DEPTH:
            raise JsonError(f"nested deeper than {MAX_DEPTH} levels")
        texts = [element for element in node if isinstance(element, str) and element.isascii()]
        if len(texts) == len(node):
            return set_of(texts)
        inside = depth + 1
        return set_of([read_value(element, inside) for element in node])
    raise JsonError("null is not a value" if node is None else "a fraction is not a value")


def read_record(node: dict[str, Json], depth: int) -> Record:
    """Return an object as a record, whatever its keys are; `depth` counts the levels around it."""
    if depth >= MAX_DEPTH:
        raise JsonError(f"nested deeper than {MAX_DEPTH} levels")
    if isinstance(node, Repeated):
        raise JsonError(f"the key {node.name!r} comes twice")
    record: Record = {}
    inside = depth + 1
    for name, inner in node.items():
        if name.__class__ is not str:
            raise JsonError("a key that is not a string")
        if not name.isascii():
            well_formed(name)
        if isinstance(inner, str):
            record[name] = inner if inner.isascii() else well_formed(inner)
        elif (
            isinstance(inner, dict)
            and len(inner) == 1
            and (known := _known_entity(inner, inside)) is not None
        ):
            record[name] = known
        else:
            record[name] = read_value(inner, inside)
    return record


def _known_entity(node: dict[str, Json], depth: int) -> Uid | None:
    """Return the uid of a plain `__entity` escape, if somebody holds it already; only then."""
    body = node.get("__entity")
    if (
        isinstance(body, dict)
        and len(body) == 2
        and depth + 1 < MAX_DEPTH
        and not (isinstance(body, Repeated) or isinstance(node, Repeated))
    ):
        type_name, entity_id = body.get("type"), body.get("id")
        if isinstance(type_name, str) and isinstance(entity_id, str):
            return known_uid(type_name, entity_id)
    return None


def _read_object(node: dict[str, Json], depth: int) -> Value:
    if len(node) == 1 and not isinstance(node, Repeated):
        (name,) = node
        if name in ESCAPES:
            inner = node[name]
            if name == "__expr" and isinstance(inner, str):
                raise JsonError("the escape `__expr` is no longer part of the format")
            if isinstance(inner, dict) and name != "__expr":
                escaped = (
                    read_entity(inner, depth + 1) if name == "__entity" else _read_call(inner, depth + 1)
                )
                if escaped is not None:
                    return escaped
    return read_record(node, depth)


def read_entity(inner: dict[str, Json], depth: int) -> Uid | None:
    """Return the uid in the body of an `__entity` escape; `None` if the body has another shape."""
    type_name, entity_id = inner.get("type"), inner.get("id")
    if not isinstance(type_name, str) or not isinstance(entity_id, str):
        return None
    if depth >= MAX_DEPTH:
        raise JsonError(f"nested deeper than {MAX_DEPTH} levels")
    if len(inner) != 2 or isinstance(inner, Repeated):
        check_all(inner, depth)
    return make_uid(type_name, entity_id)


def make_uid(type_name: str, entity_id: str) -> Uid:
    """Return a uid whose type is a normalized name; raise `JsonError`."""
    if not is_name(type_name):
        raise JsonError(f"{type_name!r} is not a normalized entity type")
    return new_uid(type_name, entity_id if entity_id.isascii() else well_formed(entity_id))


def call_parts(inner: dict[str, Json]) -> tuple[str, list[Json]] | None:
    """Return the function and the arguments in the body of an `__extn` escape.

    `None` if it has another shape.
    """
    function = inner.get("fn")
    if not isinstance(function, str):
        return None
    if "arg" in inner:
        return function, [inner["arg"]]
    arguments = inner.get("args")
    return (function, arguments) if isinstance(arguments, list) else None


def _read_call(inner: dict[str, Json], depth: int) -> Value | None:
    parts = call_parts(inner)
    if parts is None:
        return None
    if len(inner) != 2 or isinstance(inner, Repeated):
        check_all(inner, depth)
    name, arguments = parts
    function = FUNCTIONS.get(name)
    if function is None:
        raise JsonError(f"{name!r} is not an extension function")
    inside = depth + 1 if "arg" in inner else depth + 2
    if inside > MAX_DEPTH:
        raise JsonError(f"nested deeper than {MAX_DEPTH} levels")
    values = [read_value(argument, inside) for argument in arguments]
    try:
        return call(function, values)
    except EvaluationError as error:
        raise JsonError(f"{name}: {error}") from None


def uid_json(entity: Uid) -> dict[str, str]:
    """Return a uid in its short form."""
    return {"type": entity.type, "id": entity.id}


def value_json(value: Value) -> Any:
    """Return a value in JSON form with escapes, elements of sets in the order of their text.

    Raises `PrintError` for a record with a reserved key, which would be read back as something else.
    """
    done: list[Any] = []
    pending: list[tuple[Value, bool]] = [(value, False)]
    while pending:
        item, finished = pending.pop()
        if isinstance(item, dict):
            names = list(item)
            if finished:
                base = len(done) - len(names)
                done[base:] = [dict(zip(names, done[base:], strict=True))]
                continue
            reserved = ESCAPES.intersection(names)
            if reserved:
                raise PrintError(f"a record with the key {min(reserved)!r} has no JSON form")
            pending.append((item, True))
            pending.extend((item[name], False) for name in reversed(names))
        elif isinstance(item, SetValue):
            if finished:
                base = len(done) - len(item)
                done[base:] = [sorted(done[base:], key=write_json)]
                continue
            pending.append((item, True))
            pending.extend((element, False) for element in item._members)
        else:
            done.append(_scalar_json(item))
    return done[0]


def _scalar_json(value: Value) -> Any:
    match value:
        case Uid():
            return {"__entity": uid_json(value)}
        case Decimal():
            return _call_json("decimal", str(value))
        case IpAddress():
            return _call_json("ip", str(value))
        case Duration():
            return _call_json("duration", f"{value.milliseconds}ms")
        case Datetime():
            arguments = [
                _call_json("datetime", "1970-01-01"),
                _call_json("duration", f"{value.milliseconds}ms"),
            ]
            return {"__extn": {"fn": "offset", "args": arguments}}
        case _:
            return value


def _call_json(function: str, argument: str) -> Any:
    return {"__extn": {"fn": function, "arg": argument}}
