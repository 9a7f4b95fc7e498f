"""The canonical form of a schema that an engine wrote in Cedar's own format, with its types resolved.

Owns the writing out of common types and the qualifying of declared names (spec 07 §1). The engine has
resolved every reference itself; nothing is looked up here by the rules of the language.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drt.model.outcome import canonical_entity

Json = dict[str, Any]

PARTS = {"entityTypes", "actions"}
NAMESPACE = PARTS | {"commonTypes", "annotations"}
PRIMITIVES = {"Bool": "Bool", "Boolean": "Bool", "Long": "Long", "String": "String"}
EXTENSIONS = ("decimal", "ipaddr", "datetime", "duration")
NO_RECORD: Json = {"type": "Record", "attributes": {}}


def in_cedars_format(document: Any) -> bool:
    """Whether a document is a schema of namespaces, and not yet one of entity types and actions."""
    return isinstance(document, dict) and all(
        isinstance(each, dict) and PARTS <= each.keys() <= NAMESPACE for each in document.values()
    )


def resolved_form(document: Mapping[str, Json]) -> Json:
    """Return the canonical form; raises `ValueError` for a document that is not resolved."""
    common = {
        _within(namespace, name): written
        for namespace, declared in document.items()
        for name, written in declared.get("commonTypes", {}).items()
    }
    types, actions = {}, {}
    for namespace, declared in document.items():
        for name, entity_type in declared["entityTypes"].items():
            types[_within(namespace, name)] = _entity_type(entity_type, common)
        own = _within(namespace, "Action")
        for name, action in declared["actions"].items():
            actions[canonical_entity(own, name)] = _action(action, own, common)
    return {"entityTypes": types, "actions": actions}


def _within(namespace: str, name: str) -> str:
    return f"{namespace}::{name}" if namespace else name


def _entity_type(declared: Json, common: Mapping[str, Json]) -> Json:
    if "enum" in declared:
        return {"enum": sorted(declared["enum"])}
    parents = {"memberOf": sorted(set(declared.get("memberOfTypes", [])))}
    if declared.get("external"):
        return {"external": True, **parents}
    tags = declared.get("tags")
    shape = _type(declared.get("shape", NO_RECORD), common)
    return {**parents, "shape": shape, "tags": None if tags is None else _type(tags, common)}


def _action(declared: Json, own: str, common: Mapping[str, Json]) -> Json:
    groups = (
        canonical_entity(group.get("type", own), group["id"]) for group in declared.get("memberOf") or []
    )
    parents = {"memberOf": sorted(set(groups))}
    if declared.get("external"):
        return {"external": True, **parents}
    applies = declared.get("appliesTo") or {}
    principals, resources = (sorted(set(applies.get(f"{one}Types", []))) for one in ("principal", "resource"))
    if not principals or not resources:
        return {"appliesTo": None, **parents}
    context = _type(applies.get("context", NO_RECORD), common)
    return {"appliesTo": {"context": context, "principals": principals, "resources": resources}, **parents}


def _type(written: Json, common: Mapping[str, Json]) -> Json:
    """Write a type out."""
    match written:
        case {"type": "Record"}:
            members = written.get("attributes", {})
            return {
                "type": "Record",
                "attributes": {name: _attribute(members[name], common) for name in members},
            }
        case {"type": "Set", "element": element}:
            return {"type": "Set", "element": _type(element, common)}
        case {"type": "Entity" | "Extension" as kind, "name": str() as name}:
            return {"type": kind, "name": name}
        case {"type": str() as name} if name in common:
            return _type(common[name], common)
        case {"type": str() as name} if (short := name.removeprefix("__cedar::")) in PRIMITIVES:
            return {"type": PRIMITIVES[short]}
        case {"type": str() as name} if (short := name.removeprefix("__cedar::")) in EXTENSIONS:
            return {"type": "Extension", "name": short}
    raise ValueError(f"a type is not resolved: {written}")


def _attribute(written: Json, common: Mapping[str, Json]) -> Json:
    return {"type": _type(written, common), "required": written.get("required", True)}
