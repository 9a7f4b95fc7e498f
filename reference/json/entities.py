"""Entity documents (spec 05 §2): JSON to entities, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reference.entities import Entities, Entity, store
from reference.errors import InputError
from reference.extensions import decimal, ipaddr
from reference.extensions.datetime import Datetime
from reference.extensions.decimal import Decimal
from reference.extensions.duration import Duration
from reference.extensions.ipaddr import IpAddr
from reference.json.document import Json, Reading, Repeating
from reference.json.reader import read_leniently
from reference.json.values import uid, value
from reference.json.writer import write_json
from reference.text.uid_text import show
from reference.values import Bool, EntityUid, Long, Record, Set, String, Value

KEYS = frozenset({"uid", "attrs", "parents", "tags"})
"""The keys that mean something; all others are ignored, whatever they hold."""

ESCAPES = frozenset({"__entity", "__extn", "__expr"})


class NoJson(Exception):
    """A store that can be held but not written: a record has a key that is reserved for escapes."""


@dataclass(frozen=True, slots=True)
class EntityDocument:
    """One entity as written; attributes and tags are still JSON, but strict."""

    uid: EntityUid
    attrs: Mapping[str, Json]
    parents: frozenset[EntityUid]
    tags: Mapping[str, Json]


def read_entities(text: str) -> Entities:
    """Read the store that a document describes, without a schema.

    Raises:
        InputError: part `entities`.
    """
    return store(entity(document) for document in read_documents(text))


def read_documents(text: str) -> list[EntityDocument]:
    """Read the entities of a document, before their values are read.

    Raises:
        InputError: part `entities`.
    """
    reading = read_leniently(text, "entities")
    if not isinstance(reading.json, list):
        raise InputError("entities", "expected an array of entities")
    return [_document(reading, item, f"entity {place}") for place, item in enumerate(reading.json, start=1)]


def entity(document: EntityDocument) -> Entity:
    """Read the entity with its values read without type information."""
    return Entity(
        document.uid,
        _values(document.attrs, f"{show(document.uid)}, attribute"),
        document.parents,
        _values(document.tags, f"{show(document.uid)}, tag"),
    )


def _values(fields: Mapping[str, Json], where: str) -> dict[str, Value]:
    return {name: value(item, "entities", f"{where} {name!a}") for name, item in fields.items()}


def _document(reading: Reading, json: Json, where: str) -> EntityDocument:
    if not isinstance(json, dict):
        raise InputError("entities", f"{where}: expected an object")
    repeated = KEYS & json.repeated if isinstance(json, Repeating) else frozenset()
    if repeated:
        raise InputError("entities", f"{where}: the key `{min(repeated)}` is repeated")
    reading.require_strict(list(json), "entities", where, around=2)
    for key in ("uid", "attrs", "parents"):
        if key not in json:
            raise InputError("entities", f"{where}: `{key}` is missing")
    parents = json["parents"]
    if not isinstance(parents, list):
        raise InputError("entities", f"{where}: `parents` must be an array")
    return EntityDocument(
        _uid(reading, json["uid"], f"{where}, `uid`", around=2),
        _fields(reading, json["attrs"], f"{where}, `attrs`"),
        frozenset([_uid(reading, parent, f"{where}, `parents`", around=3) for parent in parents]),
        _fields(reading, json.get("tags", {}), f"{where}, `tags`"),
    )


def _uid(reading: Reading, json: Json, where: str, around: int) -> EntityUid:
    reading.require_strict(json, "entities", where, around, repeating=True)
    return uid(json, "entities", where)


def _fields(reading: Reading, json: Json, where: str) -> Mapping[str, Json]:
    if not isinstance(json, dict):
        raise InputError("entities", f"{where} must be an object")
    reading.require_strict(json, "entities", where, around=2)
    return json


def entities_to_json(entities: Entities) -> Json:
    """Read the document of a store, sorted by uid, with all ancestors as parents (spec 05 §2.4).

    Raises:
        NoJson: a record has a key that is reserved for escapes.
    """
    documents: list[Json] = []
    for item in sorted(entities, key=lambda entity: (entity.uid.type, entity.uid.id)):
        ancestors = sorted(entities.ancestors(item.uid), key=lambda uid: (uid.type, uid.id))
        document: dict[str, Json] = {
            "uid": uid_to_json(item.uid),
            "attrs": {name: value_to_json(part) for name, part in item.attrs.items()},
            "parents": [uid_to_json(ancestor) for ancestor in ancestors],
        }
        if item.tags:
            document["tags"] = {name: value_to_json(part) for name, part in item.tags.items()}
        documents.append(document)
    return documents


def uid_to_json(entity_uid: EntityUid) -> dict[str, Json]:
    """Write a uid as an object."""
    return {"type": entity_uid.type, "id": entity_uid.id}


def value_to_json(value: Value) -> Json:
    """Write a value with explicit escapes, the elements of sets in the order of their canonical texts."""
    match value:
        case Bool() | Long() | String():
            return value.value
        case EntityUid():
            return {"__entity": uid_to_json(value)}
        case Set(elements):
            return sorted([value_to_json(element) for element in elements], key=write_json)
        case Record(fields):
            reserved = ESCAPES & fields.keys()
            if reserved:
                raise NoJson(f"a record with the key `{min(reserved)}` cannot be written as JSON")
            return {key: value_to_json(part) for key, part in fields.items()}
        case Decimal():
            return _call("decimal", decimal.canonical(value))
        case IpAddr():
            return _call("ip", ipaddr.canonical(value))
        case Duration(milliseconds):
            return _call("duration", f"{milliseconds}ms")
        case Datetime(milliseconds):
            # Not every instant has a text of its own, so all are written as a distance from one that has.
            epoch, distance = _call("datetime", "1970-01-01"), _call("duration", f"{milliseconds}ms")
            return {"__extn": {"fn": "offset", "args": [epoch, distance]}}


def _call(function: str, argument: str) -> Json:
    return {"__extn": {"fn": function, "arg": argument}}
