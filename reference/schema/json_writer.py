"""Declarations to a JSON schema (spec 07 §3), every name as it was written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reference.json.document import Json
from reference.json.writer import write_json
from reference.schema.syntax import (
    ActionDeclaration,
    ActionReference,
    AppliesTo,
    Builtin,
    CommonTypeDeclaration,
    EntityDeclaration,
    Fragment,
    Name,
    RecordOf,
    SetOf,
    TypeExpression,
)
from reference.support.recursion import deep_recursion

Object = dict[str, Json]

PRIMITIVES = {"Long": "Long", "String": "String", "Bool": "Boolean"}


def write_schema_json(fragments: Iterable[Fragment]) -> str:
    """Write the JSON text of the declarations."""
    document: Object = {}
    with deep_recursion():
        for fragment in fragments:
            if fragment.namespace or fragment.declarations:
                document[fragment.namespace] = _fragment(fragment)
    return write_json(document)


def _fragment(fragment: Fragment) -> Object:
    common: Object = {}
    entities: Object = {}
    actions: Object = {}
    for declaration in fragment.declarations:
        match declaration:
            case CommonTypeDeclaration(name, definition):
                written = {**_type(definition), **_annotations(declaration.annotations)}
                common[name] = written
            case EntityDeclaration():
                entities[declaration.name] = _entity(declaration)
            case ActionDeclaration():
                actions[declaration.name] = _action(declaration)
    written = {"entityTypes": entities, "actions": actions, **_annotations(fragment.annotations)}
    return {"commonTypes": common, **written} if common else written


def _entity(declaration: EntityDeclaration) -> Object:
    written: Object = {"external": True} if declaration.external else {}
    if declaration.enum is not None:
        written["enum"] = list(declaration.enum)
    else:
        if declaration.parents:
            written["memberOfTypes"] = [name.text for name in declaration.parents]
        if declaration.shape != RecordOf():
            written["shape"] = _type(declaration.shape)
        if declaration.tags is not None:
            written["tags"] = _type(declaration.tags)
    return {**written, **_annotations(declaration.annotations)}


def _action(declaration: ActionDeclaration) -> Object:
    written: Object = {"external": True} if declaration.external else {}
    if declaration.parents:
        written["memberOf"] = [_group(group) for group in declaration.parents]
    if declaration.applies_to is not None:
        written["appliesTo"] = _applies_to(declaration.applies_to)
    return {**written, **_annotations(declaration.annotations)}


def _group(group: ActionReference) -> Object:
    return {"id": group.id} if group.type_name is None else {"id": group.id, "type": group.type_name}


def _applies_to(applies_to: AppliesTo) -> Object:
    return {
        "principalTypes": [name.text for name in applies_to.principals],
        "resourceTypes": [name.text for name in applies_to.resources],
        "context": _type(applies_to.context),
    }


def _type(expression: TypeExpression) -> Object:
    match expression:
        case Builtin(name):
            if name in PRIMITIVES:
                return {"type": PRIMITIVES[name]}
            return {"type": "Extension", "name": name}
        case Name(text, "either"):
            return {"type": "EntityOrCommon", "name": text}
        case Name(text, "common"):
            return {"type": text}
        case Name(text, _):
            return {"type": "Entity", "name": text}
        case SetOf(element):
            return {"type": "Set", "element": _type(element)}
        case RecordOf(attributes):
            written: Object = {}
            for name, attribute in attributes.items():
                required: Object = {} if attribute.required else {"required": False}
                written[name] = {**_type(attribute.type), **required, **_annotations(attribute.annotations)}
            return {"type": "Record", "attributes": written}


def _annotations(annotations: Mapping[str, str | None]) -> Object:
    return {"annotations": dict(annotations)} if annotations else {}
