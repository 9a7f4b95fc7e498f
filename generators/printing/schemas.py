"""Schemas in Cedar's schema syntax and in its JSON form (spec 07); both mean the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from generators.draw.syntax import Uid, is_word
from generators.draw.world import Action, Attr, EntityT, EntityType, Prim, RecordT, Schema, SetT, Type
from generators.printing.spelling import PLAIN, Spelling

Json = Any

_NOT_IDENTIFIERS = frozenset(("true", "false", "if", "then", "else", "in", "is", "like", "has"))
_EXTENSIONS = frozenset(("decimal", "ipaddr", "datetime", "duration"))


def split(name: str) -> tuple[str, str]:
    """Split a full name into its namespace and its base name."""
    namespace, _, base = name.rpartition("::")
    return namespace, base


def by_namespace(schema: Schema) -> dict[str, tuple[list[tuple[str, Type]], list[EntityType], list[Action]]]:
    """Return the declarations of each namespace, the empty one first where it has any."""
    parts: dict[str, tuple[list[tuple[str, Type]], list[EntityType], list[Action]]] = {}
    for name, type_ in schema.common_types:
        parts.setdefault(split(name)[0], ([], [], []))[0].append((name, type_))
    for entity_type in schema.entity_types:
        parts.setdefault(split(entity_type.name)[0], ([], [], []))[1].append(entity_type)
    for action in schema.actions:
        parts.setdefault(split(action.uid.type)[0], ([], [], []))[2].append(action)
    return dict(sorted(parts.items()))


def schema_text(schema: Schema, spelling: Spelling = PLAIN) -> str:
    """Write a schema in Cedar syntax."""
    writer = _Writer(spelling)
    blocks: list[str] = []
    for namespace, (common, entity_types, actions) in by_namespace(schema).items():
        writer.namespace = namespace
        lines = [writer.common(name, type_) for name, type_ in common]
        lines += [writer.entity_type(entity_type) for entity_type in entity_types]
        lines += [writer.action(action) for action in actions]
        body = "\n".join(lines)
        blocks.append(f"namespace {namespace} {{\n{body}\n}}" if namespace else body)
    return "\n".join(blocks) + "\n"


class _Writer:
    """Writes declarations in one spelling.

    References are qualified in full; an odd spelling leaves out the namespace that they stand in themselves.
    """

    def __init__(self, spelling: Spelling) -> None:
        self.namespace = ""
        self.odd = spelling.odd
        self.space = spelling.space
        self.string = spelling.string

    def common(self, name: str, type_: Type) -> str:
        plain = replace(type_, alias=None)
        return f"type {split(name)[1]}{self.space(' ')}={self.space(' ')}{self.type(plain)};"

    def entity_type(self, entity_type: EntityType) -> str:
        base = split(entity_type.name)[1]
        note = f"@doc({self.string(base)})\n" if self.odd(8) else ""
        return note + self._entity_type(base, entity_type)

    def _entity_type(self, base: str, entity_type: EntityType) -> str:
        if entity_type.enum:
            ids = ", ".join(self.string(id_) for id_ in entity_type.enum)
            return f"entity {base} enum [{ids}];"
        parents = self._names(entity_type.parents)
        text = f"entity {base}" + (f" in {parents}" if entity_type.parents else "")
        if entity_type.external:
            return f"external {self.space('')}{text}{self.space('')};"
        if entity_type.shape.attrs or self.odd(2):
            equals = "= " if self.odd(3) else ""
            text = f"{text}{self.space(' ')}{equals}{self.type(entity_type.shape)}"
        if entity_type.tags is not None:
            text = f"{text} tags {self.type(entity_type.tags)}"
        return f"{text}{self.space('')};"

    def _names(self, names: tuple[str, ...]) -> str:
        written = [self._reference(name) for name in names]
        if len(written) == 1 and not self.odd(3):
            return written[0]
        return f"[{', '.join(written)}]"

    def _reference(self, name: str) -> str:
        namespace, base = split(name)
        return base if namespace == self.namespace and self.odd(2) else name

    def action(self, action: Action) -> str:
        text = f"action {self._word(action.uid.id)}"
        if action.parents:
            text = f"{text} in [{', '.join(self._group(action, uid) for uid in action.parents)}]"
        if action.external:
            text = f"external {self.space('')}{text}"
        if action.principals:
            context = action.context
            parts = [
                f"principal: {self._names(action.principals)}",
                f"resource: {self._names(action.resources)}",
            ]
            if context.attrs or context.alias or self.odd(2):
                parts.append(f"context:{self.space(' ')}{self.type(context)}")
            comma = "," if self.odd(4) else ""
            text = f"{text} appliesTo {{{self.space(' ')}{', '.join(parts)}{comma}{self.space(' ')}}}"
        return f"{text};"

    def _group(self, action: Action, uid: Uid) -> str:
        """Write a group by name where it is of the action's own type, else by its uid."""
        if uid.type == action.uid.type and not self.odd(4):
            return self._word(uid.id)
        return f"{uid.type}::{self.string(uid.id)}"

    def _word(self, name: str) -> str:
        """Write a name as an identifier where it can be one, else quoted."""
        if is_word(name) and name not in _NOT_IDENTIFIERS and name != "__cedar" and not self.odd(6):
            return name
        return self.string(name)

    def type(self, type_: Type) -> str:
        if type_.alias is not None:
            return self._reference(type_.alias)
        match type_:
            case Prim(name):
                return f"__cedar::{name}" if self.odd(8) else name
            case EntityT(name):
                return self._reference(name)
            case SetT(element):
                return f"Set{self.space('')}<{self.space('')}{self.type(element)}{self.space('')}>"
            case RecordT(attrs):
                listed = f",{self.space(' ')}".join(self._attribute(attr) for attr in attrs)
                comma = "," if attrs and self.odd(4) else ""
                return f"{{{self.space('')}{listed}{comma}{self.space('')}}}"

    def _attribute(self, attr: Attr) -> str:
        note = f"@note({self.string(attr.name)}) " if self.odd(16) else ""
        mark = "" if attr.required else "?"
        name = f"{note}{self._word(attr.name)}{self.space('')}{mark}"
        return f"{name}{self.space('')}:{self.space(' ')}{self.type(attr.type)}"


def schema_json(schema: Schema) -> Json:
    """Write a schema in JSON form."""
    document: dict[str, Json] = {}
    for namespace, (common, entity_types, actions) in by_namespace(schema).items():
        part: dict[str, Json] = {
            "entityTypes": {split(e.name)[1]: _entity_type_json(e) for e in entity_types},
            "actions": {a.uid.id: _action_json(a) for a in actions},
        }
        if common:
            part["commonTypes"] = {split(n)[1]: type_json(replace(t, alias=None)) for n, t in common}
        document[namespace] = part
    return document


def _entity_type_json(entity_type: EntityType) -> Json:
    if entity_type.enum:
        return {"enum": list(entity_type.enum)}
    document: dict[str, Json] = {"memberOfTypes": list(entity_type.parents)}
    if entity_type.external:
        return {"external": True, **document}
    if entity_type.shape.attrs:
        document["shape"] = type_json(entity_type.shape)
    if entity_type.tags is not None:
        document["tags"] = type_json(entity_type.tags)
    return document


def _action_json(action: Action) -> Json:
    document: dict[str, Json] = {"external": True} if action.external else {}
    if action.parents:
        document["memberOf"] = [{"id": uid.id, "type": uid.type} for uid in action.parents]
    if action.principals:
        document["appliesTo"] = {
            "principalTypes": list(action.principals),
            "resourceTypes": list(action.resources),
            "context": type_json(action.context),
        }
    return document


def type_json(type_: Type) -> Json:
    """Write a type; one with an alias is a reference to its common type."""
    if type_.alias is not None:
        return {"type": type_.alias}
    match type_:
        case Prim(name) if name in _EXTENSIONS:
            return {"type": "Extension", "name": name}
        case Prim(name):
            return {"type": "Boolean" if name == "Bool" else name}
        case EntityT(name):
            return {"type": "Entity", "name": name}
        case SetT(element):
            return {"type": "Set", "element": type_json(element)}
        case RecordT(attrs):
            return {"type": "Record", "attributes": {attr.name: _attribute_json(attr) for attr in attrs}}


def _attribute_json(attr: Attr) -> Json:
    document: dict[str, Json] = type_json(attr.type)
    return document if attr.required else {**document, "required": False}
