"""A definition of values in JSON, with and without an expected type (spec 05 §2)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from drt.oracles.defined_literals import CONSTRUCTORS, Decimal, Fails, Instant, Ip, Span, Unknown, method
from drt.oracles.defined_names import Refused, Undefined, checked_name
from drt.oracles.texts import nests_beyond

Json = Any
Value = Any
"""A value that compares as Cedar's do: a pair of its kind and what it is."""

_DEEPEST = 100
_TYPES = {"decimal": Decimal, "ipaddr": Ip, "datetime": Instant, "duration": Span}
_CONSTRUCTOR = {"decimal": "decimal", "ipaddr": "ip", "datetime": "datetime", "duration": "duration"}
_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"), ("decimal",) * 2),
    **dict.fromkeys(("isIpv4", "isIpv6", "isLoopback", "isMulticast"), ("ipaddr",)),
    **dict.fromkeys(("toDate", "toTime"), ("datetime",)),
    **dict.fromkeys(("toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays"), ("duration",)),
    "isInRange": ("ipaddr", "ipaddr"),
    "offset": ("datetime", "duration"),
    "durationSince": ("datetime", "datetime"),
}


class Object(dict[str, Json]):
    """An object of a document, with the keys that it has twice."""

    twice: frozenset[str] = frozenset()


def read_document(text: str) -> Json:
    """Parse JSON, keeping what keys stand twice; raise `Refused` or `Undefined`."""
    try:
        found = json.loads(
            text, object_pairs_hook=_object, parse_constant=_no_number, parse_float=_float, parse_int=_integer
        )
    except ValueError:
        raise Refused("no JSON") from None
    except RecursionError:
        raise Undefined from None
    if nests_beyond(text, _DEEPEST) or any("\ud800" <= character <= "\udfff" for character in text):
        raise Undefined
    return found


def _object(pairs: list[tuple[str, Json]]) -> Object:
    found = Object(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        found.twice = frozenset(name for name in found if names.count(name) > 1)
    return found


def _no_number(_: str) -> Json:
    raise Refused("no number of JSON")


def _float(digits: str) -> float:
    if float(digits) in (float("inf"), float("-inf")):
        raise Undefined
    return float(digits)


def _integer(digits: str) -> int | float:
    if len(digits) > 300:
        raise Undefined
    return -0.0 if digits == "-0" else int(digits)


def uid(node: Json) -> Value:
    """Read a uid (spec 05 §2.1)."""
    if not isinstance(node, Object) or isinstance(node.get("__expr"), str) or "__entity" in node.twice:
        raise Refused("no uid")
    check_names(node)
    inner = node.get("__entity")
    if isinstance(inner, Object) and isinstance(inner.get("type"), str) and isinstance(inner.get("id"), str):
        node = inner
        check_names(node)
    if node.twice & {"type", "id"} or not isinstance(node.get("id"), str):
        raise Refused("no uid")
    return "entity", checked_name(node.get("type")), _scalars(node["id"])


def _scalars(text: str) -> str:
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise Refused("half a surrogate pair")
    return text


def check_names(node: Object) -> None:
    """Raise `Refused` where half a surrogate pair stands in a key, also in one that is ignored."""
    for name in node:
        _scalars(name)


def check_keys(node: Json) -> None:
    """Raise `Refused` where a key stands twice, or half a surrogate pair in one, anywhere inside."""
    waiting = [node]
    while waiting:
        match waiting.pop():
            case Object() as inner:
                check_names(inner)
                if inner.twice:
                    raise Refused("a key twice")
                waiting += inner.values()
            case list() as inner:
                waiting += inner


def untyped(node: Json) -> Value:
    """Read a value without type information (spec 05 §2.2)."""
    waiting = [node]
    while waiting:
        match waiting.pop():
            case bool():
                pass
            case float():
                raise Refused("a number that is no integer")
            case int() as number if not -(2**63) <= number < 2**63:
                raise Refused("a number beyond 64 bits")
            case dict() as inner:
                waiting += inner.values()
            case list() as inner:
                waiting += inner
    return _untyped(node)


def _untyped(node: Json) -> Value:
    match node:
        case bool():
            return "bool", node
        case int():
            return "long", node
        case str():
            return "string", _scalars(node)
        case list():
            return "set", frozenset(map(_untyped, node))
        case {"__entity": {"type": str(), "id": str()} as inner} if len(node) == 1:
            return uid(inner)
        case {"__extn": {"fn": str(name)} as inner} if len(node) == 1 and _is_call(inner):
            return _called(name, [_untyped(argument) for argument in _arguments(inner)])
        case {"__expr": str()} if len(node) == 1:
            raise Refused("`__expr`")
        case dict():
            return record({name: _untyped(inner) for name, inner in node.items()})
    raise Refused("null")


def record(fields: Mapping[str, Value]) -> Value:
    """Make a record of its fields."""
    return "record", frozenset((_scalars(name), inner) for name, inner in fields.items())


def _is_call(node: Json) -> bool:
    return (
        isinstance(node, dict)
        and isinstance(node.get("fn"), str)
        and ("arg" in node or isinstance(node.get("args"), list))
    )


def _arguments(node: Mapping[str, Json]) -> Sequence[Json]:
    return [node["arg"]] if "arg" in node else node["args"]


def _called(name: str, arguments: Sequence[Value]) -> Value:
    """Apply an extension function or method to values."""
    try:
        match arguments:
            case [("string", text)] if name in CONSTRUCTORS:
                return _wrapped(CONSTRUCTORS[name](text))
            case [(_, receiver), *others] if name in _PARAMETERS:
                return _wrapped(method(name, receiver, [other for _, other in others]))
    except (Fails, Unknown):
        pass
    raise Refused(f"the call of {name}")


def _wrapped(found: Any) -> Value:
    return ("bool" if isinstance(found, bool) else "long" if isinstance(found, int) else "extension"), found


def typed(node: Json, wanted: Json) -> Value:
    """Read a value of a type of a canonical schema (spec 05 §2.3)."""
    match wanted:
        case {"type": "Entity"}:
            return uid(node)
        case {"type": "Extension", "name": name}:
            return _extension(node, name)
        case {"type": "Set", "element": element}:
            if not isinstance(node, list):
                raise Refused("no array")
            return "set", frozenset(typed(inner, element) for inner in node)
        case {"type": "Record", "attributes": attributes}:
            required = {name for name, attribute in attributes.items() if attribute["required"]}
            if not isinstance(node, dict) or not required <= node.keys() <= attributes.keys():
                raise Refused("other attributes")
            return record({name: typed(inner, attributes[name]["type"]) for name, inner in node.items()})
    return untyped(node)


def _extension(node: Json, name: str) -> Value:
    if not isinstance(node, dict):
        return _called(_CONSTRUCTOR[name], [untyped(node)])
    call = node["__extn"] if _is_call(node.get("__extn")) else node
    if not _is_call(call):
        raise Refused("no call")
    arguments, function = _arguments(call), call["fn"]
    if function in CONSTRUCTORS:
        return _called(function, [untyped(argument) for argument in arguments])
    parameters = _PARAMETERS.get(function, ())
    if not parameters or len(parameters) != len(arguments):
        raise Refused("no such function")
    pairs = zip(arguments, parameters, strict=True)
    return _called(function, [_extension(argument, parameter) for argument, parameter in pairs])


def has_type(value: Value, wanted: Json) -> bool:
    """Whether a value is of a type of a canonical schema (spec 05 §6)."""
    kind, content, *_ = value
    match wanted:
        case {"type": "Entity", "name": name}:
            return bool(kind == "entity" and content == name)
        case {"type": "Extension", "name": name}:
            return kind == "extension" and isinstance(content, _TYPES[name])
        case {"type": "Set", "element": element}:
            return kind == "set" and all(has_type(inner, element) for inner in content)
        case {"type": "Record", "attributes": attributes}:
            return kind == "record" and all(has_type(one, attributes[name]["type"]) for name, one in content)
    return bool(kind == wanted["type"].lower())


def uids_in(value: Value) -> list[Value]:
    """List the uids in a value."""
    found, waiting = [], [value]
    while waiting:
        value = waiting.pop()
        match value:
            case ("entity", _, _):
                found.append(value)
            case ("set", inner):
                waiting += inner
            case ("record", inner):
                waiting += [one for _, one in inner]
    return found
