"""Conformance of values and uids to a schema (spec 05 §6), for entities, contexts and requests.

A rule returns what is wrong as a sentence for people, or None. Documents are at most 127 levels deep, so
values are simply recursed into.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reference.extensions.datetime import Datetime
from reference.extensions.decimal import Decimal
from reference.extensions.duration import Duration
from reference.extensions.ipaddr import IpAddr
from reference.names import is_action_type
from reference.schema.schema import EnumeratedEntityType, Schema
from reference.schema.types import (
    BoolType,
    EntityType,
    ExtensionType,
    LongType,
    RecordType,
    SetType,
    StringType,
    Type,
    describe,
)
from reference.text.uid_text import show
from reference.values import Bool, EntityUid, Long, Record, Set, String, Value


def value_problem(value: Value, expected: Type) -> str | None:
    """Why the value does not have the type, or None (spec 05 §6, value typing)."""
    match value, expected:
        case (
            (Bool(), BoolType())
            | (Long(), LongType())
            | (String(), StringType())
            | (Decimal(), ExtensionType("decimal"))
            | (IpAddr(), ExtensionType("ipaddr"))
            | (Datetime(), ExtensionType("datetime"))
            | (Duration(), ExtensionType("duration"))
        ):
            return None
        case EntityUid(actual), EntityType(names) if actual in names:
            return None
        case Set(elements), SetType(element):
            return next((p for p in (value_problem(part, element) for part in elements) if p), None)
        case Record(fields), RecordType():
            return record_problem(fields, expected)
        case _:
            return f"expected {describe(expected)}, found {_kind(value)}"


def record_problem(fields: Mapping[str, Value], expected: RecordType) -> str | None:
    """Why the attributes are not those of the record type, or None."""
    for name, attribute in expected.attributes.items():
        if attribute.required and name not in fields:
            return f"the attribute {name!r} is missing"
    for name, value in fields.items():
        if name not in expected.attributes:
            return f"the attribute {name!r} is not declared"
        problem = value_problem(value, expected.attributes[name].type)
        if problem is not None:
            return f"attribute {name!r}: {problem}"
    return None


def uid_problem(uid: EntityUid, schema: Schema) -> str | None:
    """Why there can be no such entity, or None: the id of an enumerated type, or an action (spec 05 §6.6)."""
    if is_action_type(uid.type):
        if uid in schema.actions:
            return None
        return f"no action {show(uid)} is declared"
    match schema.entity_types.get(uid.type):
        case EnumeratedEntityType(ids) if uid.id not in ids:
            return f"{show(uid)} is not one of the entities listed for {uid.type}"
        case _:
            return None


def uids_problem(value: Value, schema: Schema) -> str | None:
    """Return the first problem of a uid anywhere inside the value."""
    return next((p for p in (uid_problem(uid, schema) for uid in uids_in(value)) if p), None)


def uids_in(value: Value) -> Iterator[EntityUid]:
    """Every uid anywhere inside a value."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case EntityUid() as uid:
                yield uid
            case Set(elements):
                waiting.extend(elements)
            case Record(fields):
                waiting.extend(fields.values())


def _kind(value: Value) -> str:
    match value:
        case EntityUid(type_name):
            return f"an entity of type {type_name}"
        case _:
            return f"a value of kind {type(value).__name__}"
