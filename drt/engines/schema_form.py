"""The canonical form of a schema that an engine wrote in Cedar's own format, its types resolved or not.

Owns the writing out of common types and the qualifying of names, declared ones (spec 07 §1) and, where the
engine has left references as they were written, those as well (spec 07 §4).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from drt.model.outcome import canonical_entity

Json = dict[str, Any]

PARTS = {"entityTypes", "actions"}
NAMESPACE = PARTS | {"commonTypes", "annotations"}
PRIMITIVES = {"Bool": "Bool", "Boolean": "Bool", "Long": "Long", "String": "String"}
EXTENSIONS = ("decimal", "ipaddr", "datetime", "duration")
NO_RECORD: Json = {"type": "Record", "attributes": {}}


@dataclass(frozen=True, slots=True)
class Scope:
    """The names that references in a namespace may mean: common types with their namespaces, entity types."""

    namespace: str
    common: Mapping[str, tuple[str, Json]]
    entities: Collection[str]

    def candidates(self, name: str) -> Iterator[str]:
        """List the declarations that a name may mean, the nearest first."""
        if "::" not in name:
            yield _within(self.namespace, name)
        yield name

    def entity(self, name: str) -> str:
        """Qualify the name of an entity type; one that is not declared stays as it is."""
        return next((one for one in self.candidates(name) if one in self.entities), name)

    def within(self, namespace: str) -> Scope:
        """Look from another namespace."""
        return Scope(namespace, self.common, self.entities)


def in_cedars_format(document: Any) -> bool:
    """Whether a document is a schema of namespaces, and not yet one of entity types and actions."""
    return isinstance(document, dict) and all(
        isinstance(each, dict) and PARTS <= each.keys() <= NAMESPACE for each in document.values()
    )


def resolved_form(document: Mapping[str, Json]) -> Json:
    """Return the canonical form; raises `ValueError` for a document with a type that is not declared."""
    common = {
        _within(namespace, name): (namespace, written)
        for namespace, declared in document.items()
        for name, written in declared.get("commonTypes", {}).items()
    }
    entities = {
        _within(namespace, name)
        for namespace, declared in document.items()
        for name in declared["entityTypes"]
    }
    types, actions = {}, {}
    for namespace, declared in document.items():
        scope = Scope(namespace, common, entities)
        for name, entity_type in declared["entityTypes"].items():
            types[_within(namespace, name)] = _entity_type(entity_type, scope)
        own = _within(namespace, "Action")
        for name, action in declared["actions"].items():
            actions[canonical_entity(own, name)] = _action(action, own, scope)
    return {"entityTypes": types, "actions": actions}


def _within(namespace: str, name: str) -> str:
    return f"{namespace}::{name}" if namespace else name


def _entity_type(declared: Json, scope: Scope) -> Json:
    if "enum" in declared:
        return {"enum": sorted(set(declared["enum"]))}
    parents = {"memberOf": sorted(set(map(scope.entity, declared.get("memberOfTypes", []))))}
    if declared.get("external"):
        return {"external": True, **parents}
    tags = declared.get("tags")
    shape = _type(declared.get("shape", NO_RECORD), scope)
    return {**parents, "shape": shape, "tags": None if tags is None else _type(tags, scope)}


def _action(declared: Json, own: str, scope: Scope) -> Json:
    groups = (
        canonical_entity(group.get("type", own), group["id"]) for group in declared.get("memberOf") or []
    )
    parents = {"memberOf": sorted(set(groups))}
    if declared.get("external"):
        return {"external": True, **parents}
    applies = declared.get("appliesTo") or {}
    principals, resources = (
        sorted(set(map(scope.entity, applies.get(f"{one}Types", [])))) for one in ("principal", "resource")
    )
    if not principals or not resources:
        return {"appliesTo": None, **parents}
    context = _type(applies.get("context", NO_RECORD), scope)
    return {"appliesTo": {"context": context, "principals": principals, "resources": resources}, **parents}


def _type(written: Json, scope: Scope) -> Json:
    """Write a type out."""
    match written:
        case {"type": "Record"}:
            members = written.get("attributes", {})
            return {
                "type": "Record",
                "attributes": {name: _attribute(members[name], scope) for name in members},
            }
        case {"type": "Set", "element": element}:
            return {"type": "Set", "element": _type(element, scope)}
        case {"type": "Entity", "name": str() as name}:
            return {"type": "Entity", "name": scope.entity(name)}
        case {"type": "Extension", "name": str() as name}:
            return {"type": "Extension", "name": name}
        case {"type": "EntityOrCommon", "name": str() as name}:
            return _named(name, scope, scope.entities)
        case {"type": str() as name}:
            return _named(name, scope, ())
    raise ValueError(f"a type is not resolved: {written}")


def _named(name: str, scope: Scope, entities: Collection[str]) -> Json:
    """Write out the type of a name: a common type, one of the entity types, or a built-in one."""
    for candidate in scope.candidates(name):
        if candidate in scope.common:
            namespace, written = scope.common[candidate]
            return _type(written, scope.within(namespace))
        if candidate in entities:
            return {"type": "Entity", "name": candidate}
    short = name.removeprefix("__cedar::")
    if short in PRIMITIVES:
        return {"type": PRIMITIVES[short]}
    if short in EXTENSIONS:
        return {"type": "Extension", "name": short}
    raise ValueError(f"a type is not resolved: {name}")


def _attribute(written: Json, scope: Scope) -> Json:
    return {"type": _type(written, scope), "required": written.get("required", True)}
