"""A definition of JSON schemas: their shape, without what it excludes (spec 07 §3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drt.oracles.defined_json import listed, mapping, object_of, strict_json, text_of
from drt.oracles.defined_names import RESERVED, WORD, Refused, checked_name
from drt.oracles.defined_schema import (
    EMPTY,
    EXTENSION,
    Action,
    Applies,
    BuiltIn,
    Entity,
    Record,
    Reference,
    SetOf,
    Space,
    Type,
    resolved,
)

Json = Any


def defined_json_schema(text: str) -> Json:
    """Return the canonical form of a JSON schema; raise `Refused` or `Undefined`."""
    spaces = {}
    for name, body in mapping(strict_json(text)).items():
        spaces[name if name == "" else checked_name(name)] = _space(name, body)
    return resolved(spaces)


def _space(name: str, body: Json) -> Space:
    found = object_of(body, "entityTypes actions", "commonTypes annotations")
    if _annotations(found) and not name:
        raise Refused("the empty namespace has annotations")
    return Space(
        {
            _word(name): _type(one, "annotations")
            for name, one in mapping(found.get("commonTypes", {})).items()
        },
        {_word(name): _entity(mapping(one)) for name, one in mapping(found["entityTypes"]).items()},
        {name: _action(mapping(one)) for name, one in mapping(found["actions"]).items()},
    )


def _word(name: str) -> str:
    if not WORD.fullmatch(name) or name in RESERVED:
        raise Refused(f"{name!r} is no identifier")
    return name


def _annotations(node: Mapping[str, Json]) -> Mapping[str, Json]:
    found = mapping(node.get("annotations", {}))
    for key, value in found.items():
        if not WORD.fullmatch(key) or not isinstance(value, str | None):
            raise Refused(f"the annotation {key}")
    return found


def _is_true(node: Mapping[str, Json], key: str, default: bool) -> bool:
    value = node.get(key, default)
    if not isinstance(value, bool):
        raise Refused(f"{key} is neither true nor false")
    return value


def _name(name: Json) -> str:
    """Return a reference, which may be to a built-in type by its whole name."""
    checked_name(text_of(name).removeprefix("__cedar::"))
    return text_of(name)


def _entity(node: Mapping[str, Json]) -> Entity:
    _annotations(node)
    external = _is_true(node, "external", default=False)
    if "enum" in node:
        ids = [text_of(one) for one in listed(object_of(node, "enum", "annotations external")["enum"])]
        if not ids or external:
            raise Refused("an enumeration of nothing, or an external one")
        return Entity(ids=ids)
    object_of(node, "", "external memberOfTypes annotations" + (" shape tags" if not external else ""))
    return Entity(
        [_name(one) for one in listed(node.get("memberOfTypes", []))],
        _type(node["shape"]) if "shape" in node else EMPTY,
        _type(node["tags"]) if "tags" in node else None,
        external=external,
    )


def _action(node: Mapping[str, Json]) -> Action:
    _annotations(node)
    external = _is_true(node, "external", default=False)
    object_of(node, "", "external memberOf annotations" + (" appliesTo attributes" if not external else ""))
    if node.get("attributes") is not None:
        raise Refused("an action has attributes")
    groups = node.get("memberOf")
    parents = [_group(one) for one in listed([] if groups is None else groups)]
    applies = node.get("appliesTo")
    return Action(parents, None if applies is None else _applies(applies), external)


def _group(node: Json) -> tuple[str | None, str]:
    found = object_of(node, "id", "type")
    type_name = found.get("type")
    return None if type_name is None else _name(type_name), text_of(found["id"])


def _applies(node: Json) -> Applies:
    found = object_of(node, "principalTypes resourceTypes", "context")
    return Applies(
        [_name(one) for one in listed(found["principalTypes"])],
        [_name(one) for one in listed(found["resourceTypes"])],
        _type(found["context"]) if "context" in found else EMPTY,
    )


def _type(node: Json, more: str = "") -> Type:
    kind = text_of(mapping(node).get("type"))
    if "annotations" in more:
        _annotations(node)
    match kind:
        case "Long" | "String" | "Bool" | "Boolean":
            object_of(node, "type", more)
            return BuiltIn(kind.removesuffix("ean"))
        case "Set":
            return SetOf(_type(object_of(node, "type element", more)["element"]))
        case "Record":
            found = object_of(node, "type attributes", f"additionalAttributes {more}")
            if _is_true(found, "additionalAttributes", default=False):
                raise Refused("an open record")
            return Record({name: _attribute(one) for name, one in mapping(found["attributes"]).items()})
        case "Extension":
            if object_of(node, "type name", more)["name"] not in EXTENSION:
                raise Refused("no extension type")
            return BuiltIn(node["name"])
        case "Entity" | "EntityOrCommon":
            name = _name(object_of(node, "type name", more)["name"])
            return Reference(name, "entity" if kind == "Entity" else "either")
    object_of(node, "type", more)
    return Reference(_name(kind), "common")


def _attribute(node: Json) -> tuple[Type, bool]:
    return _type(node, "required annotations"), _is_true(node, "required", default=True)
