"""Declarations as a JSON schema (spec 07 §3, §6): names and common types stay as they are written."""

from __future__ import annotations

from .json_document import JsonValue, json_text
from .resolve import expressions
from .syntax import (
    ActionDeclaration,
    ActionReference,
    Annotations,
    AttributeDeclaration,
    EntityDeclaration,
    Fragment,
    Primitive,
    RecordOf,
    Reference,
    SetOf,
    TypeExpression,
)
from .types import EXTENSIONS

Written = dict[str, JsonValue]


def json_schema(fragments: tuple[Fragment, ...], indent: int | None = 2) -> str:
    """Return the fragments as one JSON document.

    Raises `SchemaError` if types nest too deep for a JSON schema.
    """
    namespaces: dict[str, dict[str, Written]] = {}
    for fragment in fragments:
        for namespace in fragment.namespaces:
            members = namespaces.setdefault(namespace.name, {"entityTypes": {}, "actions": {}})
            for common in namespace.commons:
                written = {**_type(common.type), **_annotations(common.annotations)}
                members.setdefault("commonTypes", {})[common.name] = written
            for entity in namespace.entities:
                members["entityTypes"][entity.name] = _entity(entity)
            for action in namespace.actions:
                members["actions"][action.name] = _action(action)
            if namespace.annotations:
                members.setdefault("annotations", {}).update(namespace.annotations)
    return json_text(namespaces, indent)


def _annotations(annotations: Annotations) -> Written:
    return {"annotations": dict(annotations)} if annotations else {}


def _entity(entity: EntityDeclaration) -> Written:
    written = _annotations(entity.annotations)
    if entity.enum is not None:
        return {**written, "enum": list(entity.enum)}
    if entity.parents:
        written["memberOfTypes"] = [parent.name for parent in entity.parents]
    if entity.is_external:
        written["external"] = True
    if entity.shape is not None:
        written["shape"] = _type(entity.shape)
    if entity.tags is not None:
        written["tags"] = _type(entity.tags)
    return written


def _action(action: ActionDeclaration) -> Written:
    written = _annotations(action.annotations)
    if action.parents:
        written["memberOf"] = [_action_reference(parent) for parent in action.parents]
    if action.is_external:
        written["external"] = True
    if action.applies_to is not None:
        applies: Written = {
            "principalTypes": [reference.name for reference in action.applies_to.principals],
            "resourceTypes": [reference.name for reference in action.applies_to.resources],
        }
        if action.applies_to.context is not None:
            applies["context"] = _type(action.applies_to.context)
        written["appliesTo"] = applies
    return written


def _type(root: TypeExpression) -> Written:
    built: list[Written] = []
    for expression in expressions(root):
        match expression:
            case Primitive() | Reference():
                built.append(_named(expression))
            case SetOf():
                built.append({"type": "Set", "element": built.pop()})
            case RecordOf(attributes):
                parts = built[len(built) - len(attributes) :]
                del built[len(built) - len(attributes) :]
                written: Written = {
                    a.name: _attribute(a, part) for a, part in zip(attributes, parts, strict=True)
                }
                built.append({"type": "Record", "attributes": written})
    return built[0]


def _named(expression: Primitive | Reference) -> Written:
    match expression:
        case Primitive(name) if name in EXTENSIONS:
            return {"type": "Extension", "name": name}
        case Primitive(name):
            return {"type": "Boolean" if name == "Bool" else name}
        case Reference(name, "either"):
            return {"type": "EntityOrCommon", "name": name}
        case Reference(name, "entity"):
            return {"type": "Entity", "name": name}
        case Reference(name, _):
            return {"type": name}


def _attribute(attribute: AttributeDeclaration, type_: Written) -> Written:
    return {**type_, "required": attribute.required, **_annotations(attribute.annotations)}


def _action_reference(reference: ActionReference) -> Written:
    return {"id": reference.id} if reference.type is None else {"id": reference.id, "type": reference.type}
