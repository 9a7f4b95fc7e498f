"""Values under an expected type (spec 05 §2.3): escapes may be left out where the schema gives the type.

Documents are at most 127 levels deep, so these functions simply recurse. Whether the value really has the
type is checked afterwards, by `reference.validation`; a uid of another type is read all the same.
"""

from __future__ import annotations

from collections.abc import Mapping

from reference.entities import Entities, Entity
from reference.errors import InputError, Part
from reference.json.document import Json
from reference.json.entities import EntityDocument, entity, read_documents
from reference.json.values import apply, extension_call, uid, value
from reference.names import is_action_type
from reference.schema.schema import EnumeratedEntityType, ExternalEntityType, Schema, StandardEntityType
from reference.schema.types import (
    EMPTY_RECORD,
    EntityType,
    ExtensionType,
    RecordType,
    SetType,
    Type,
    describe,
)
from reference.text.uid_text import show
from reference.validation.calls import parameter_types
from reference.validation.entities import conforming_store
from reference.values import Record, Set, Value

CONSTRUCTOR = {"decimal": "decimal", "ipaddr": "ip", "datetime": "datetime", "duration": "duration"}
"""The function that makes a value of an extension type from a text."""


def read_entities_under(text: str, schema: Schema) -> Entities:
    """Read the store that a document describes under a schema, with the schema's actions (spec 05 §6, §7).

    Raises:
        InputError: part `entities`, if the document cannot be read or an entity does not conform.
    """
    return conforming_store([typed_entity(document, schema) for document in read_documents(text)], schema)


def typed_entity(document: EntityDocument, schema: Schema) -> Entity:
    """Read an entity's values under the types of its declaration; actions without type information."""
    name = document.uid.type
    if is_action_type(name):
        return entity(document)
    where = show(document.uid)
    tags: Type | None = None
    match schema.entity_types.get(name):
        case StandardEntityType(shape, _, tags):
            pass
        case EnumeratedEntityType():
            shape = EMPTY_RECORD
        case ExternalEntityType():
            raise InputError("entities", f"{where}: the entity type {name} is external")
        case None:
            raise InputError("entities", f"{where}: the entity type {name} is not declared")
    attrs = typed_fields(document.attrs, shape, "entities", where)
    if document.tags and tags is None:
        raise InputError("entities", f"{where}: {name} has no tags")
    typed_tags = {
        key: typed_value(item, tags, "entities", f"{where}, tag {key!a}")
        for key, item in document.tags.items()
        if tags is not None
    }
    return Entity(document.uid, attrs, document.parents, typed_tags)


def typed_value(json: Json, expected: Type, part: Part, where: str) -> Value:
    """Read the value that the JSON stands for where a value of this type is expected; raises `InputError`."""
    match expected, json:
        case EntityType(), _:
            return uid(json, part, where)
        case ExtensionType(), _:
            return extension_value(json, expected, part, where)
        case SetType(element), list():
            return Set(frozenset([typed_value(item, element, part, where) for item in json]))
        case RecordType(), dict():
            return Record(typed_fields(json, expected, part, where))
        case ((SetType() | RecordType()), _):
            raise InputError(part, f"{where}: expected {describe(expected)}")
        case _:
            return value(json, part, where)


def typed_fields(
    fields: Mapping[str, Json], expected: RecordType, part: Part, where: str
) -> dict[str, Value]:
    """Read the attributes of a record or entity: exactly the declared ones, the optional ones if present."""
    for name, attribute in expected.attributes.items():
        if attribute.required and name not in fields:
            raise InputError(part, f"{where}: the attribute {name!a} is missing")
    for name in fields:
        if name not in expected.attributes:
            raise InputError(part, f"{where}: the attribute {name!a} is not declared")
    return {
        name: typed_value(item, expected.attributes[name].type, part, f"{where}, attribute {name!a}")
        for name, item in fields.items()
    }


def extension_value(json: Json, expected: ExtensionType, part: Part, where: str) -> Value:
    """Read a call, with or without the escape around it, or what the type's constructor takes."""
    if not isinstance(json, dict):
        return apply(CONSTRUCTOR[expected.name], [value(json, part, where)], part, where)
    if isinstance(json.get("__expr"), str):
        # As with uids. Spec 05 §2.3 is silent; the Rust engine sees the old escape whatever stands beside it.
        raise InputError(part, f"{where}: the escape `__expr` no longer exists")
    inner = json.get("__extn")
    found = extension_call(inner, part, where) if isinstance(inner, dict) else None
    if found is None:
        found = extension_call(json, part, where)
    if found is None:
        raise InputError(part, f"{where}: expected {describe(expected)}, found an object that is no call")
    parameters = parameter_types(found.function)
    if len(found.arguments) != len(parameters):
        counts = f"{len(parameters)} arguments, found {len(found.arguments)}"
        raise InputError(part, f"{where}: `{found.function}` takes {counts}")
    pairs = zip(found.arguments, parameters, strict=True)
    arguments = [typed_value(argument, parameter, part, where) for argument, parameter in pairs]
    return apply(found.function, arguments, part, where)
