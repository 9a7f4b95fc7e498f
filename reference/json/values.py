"""Values in JSON: the escapes for entities and extension calls (spec 05 §2.1, §2.2).

An escape is recognized by its exact shape; whatever has another shape is an ordinary record.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from reference.errors import EvaluationError, InputError, Part
from reference.extension_functions import FUNCTIONS, call
from reference.json.document import Json, Number, Repeating
from reference.names import is_name
from reference.values import EntityUid, Long, Record, Set, String, Value, boolean


@dataclass(frozen=True, slots=True)
class Call:
    """`{"fn": function, "arg": …}` or `{"fn": function, "args": […]}`."""

    function: str
    arguments: tuple[Json, ...]


def uid(json: Json, part: Part, where: str) -> EntityUid:
    """Read an entity uid, bare or escaped, with any other keys beside it.

    Raises:
        InputError: of `part`; `where` names the place.
    """
    if not isinstance(json, dict):
        raise InputError(part, f"{where}: expected an object with `type` and `id`")
    if isinstance(json.get("__expr"), str):
        raise InputError(part, f"{where}: the escape `__expr` no longer exists")
    inner = json.get("__entity")
    found = (_typed_id(inner) if isinstance(inner, dict) else None) or _typed_id(json)
    if found is None or "__entity" in _repeated(json):
        raise InputError(part, f"{where}: expected the strings `type` and `id`, each once")
    return _named(found, part, where)


def value(json: Json, part: Part, where: str) -> Value:
    """Read a value, without type information.

    Raises:
        InputError: of `part`; `where` names the place.
    """
    match json:
        case bool():
            return boolean(json)
        case int():
            return Long(json)
        case str():
            return String(json)
        case list():
            return Set(frozenset([value(item, part, where) for item in json]))
        case dict():
            return _escape_or_record(json, part, where)
        case Number(text):
            raise _no_long(text, part, where)
        case None:
            raise InputError(part, f"{where}: null is no value")


def _escape_or_record(fields: dict[str, Json], part: Part, where: str) -> Value:
    match escape(fields, part, where):
        case EntityUid() as found:
            require_longs(fields, part, where)
            return found
        case Call(function, arguments):
            require_longs(fields, part, where)
            operands = [value(argument, part, where) for argument in arguments]
            return apply(function, operands, part, where)
        case None:
            return Record({key: value(item, part, where) for key, item in fields.items()})


def require_longs(json: Json, part: Part, where: str) -> None:
    """Refuse every number that is no Long, under ignored keys too."""
    todo = [json]
    while todo:
        match todo.pop():
            case Number(text):
                raise _no_long(text, part, where)
            case list() as items:
                todo.extend(items)
            case dict() as fields:
                todo.extend(fields.values())


def escape(fields: Mapping[str, Json], part: Part, where: str) -> EntityUid | Call | None:
    """Read what the object stands for if it is an escape, and None if it is an ordinary record."""
    if len(fields) != 1:
        return None
    match fields:
        case {"__expr": str()}:
            raise InputError(part, f"{where}: the escape `__expr` no longer exists")
        case {"__entity": dict() as inner}:
            found = _typed_id(inner)
            return None if found is None else _named(found, part, where)
        case {"__extn": dict() as inner}:
            return extension_call(inner, part, where)
        case _:
            return None


def extension_call(fields: Mapping[str, Json], part: Part, where: str) -> Call | None:
    """Read the call that the object describes, if it has the shape of one; its function must exist."""
    match fields:
        case {"fn": str() as function, "arg": argument}:
            arguments: tuple[Json, ...] = (argument,)
        case {"fn": str() as function, "args": list() as several}:
            arguments = tuple(several)
        case _:
            return None
    if function not in FUNCTIONS:
        raise InputError(part, f"{where}: there is no extension function {function!a}")
    return Call(function, arguments)


def apply(function: str, arguments: list[Value], part: Part, where: str) -> Value:
    """Read the result of an extension call, whose failure is a fault of the input here."""
    try:
        return call(function, arguments)
    except EvaluationError as error:
        raise InputError(part, f"{where}: the call of `{function}` fails ({error.kind})") from None


def _no_long(text: str, part: Part, where: str) -> InputError:
    return InputError(part, f"{where}: expected a 64-bit integer, found {text[:40]}")


def _typed_id(fields: Mapping[str, Json]) -> EntityUid | None:
    """Read the entity that an object names by its `type` and its `id`, each there once."""
    type_name, entity_id = fields.get("type"), fields.get("id")
    if not isinstance(type_name, str) or not isinstance(entity_id, str):
        return None
    return EntityUid(type_name, entity_id) if _repeated(fields).isdisjoint(("type", "id")) else None


def _named(found: EntityUid, part: Part, where: str) -> EntityUid:
    if not is_name(found.type):
        raise InputError(part, f"{where}: {found.type!a} is no entity type name in normal form")
    return found


def _repeated(fields: Mapping[str, Json]) -> AbstractSet[str]:
    return fields.repeated if isinstance(fields, Repeating) else frozenset()
