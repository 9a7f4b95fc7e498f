"""The document of partial entities (spec 09 §1.2): read by type, missing parts unknown."""

from __future__ import annotations

from typing import Final

from ..documents.entity_json import read_parents, read_uid
from ..documents.typed_json import read_typed
from ..documents.value_json import read_value
from ..errors import JsonError, PartialEntitiesError
from ..language.names import is_action_type
from ..language.near_names import near_name
from ..language.values import Record
from ..schema.model import SchemaModel, StandardEntityType
from ..schema.types import Type
from ..text.json_scanner import Repeated
from ..text.json_text import Json, read_json, well_formed
from .entities import PartialEntity

_PARTS: Final = ("uid", "attrs", "parents", "tags")


def read_partial_entities(text: str, model: SchemaModel) -> list[PartialEntity]:
    """Return the entities of a document, in order; raise `PartialEntitiesError`.

    They are read by type, but whether they fit the schema is left to the caller.
    """
    try:
        document = read_json(text)
        if not isinstance(document, list):
            raise JsonError("a document of partial entities is an array")
        for number, node in enumerate(document):
            _check_form(node, number)
    except JsonError as error:
        raise PartialEntitiesError("invalid", str(error)) from None
    return [_entity(node, number, model) for number, node in enumerate(document) if isinstance(node, dict)]


def _check_form(node: Json, number: int) -> None:
    """Check the form of one entity object; raise `JsonError`, which names its place."""
    if not isinstance(node, dict):
        raise JsonError(f"[{number}]: an entity is an object")
    if isinstance(node, Repeated):
        twice = node.names.intersection(_PARTS)
        if twice:
            raise JsonError(f"[{number}]: the key {min(twice)!r} comes twice")
    if "uid" not in node:
        raise JsonError(f"[{number}]: an entity has a `uid`")
    for name in node:
        well_formed(name)
    for name, kind in (("attrs", dict), ("parents", list), ("tags", dict)):
        part = node.get(name)
        if part is not None and not isinstance(part, kind):
            raise JsonError(f"[{number}].{name}: expected an {'array' if kind is list else 'object'}")


def _entity(node: dict[str, Json], number: int, model: SchemaModel) -> PartialEntity:
    place = "uid"
    try:
        uid = read_uid(node["uid"], 2)
        if is_action_type(uid.type):
            message = f"[{number}].uid: the action {uid!r} comes from the schema"
            raise PartialEntitiesError("action_entity", message)
        attrs, parents, tags = node.get("attrs"), node.get("parents"), node.get("tags")
        declared = model.entity_types.get(uid.type)
        if declared is None and (attrs is not None or tags is not None):
            hint = near_name(uid.type, model.entity_types)
            raise JsonError(f"the entity type {uid.type} is not declared{hint}")
        types: dict[str, Type] = {}
        tag_type: Type | None = None
        if isinstance(declared, StandardEntityType):
            types = {name: type_ for name, (type_, _) in declared.shape.attributes.items()}
            tag_type = declared.tags
        place = "attrs"
        attributes = _values(attrs, types, None) if isinstance(attrs, dict) else None
        place = "parents"
        ancestors = read_parents(parents) if parents is not None else None
        place = "tags"
        known_tags = _values(tags, {}, tag_type) if isinstance(tags, dict) else None
    except JsonError as error:
        raise PartialEntitiesError("invalid", f"[{number}].{place}: {error}") from None
    return PartialEntity(uid, attributes, ancestors, known_tags)


def _values(node: dict[str, Json], types: dict[str, Type], other: Type | None) -> Record:
    """Return an object's members, each read by its type in `types`, or else by `other`, if that is known."""
    if isinstance(node, Repeated):
        raise JsonError(f"the key {node.name!r} comes twice")
    record: Record = {}
    for name, inner in node.items():
        type_ = types.get(well_formed(name), other)
        try:
            record[name] = read_value(inner, 3) if type_ is None else read_typed(inner, type_, 3)
        except JsonError as error:
            raise JsonError(f"{name}: {error}") from None
    return record
