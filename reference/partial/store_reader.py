"""Partial entities in JSON (spec 09 §1.2): steps 1 and 2 of their checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reference.errors import InputError
from reference.json.document import Json, Reading, Repeating
from reference.json.entities import KEYS
from reference.json.reader import read_leniently
from reference.json.values import uid, value
from reference.names import is_action_type
from reference.partial.errors import Refusal
from reference.partial.store import PartialEntities, PartialEntity, partial_store
from reference.schema.schema import EnumeratedEntityType, Schema, StandardEntityType
from reference.schema.types import EMPTY_RECORD, RecordType, Type
from reference.text.uid_text import show
from reference.validation.typed_entities import typed_value
from reference.values import EntityUid, Value


@dataclass(frozen=True, slots=True)
class _Document:
    """One entity as written, in the right form (step 1); uids and values are not read yet."""

    uid: Json
    attrs: Mapping[str, Json] | None
    parents: list[Json] | None
    tags: Mapping[str, Json] | None


def read_partial_entities(text: str, schema: Schema) -> PartialEntities:
    """Read partial entities.

    Raises:
        Refusal: stage `entities`, with the first check that fails.
    """
    try:
        entities = [_entity(document, place, schema) for place, document in enumerate(_documents(text), 1)]
    except InputError as error:
        raise Refusal("entities", "invalid", error.message) from None
    return partial_store(entities, schema)


def objects(json: Json) -> list[dict[str, Json]]:
    """Return the objects of an array; raises `InputError`."""
    if not isinstance(json, list):
        raise InputError("entities", "expected an array of entities")
    objects = []
    for place, item in enumerate(json, 1):
        if not isinstance(item, dict):
            raise InputError("entities", f"entity {place}: expected an object")
        objects.append(item)
    return objects


def _documents(text: str) -> list[_Document]:
    """Read the document as a whole (step 1)."""
    reading = read_leniently(text, "entities")
    return [
        _document(reading, item, f"entity {place}") for place, item in enumerate(objects(reading.json), 1)
    ]


def _document(reading: Reading, json: dict[str, Json], where: str) -> _Document:
    repeated = KEYS & json.repeated if isinstance(json, Repeating) else frozenset()
    if repeated:
        raise InputError("entities", f"{where}: the key `{min(repeated)}` is repeated")
    reading.require_strict(list(json), "entities", where, around=2)
    if "uid" not in json:
        raise InputError("entities", f"{where}: `uid` is missing")
    reading.require_strict(json["uid"], "entities", f"{where}, `uid`", around=2, repeating=True)
    parents = json.get("parents")
    if parents is not None and not isinstance(parents, list):
        raise InputError("entities", f"{where}: `parents` must be an array")
    reading.require_strict(parents, "entities", f"{where}, `parents`", around=2, repeating=True)
    attrs, tags = _fields(reading, json, "attrs", where), _fields(reading, json, "tags", where)
    return _Document(json["uid"], attrs, parents, tags)


def _fields(reading: Reading, json: dict[str, Json], key: str, where: str) -> dict[str, Json] | None:
    fields = json.get(key)
    if fields is not None and not isinstance(fields, dict):
        raise InputError("entities", f"{where}: `{key}` must be an object")
    reading.require_strict(fields, "entities", f"{where}, `{key}`", around=2)
    return fields


def _entity(document: _Document, place: int, schema: Schema) -> PartialEntity:
    """Read the uids and values of an entity (step 2)."""
    found = uid(document.uid, "entities", f"entity {place}, `uid`")
    where = show(found)
    if is_action_type(found.type):
        raise Refusal("entities", "action_entity", f"{where}: the schema supplies the actions")
    shape, tag_type = _declared_types(found, schema)
    attrs, parents, tags = document.attrs, document.parents, document.tags
    if shape is None and (attrs is not None or tags is not None):
        raise InputError("entities", f"{where}: the entity type {found.type} is not declared")
    types = {} if shape is None else {name: declared.type for name, declared in shape.attributes.items()}
    return PartialEntity(
        found,
        _values(attrs, types.get, f"{where}, attribute"),
        None if parents is None else uids(parents, f"{where}, `parents`"),
        _values(tags, lambda _: tag_type, f"{where}, tag"),
    )


def _declared_types(entity: EntityUid, schema: Schema) -> tuple[RecordType | None, Type | None]:
    """Return the types of an entity's attributes, None if it is of no declared type, and of its tags."""
    match schema.entity_types.get(entity.type):
        case StandardEntityType(shape, _, tags):
            return shape, tags
        case EnumeratedEntityType():
            return EMPTY_RECORD, None
        case _:
            return None, None


def _values(
    fields: Mapping[str, Json] | None, type_of: Callable[[str], Type | None], where: str
) -> dict[str, Value] | None:
    if fields is None:
        return None
    return {name: _value(json, type_of(name), f"{where} {name!a}") for name, json in fields.items()}


def _value(json: Json, expected: Type | None, where: str) -> Value:
    """Read a value; what is not declared at all is read without a type, and refused by the checks."""
    if expected is None:
        return value(json, "entities", where)
    return typed_value(json, expected, "entities", where)


def uids(items: list[Json], where: str) -> frozenset[EntityUid]:
    """Read uids; raises `InputError`."""
    return frozenset([uid(item, "entities", where) for item in items])
