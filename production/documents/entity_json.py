"""The entity document, read without a schema and written (spec 05 §2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from ..errors import EntitiesError, JsonError
from ..language.arguments import text_of
from ..language.deep_stack import at_any_depth
from ..language.entity import NO_TAGS, Entity, StoreBuilder, make_entity
from ..language.hierarchy import NOBODY
from ..language.uids import Uid, known_uid
from ..language.values import Record
from ..text.json_scanner import MAX_DEPTH, Repeated
from ..text.json_text import Json, check_ignored, read_json, well_formed
from .value_json import make_uid, read_record, uid_json, value_json

_KEYS = ("uid", "attrs", "parents", "tags")
_NO_ATTRIBUTES: Record = {}
_CONTAINERS = frozenset((dict, list))


def read_uid(node: Json, depth: int) -> Uid:
    """Return a uid in either form (spec 05 §2.1), standing inside `depth` levels; raise `JsonError`."""
    if not isinstance(node, dict):
        raise JsonError("a uid is an object with `type` and `id`")
    type_name, entity_id = node.get("type"), node.get("id")
    is_plain = len(node) == 2 and depth < MAX_DEPTH and node.__class__ is not Repeated
    if is_plain and isinstance(type_name, str) and isinstance(entity_id, str):
        return known_uid(type_name, entity_id) or make_uid(type_name, entity_id)
    check_ignored(node, depth)
    repeated = node.names if isinstance(node, Repeated) else NOBODY
    inner = node.get("__entity")
    if isinstance(node.get("__expr"), str) or "__entity" in repeated:
        raise JsonError("a uid has neither `__expr` nor two `__entity`")
    if isinstance(inner, dict) and not (isinstance(inner, Repeated) and inner.names & {"type", "id"}):
        inner_type, inner_id = inner.get("type"), inner.get("id")
        if isinstance(inner_type, str) and isinstance(inner_id, str):
            return make_uid(inner_type, inner_id)
    if repeated & {"type", "id"} or not isinstance(type_name, str) or not isinstance(entity_id, str):
        raise JsonError("a uid has one string `type` and one string `id`")
    return make_uid(type_name, entity_id)


def _members(document: Any) -> int:
    """Return how many members the objects of a usual document have.

    Fewer than there are for an unusual one.
    """
    try:
        uids, records = [entity["uid"] for entity in document], [entity["attrs"] for entity in document]
        records += [entity["tags"] for entity in document if len(entity) > 3]
        uids += chain.from_iterable([entity["parents"] for entity in document])
        counted = sum(map(len, document)) + sum(map(len, uids)) + sum(map(len, records))
        values = chain.from_iterable([record.values() for record in records])
    except (AttributeError, KeyError, TypeError):
        return 0
    while level := [value for value in values if value.__class__ in _CONTAINERS]:
        objects = [value for value in level if value.__class__ is dict]
        counted += sum(map(len, objects))
        arrays = [value for value in level if value.__class__ is list]
        values = chain(chain.from_iterable(map(dict.values, objects)), chain.from_iterable(arrays))
    return counted


def entity_objects(text: str) -> Iterator[dict[str, Json]]:
    """Yield the entity objects of a document, the shape of each checked; raise `EntitiesError`."""
    try:
        document = read_json(text, _members)
    except JsonError as error:
        raise EntitiesError(str(error)) from None
    if not isinstance(document, list):
        raise EntitiesError("an entity document is an array")
    for number, node in enumerate(document):
        if (
            node.__class__ is dict
            and len(node) == 3
            and "uid" in node
            and "attrs" in node
            and "parents" in node
        ):
            yield node
            continue
        if not isinstance(node, dict):
            raise EntitiesError(f"entity {number} is not an object")
        for name in ("uid", "attrs", "parents"):
            if name not in node:
                raise EntitiesError(f"entity {number} has no `{name}`")
        if isinstance(node, Repeated):
            twice = node.names.intersection(_KEYS)
            if twice:
                raise EntitiesError(f"entity {number} has `{min(twice)}` twice")
        if len(node) > 3:
            for name in node:
                _checked(number, name)
        yield node


def _checked(number: int, name: str) -> None:
    try:
        well_formed(name)
    except JsonError as error:
        raise EntitiesError(f"entity {number}: {error}") from None


def read_parents(node: Json) -> frozenset[Uid]:
    """Return the `parents` of an entity object."""
    if not isinstance(node, list):
        raise JsonError("`parents` is an array")
    return frozenset([read_uid(parent, 3) for parent in node]) if node else NOBODY


def _read_members(node: Json, what: str) -> Record:
    if not isinstance(node, dict):
        raise JsonError(f"`{what}` is an object")
    return read_record(node, 2) if node else _NO_ATTRIBUTES


def _parts(node: dict[str, Json]) -> tuple[Uid, Record, frozenset[Uid], Record]:
    entity: Uid | None = None
    try:
        entity = read_uid(node["uid"], 2)
        attributes = _read_members(node["attrs"], "attrs")
        parents = read_parents(node["parents"])
        tags = _read_members(node["tags"], "tags") if "tags" in node else NO_TAGS
    except JsonError as error:
        raise EntitiesError(f"{entity!r}: {error}" if entity else f"in a uid: {error}") from None
    return entity, attributes, parents, tags


def read_entity_object(node: dict[str, Json]) -> Entity:
    """Return one entity without type information; raise `EntitiesError`."""
    return make_entity(*_parts(node))


def read_entities(text: str) -> StoreBuilder:
    """Return the entities of a document; their hierarchy is not checked yet. Raises `EntitiesError`."""
    builder = StoreBuilder({}, {}, {})
    add = builder.add
    for node in entity_objects(text):
        add(*_parts(node))
    return builder


@at_any_depth
def read_uid_json(text: str) -> Uid:
    """Return a uid in either form from a JSON text of its own; raise `EntitiesError`."""
    try:
        return read_uid(read_json(text_of(text, "a uid")), 0)
    except JsonError as error:
        raise EntitiesError(str(error)) from None


def entity_objects_json(entities: Iterable[Entity], above: Mapping[Uid, frozenset[Uid]]) -> list[Any]:
    """Return the objects of the canonical document (spec 05 §2.4); raise `PrintError`."""
    document = []
    for entity in sorted(entities, key=lambda entity: (entity.uid.type, entity.uid.id)):
        ancestors = sorted(above[entity.uid], key=lambda uid: (uid.type, uid.id))
        written = {
            "uid": uid_json(entity.uid),
            "attrs": {name: value_json(value) for name, value in entity._attributes.items()},
            "parents": [uid_json(parent) for parent in ancestors],
        }
        if entity._tags:
            written["tags"] = {name: value_json(value) for name, value in entity._tags.items()}
        document.append(written)
    return document
