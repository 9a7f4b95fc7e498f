"""A resolved schema as JSON: one canonical form for comparing meanings, and a JSON schema (spec 07 §3)."""

from __future__ import annotations

import json

from ..errors import SchemaError
from ..text.json_writer import write_json
from .json_document import JsonValue, json_text
from .model import (
    Action,
    ActionUid,
    EntityTypeModel,
    EnumeratedEntityType,
    ExternalEntityType,
    SchemaModel,
    StandardEntityType,
)
from .types import EXTENSIONS, EntityType, PrimitiveType, RecordType, SetType, Type, type_parts


def canonical_schema(model: SchemaModel) -> str:
    """Return one line of JSON; two schemas have the same exactly when they mean the same (spec 07 §1)."""
    types = TypeJson(bool_name="Bool", nested_type=True)
    actions: dict[str, JsonValue] = {
        _uid(uid): _action(action, types) for uid, action in model.actions.items()
    }
    entities: dict[str, JsonValue] = {name: _entity(e, types) for name, e in model.entity_types.items()}
    return write_json({"actions": actions, "entityTypes": entities})


def resolved_json_schema(model: SchemaModel, indent: int | None = 2, *, closed: bool = False) -> str:
    """Return a JSON schema of the same meaning with every name fully qualified and no common types.

    Raises `SchemaError` where types nest too deep for JSON, or where a namespace hides the type `Action`.
    """
    writers: dict[str, TypeJson] = {}

    def types(namespace: str) -> TypeJson:
        if namespace not in writers:
            hidden = "Action" if namespace and f"{namespace}::Action" in model.action_types else ""
            writers[namespace] = TypeJson(bool_name="Boolean", nested_type=False, hidden=hidden)
        return writers[namespace]

    namespaces: dict[str, dict[str, dict[str, JsonValue]]] = {}
    for name, entity in model.entity_types.items():
        namespace, _, base = name.rpartition("::")
        members = namespaces.setdefault(namespace, {"entityTypes": {}, "actions": {}})
        if isinstance(entity, EnumeratedEntityType):
            members["entityTypes"][base] = {"enum": sorted(entity.ids)}
        else:
            above = model.entity_ancestors.of(name) if closed else entity.parents
            members["entityTypes"][base] = _resolved_entity(entity, above, types(namespace))
    for (type_name, action_id), action in model.actions.items():
        namespace = type_name.rpartition("::")[0]
        members = namespaces.setdefault(namespace, {"entityTypes": {}, "actions": {}})
        groups = model.action_ancestors.of(action.uid) if closed else action.parents
        members["actions"][action_id] = _resolved_action(action, groups, types(namespace))
    return json_text(namespaces, indent)


def _uid(uid: ActionUid) -> str:
    return f"{uid[0]}::{json.dumps(uid[1])}"


def _action(action: Action, types: TypeJson) -> JsonValue:
    if action.is_external:
        return {"external": True, "memberOf": sorted(map(_uid, action.parents))}
    applies: JsonValue = None
    if action.principals and action.resources:
        applies = {
            "context": types.of(action.context),
            "principals": sorted(action.principals),
            "resources": sorted(action.resources),
        }
    return {"appliesTo": applies, "memberOf": sorted(map(_uid, action.parents))}


def _entity(entity: EntityTypeModel, types: TypeJson) -> JsonValue:
    if isinstance(entity, EnumeratedEntityType):
        return {"enum": sorted(entity.ids)}
    if isinstance(entity, ExternalEntityType):
        return {"external": True, "memberOf": sorted(entity.parents)}
    return {
        "memberOf": sorted(entity.parents),
        "shape": types.of(entity.shape),
        "tags": None if entity.tags is None else types.of(entity.tags),
    }


def _resolved_entity(
    entity: StandardEntityType | ExternalEntityType, above: frozenset[str], types: TypeJson
) -> JsonValue:
    if isinstance(entity, ExternalEntityType):
        return {"external": True, "memberOfTypes": sorted(above)}
    written: dict[str, JsonValue] = {"memberOfTypes": sorted(above), "shape": types.of(entity.shape)}
    if entity.tags is not None:
        written["tags"] = types.of(entity.tags)
    return written


def _resolved_action(action: Action, groups: frozenset[ActionUid], types: TypeJson) -> JsonValue:
    written: dict[str, JsonValue] = {
        "memberOf": [{"id": action_id, "type": type_name} for type_name, action_id in sorted(groups)]
    }
    if action.is_external:
        written["external"] = True
    if action.principals or action.resources:
        written["appliesTo"] = {
            "context": types.of(action.context),
            "principalTypes": sorted(action.principals),
            "resourceTypes": sorted(action.resources),
        }
    return written


class TypeJson:
    """Types as JSON values, each made once. `nested_type` keeps an attribute's type apart from `required`.

    `hidden` is an entity type name that would mean another type where this JSON stands.
    """

    def __init__(self, *, bool_name: str, nested_type: bool, hidden: str = "") -> None:
        self._bool_name = bool_name
        self._nested_type = nested_type
        self._hidden = hidden
        self._made: dict[Type, JsonValue] = {}

    def of(self, root: Type) -> JsonValue:
        """Return the JSON form of a type."""
        todo = [root]
        while todo:
            type_ = todo[-1]
            if type_ in self._made:
                todo.pop()
                continue
            waiting = [part for part in type_parts(type_) if part not in self._made]
            if waiting:
                todo.extend(waiting)
            else:
                self._made[type_] = self._make(type_)
                todo.pop()
        return self._made[root]

    def _make(self, type_: Type) -> JsonValue:
        match type_:
            case PrimitiveType(name=name):
                if name in EXTENSIONS:
                    return {"name": name, "type": "Extension"}
                return {"type": self._bool_name if name == "Bool" else name}
            case EntityType(name=name):
                if name == self._hidden:
                    raise SchemaError(f'the type "{name}" of the empty namespace is hidden by another')
                return {"name": name, "type": "Entity"}
            case SetType(element=element):
                return {"element": self._made[element], "type": "Set"}
            case RecordType(attributes=attributes):
                return {
                    "attributes": {
                        n: self._attribute(part, required) for n, (part, required) in attributes.items()
                    },
                    "type": "Record",
                }

    def _attribute(self, type_: Type, required: bool) -> JsonValue:
        made = self._made[type_]
        assert isinstance(made, dict)
        return {"required": required, "type": made} if self._nested_type else {**made, "required": required}
