"""A schema that somebody else wrote, as the world that scenarios are drawn in.

Read from the canonical resolved document that engines give of a schema: `entityTypes` by full name, `actions`
by uid, every type resolved.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from generators.draw.syntax import Uid
from generators.draw.world import (
    EMPTY_RECORD,
    Action,
    Attr,
    EntityT,
    EntityType,
    Prim,
    RecordT,
    Schema,
    SetT,
    Type,
)

PRIMITIVES = {"Bool": "Bool", "Boolean": "Bool", "Long": "Long", "String": "String"}


def given_schema(canonical: str) -> Schema:
    """Read the canonical document of a schema."""
    document: dict[str, Any] = json.loads(canonical)
    types = tuple(_entity_type(name, body) for name, body in document["entityTypes"].items())
    actions = tuple(_action(uid, body) for uid, body in document["actions"].items())
    return Schema(types, actions)


def _entity_type(name: str, body: Mapping[str, Any]) -> EntityType:
    if "enum" in body:
        return EntityType(name, enum=tuple(body["enum"]))
    tags = None if body.get("tags") is None else _type(body["tags"])
    shape = _record(body["shape"]) if body.get("shape") else EMPTY_RECORD
    return EntityType(name, tuple(body.get("memberOf", ())), shape, tags)


def _action(literal: str, body: Mapping[str, Any]) -> Action:
    parents = tuple(map(_uid, body.get("memberOf", ())))
    applies = body.get("appliesTo")
    if not applies:
        return Action(_uid(literal), parents)
    principals, resources = tuple(applies["principals"]), tuple(applies["resources"])
    return Action(_uid(literal), parents, principals, resources, _record(applies["context"]))


def _uid(literal: str) -> Uid:
    name, _, identity = literal.partition('::"')
    return Uid(name, json.loads(f'"{identity}'))


def _record(body: Mapping[str, Any]) -> RecordT:
    return RecordT(
        tuple(
            Attr(name, _type(attribute["type"]), bool(attribute.get("required", True)))
            for name, attribute in body["attributes"].items()
        )
    )


def _type(body: Mapping[str, Any]) -> Type:
    match body:
        case {"type": "Record"}:
            return _record(body)
        case {"type": "Set", "element": element}:
            return SetT(_type(element))
        case {"type": "Entity", "name": str(name)}:
            return EntityT(name)
        case {"type": "Extension", "name": str(name)}:
            return Prim(name)
    return Prim(PRIMITIVES[body["type"]])
