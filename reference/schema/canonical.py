"""The canonical JSON of a resolved schema: equal texts exactly for schemas that mean the same (spec 07 §1).

    {"actions": {UID: {"appliesTo": null | {"context": RECORD, "principals": [NAME…], "resources": [NAME…]},
                       "memberOf": [UID…]}},
     "entityTypes": {NAME: {"enum": [ID…]} | {"memberOf": [NAME…], "shape": RECORD, "tags": null | TYPE}}}

An external declaration is {"external": true, "memberOf": […]} of either kind.

    RECORD = {"attributes": {NAME: {"required": BOOL, "type": TYPE}}, "type": "Record"}
    TYPE   = {"type": "Bool" | "Long" | "String"} | {"element": TYPE, "type": "Set"} | RECORD
           | {"name": NAME, "type": "Entity" | "Extension"}

Names are fully qualified and common types written out; lists are sorted and without repetition, keys are
sorted, there are no blanks and only ASCII. A UID is the type name, `::` and the id as a JSON string.
`memberOf` holds the declared parents only. `appliesTo` is null also where one of its lists is empty: such an
action has no request.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from reference.schema.schema import (
    Action,
    EntityTypeDeclaration,
    EnumeratedEntityType,
    ExternalEntityType,
    Schema,
    uid_text,
)
from reference.schema.types import (
    Attribute,
    BoolType,
    EntityType,
    ExtensionType,
    LongType,
    RecordType,
    SetType,
    StringType,
    Type,
)

Piece = Type | str


def canonical_schema(schema: Schema) -> str:
    """Write the canonical JSON text of a schema."""
    actions = {uid_text(uid): _action(action) for uid, action in schema.actions.items()}
    entity_types = {name: _entity_type(declared) for name, declared in schema.entity_types.items()}
    return f'{{"actions":{_object(actions)},"entityTypes":{_object(entity_types)}}}'


def _action(action: Action) -> str:
    if action.external:
        return _object({"external": "true", "memberOf": _list(map(uid_text, action.parents))})
    applies_to = "null"
    if action.principals and action.resources:
        applies_to = _object(
            {
                "context": type_json(action.context),
                "principals": _list(action.principals),
                "resources": _list(action.resources),
            }
        )
    return _object({"appliesTo": applies_to, "memberOf": _list(map(uid_text, action.parents))})


def _entity_type(declared: EntityTypeDeclaration) -> str:
    if isinstance(declared, EnumeratedEntityType):
        return _object({"enum": _list(declared.ids)})
    if isinstance(declared, ExternalEntityType):
        return _object({"external": "true", "memberOf": _list(declared.parents)})
    return _object(
        {
            "memberOf": _list(declared.parents),
            "shape": type_json(declared.attributes),
            "tags": "null" if declared.tags is None else type_json(declared.tags),
        }
    )


def _list(texts: Iterable[str]) -> str:
    return f"[{','.join(json.dumps(text) for text in sorted(texts))}]"


def _object(written: Mapping[str, str]) -> str:
    """Write a JSON object of values that are JSON already."""
    return "{" + ",".join(f"{json.dumps(key)}:{written[key]}" for key in sorted(written)) + "}"


def type_json(root: Type) -> str:
    """Write the JSON of a type; types may be nested deeper than a recursive writer goes."""
    written: list[str] = []
    waiting: list[Piece] = [root]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            written.append(item)
        else:
            waiting.extend(reversed(_pieces(item)))
    return "".join(written)


def _pieces(t: Type) -> list[Piece]:
    match t:
        case BoolType():
            return ['{"type":"Bool"}']
        case LongType():
            return ['{"type":"Long"}']
        case StringType():
            return ['{"type":"String"}']
        case ExtensionType(name):
            return [f'{{"name":{json.dumps(name)},"type":"Extension"}}']
        case EntityType(names):
            return [f'{{"name":{json.dumps(*names)},"type":"Entity"}}']
        case SetType(element):
            return ['{"element":', element, ',"type":"Set"}']
        case RecordType(attributes):
            pieces: list[Piece] = ['{"attributes":{']
            for name in sorted(attributes):
                pieces += _attribute(name, attributes[name], first=len(pieces) == 1)
            return [*pieces, '},"type":"Record"}']
        case _:
            raise AssertionError(f"no type of a schema: {t}")


def _attribute(name: str, attribute: Attribute, *, first: bool) -> list[Piece]:
    comma = "" if first else ","
    required = "true" if attribute.required else "false"
    return [f'{comma}{json.dumps(name)}:{{"required":{required},"type":', attribute.type, "}"]
