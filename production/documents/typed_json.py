"""Values from JSON where the schema says which type is expected (spec 05 §2.3), in linear time.

Recursion is bounded by the document's own depth limit, whatever the type. Types decide how a node is read,
not whether its value fits; `typed_values` decides that.
"""

from __future__ import annotations

from typing import Final

from ..errors import EvaluationError, JsonError
from ..language.datetimes import Datetime
from ..language.decimals import Decimal
from ..language.durations import Duration
from ..language.extensions import FUNCTIONS, call
from ..language.ipaddrs import IpAddress
from ..language.near_names import near_name
from ..language.values import Record, Value, set_of
from ..schema.types import (
    DATETIME,
    DECIMAL,
    DURATION,
    IPADDR,
    EntityType,
    PrimitiveType,
    RecordType,
    SetType,
    Type,
)
from ..text.json_scanner import MAX_DEPTH, Repeated
from ..text.json_text import Json, check_document, check_ignored, well_formed
from .entity_json import read_uid
from .value_json import call_parts, read_value

CONSTRUCTOR: Final[dict[Type, str]] = {
    DECIMAL: "decimal",
    IPADDR: "ip",
    DATETIME: "datetime",
    DURATION: "duration",
}
_EXTENSION_OF: Final[dict[type, PrimitiveType]] = {
    Decimal: DECIMAL,
    IpAddress: IPADDR,
    Datetime: DATETIME,
    Duration: DURATION,
}


def read_typed(node: Json, type_: Type, depth: int) -> Value:
    """Return the value of a node where `type_` is expected, inside `depth` levels. Raises `JsonError`."""
    if type_ in CONSTRUCTOR:
        return _read_extension(node, type_, depth)
    if isinstance(type_, EntityType):
        if isinstance(node, dict) and len(node) != 2:
            _check_unread(node, depth)
        elif isinstance(node, Repeated):
            raise JsonError(f"the key {node.name!r} comes twice")
        return read_uid(node, depth)
    if isinstance(type_, SetType):
        if not isinstance(node, list):
            raise JsonError("expected an array")
        _check_depth(depth)
        return set_of([read_typed(element, type_.element, depth + 1) for element in node])
    if isinstance(type_, RecordType):
        if not isinstance(node, dict):
            raise JsonError("expected an object")
        return read_typed_record(node, type_, depth)
    return read_value(node, depth)


def read_typed_record(node: dict[str, Json], type_: RecordType, depth: int) -> Record:
    """Return an object as a record of this type, nothing undeclared or missing. Raises `JsonError`."""
    _check_depth(depth)
    if isinstance(node, Repeated):
        raise JsonError(f"the key {node.name!r} comes twice")
    record: Record = {}
    attributes = type_.attributes
    for name, inner in node.items():
        declared = attributes.get(name)
        if declared is None:
            raise JsonError(f"the attribute {name!r} is not declared{near_name(name, attributes)}")
        try:
            record[name] = read_typed(inner, declared[0], depth + 1)
        except JsonError as error:
            raise JsonError(f"{name}: {error}") from None
    if len(record) < len(attributes):
        for name, (_, required) in attributes.items():
            if required and name not in record:
                raise JsonError(f"the attribute {name!r} is missing")
    return record


def read_typed_tags(node: dict[str, Json], type_: Type, depth: int) -> Record:
    """Return an object as tags, each of this type. Raises `JsonError`."""
    if isinstance(node, Repeated):
        raise JsonError(f"the key {node.name!r} comes twice")
    return {well_formed(name): read_typed(inner, type_, depth + 1) for name, inner in node.items()}


def _read_extension(node: Json, type_: Type, depth: int) -> Value:
    """Return a call, escaped or not, or the text that the type's constructor takes."""
    if not isinstance(node, dict):
        return _call(CONSTRUCTOR[type_], [read_value(node, depth)])
    _check_depth(depth)
    _check_unread(node, depth)
    inner = node.get("__extn")
    parts = call_parts(inner) if isinstance(inner, dict) else None
    levels = 2
    if parts is None:
        inner, parts, levels = node, call_parts(node), 1
    if parts is None or not isinstance(inner, dict):
        raise JsonError("expected an extension call or its text")
    name, arguments = parts
    function = FUNCTIONS.get(name)
    if function is None:
        raise JsonError(f"{name!r} is not an extension function{near_name(name, FUNCTIONS)}")
    if len(arguments) != len(function.parameters):
        raise JsonError(f"{name} takes {len(function.parameters)} arguments, not {len(arguments)}")
    inside = depth + levels + ("arg" not in inner)
    values: list[Value] = []
    for argument, parameter in zip(arguments, function.parameters, strict=True):
        expected = _EXTENSION_OF.get(parameter)
        if expected is None:
            values.append(read_value(argument, inside))
        else:
            values.append(_read_extension(argument, expected, inside))
    return _call(name, values)


def _call(name: str, arguments: list[Value]) -> Value:
    try:
        return call(FUNCTIONS[name], arguments)
    except EvaluationError as error:
        raise JsonError(f"{name}: {error}") from None


def _check_unread(node: dict[str, Json], depth: int) -> None:
    """Raise `JsonError` for what is an error even unread: depth, repeated keys, huge numbers."""
    if len(node) == 2 and not isinstance(node, Repeated) and all(isinstance(v, str) for v in node.values()):
        for text in node.values():
            well_formed(str(text))
        return
    check_ignored(node, depth)
    check_document(node)


def _check_depth(depth: int) -> None:
    if depth >= MAX_DEPTH:
        raise JsonError(f"nested deeper than {MAX_DEPTH} levels")
