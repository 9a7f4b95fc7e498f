"""The canonical form of a schema that an engine wrote, in Cedar's own format too, its types resolved or not.

Owns the writing out of common types and the qualifying of names, declared ones (spec 07 §1) and, where the
engine has left references as they were written, those as well (spec 07 §4); and the members that are empty.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from drt.model.outcome import canonical_entity

Json = dict[str, Any]

PARTS = {"entityTypes", "actions"}
TYPE = {"memberOf", "shape", "tags", "enum", "external"}
ACTION = {"memberOf", "appliesTo", "external"}
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
        isinstance(each, dict)
        and each.keys() <= NAMESPACE
        and all(isinstance(declared, dict | None) for declared in each.values())
        for each in document.values()
    )


def in_canonical_form(document: Any) -> bool:
    """Whether a document is a schema of entity types and actions, not of namespaces of those names."""
    if not isinstance(document, dict) or not document or not document.keys() <= PARTS:
        return False
    types, actions = (document.get(part) or {} for part in ("entityTypes", "actions"))
    return (
        all(isinstance(each, dict | None) and not (each or {}).keys() - TYPE for each in types.values())
        and all(
            isinstance(each, dict | None) and not (each or {}).keys() - ACTION for each in actions.values()
        )
        and all("::" in uid for uid in actions)
    )


def ordered_form(document: Mapping[str, Json]) -> Json:
    """Sort the lists of a schema in canonical form, and add the members that are absent because empty."""
    types, actions = (document.get(part) or {} for part in ("entityTypes", "actions"))
    return {
        "entityTypes": {name: _declared_type(each or {}) for name, each in types.items()},
        "actions": {uid: _declared_action(each or {}) for uid, each in actions.items()},
    }


def _declared_type(declared: Json) -> Json:
    if declared.get("enum"):
        return {"enum": _set(declared["enum"])}
    parents = {"memberOf": _set(declared.get("memberOf"))}
    if declared.get("external"):
        return {"external": True, **parents}
    tags = declared.get("tags")
    shape = _filled(declared.get("shape") or NO_RECORD)
    return {**parents, "shape": shape, "tags": None if tags is None else _filled(tags)}


def _declared_action(declared: Json) -> Json:
    parents = {"memberOf": _set(declared.get("memberOf"))}
    if declared.get("external"):
        return {"external": True, **parents}
    applies = declared.get("appliesTo") or {}
    lists = {name: _set(applies.get(name)) for name in ("principals", "resources")}
    if not all(lists.values()):
        return {"appliesTo": None, **parents}
    return {"appliesTo": {"context": _filled(applies.get("context") or NO_RECORD), **lists}, **parents}


def _set(names: Collection[str] | None) -> list[str]:
    return sorted(set(names or ()))


def _filled(written: Any) -> Any:
    """Give the records inside a type their attributes, and attributes in canonical form their `required`."""
    match written:
        case {"type": "Record"}:
            members = written.get("attributes") or {}
            return written | {"attributes": {name: _filled(each) for name, each in members.items()}}
        case {"type": "Set", "element": element}:
            return written | {"element": _filled(element)}
        case {"type": dict() as kind}:
            return {"required": True} | written | {"type": _filled(kind)}
    return written


def cedars_form(document: Mapping[str, Json]) -> Json:
    """Give a schema in Cedar's own format the empty members that its readers require (spec 07 §3)."""
    return {namespace: _namespace(declared) for namespace, declared in document.items()}


def _namespace(declared: Json) -> Json:
    form = declared | {part: declared.get(part) or {} for part in PARTS}
    if common := declared.get("commonTypes"):
        form["commonTypes"] = {name: _filled(each) for name, each in common.items()}
    form["entityTypes"] = {
        name: _with_types(each or {}, ("shape", "tags")) for name, each in form["entityTypes"].items()
    }
    form["actions"] = {name: _applying(each or {}) for name, each in form["actions"].items()}
    return form


def _with_types(declared: Json, names: Collection[str]) -> Json:
    return declared | {name: _filled(declared[name]) for name in names if declared.get(name)}


def _applying(action: Json) -> Json:
    applies = action.get("appliesTo")
    if not isinstance(applies, dict):
        return action
    lists = {name: applies.get(name) or [] for name in ("principalTypes", "resourceTypes")}
    return action | {"appliesTo": _with_types(applies, ("context",)) | lists}


def resolved_form(document: Mapping[str, Json]) -> Json:
    """Return the canonical form; raises `ValueError` for a document with a type that is not declared."""
    common = {
        _within(namespace, name): (namespace, written)
        for namespace, declared in document.items()
        for name, written in (declared.get("commonTypes") or {}).items()
    }
    entities = {
        _within(namespace, name)
        for namespace, declared in document.items()
        for name in declared.get("entityTypes") or ()
    }
    types, actions = {}, {}
    for namespace, declared in document.items():
        scope = Scope(namespace, common, entities)
        for name, entity_type in (declared.get("entityTypes") or {}).items():
            types[_within(namespace, name)] = _entity_type(entity_type or {}, scope)
        own = _within(namespace, "Action")
        for name, action in (declared.get("actions") or {}).items():
            actions[canonical_entity(own, name)] = _action(action or {}, own, scope)
    return {"entityTypes": types, "actions": actions}


def _within(namespace: str, name: str) -> str:
    return f"{namespace}::{name}" if namespace else name


def _entity_type(declared: Json, scope: Scope) -> Json:
    if "enum" in declared:
        return {"enum": sorted(set(declared["enum"]))}
    parents = {"memberOf": sorted(set(map(scope.entity, declared.get("memberOfTypes") or ())))}
    if declared.get("external"):
        return {"external": True, **parents}
    tags = declared.get("tags")
    shape = _type(declared.get("shape") or NO_RECORD, scope)
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
        sorted(set(map(scope.entity, applies.get(f"{one}Types") or ()))) for one in ("principal", "resource")
    )
    if not principals or not resources:
        return {"appliesTo": None, **parents}
    context = _type(applies.get("context") or NO_RECORD, scope)
    return {"appliesTo": {"context": context, "principals": principals, "resources": resources}, **parents}


def _type(written: Json, scope: Scope) -> Json:
    """Write a type out."""
    match written:
        case {"type": "Record"}:
            members = written.get("attributes") or {}
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
