"""Small schemas in JSON, right or wrong by one rule, with entities to go with them, and their text.

Owns documents over few names that namespaces, entity types and common types share.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from generators.choice.sources import Source
from generators.texts.edge_members import annotate, misplace, objects_in, put_edge
from generators.texts.misspelled import misspell
from generators.texts.odd_ids import RESERVED, STRANGE, WORDS, odd_id, odd_type
from generators.texts.schema_members import EDGES, KEYS, MEMBERS

Json = Any

_NAMESPACES = (("",), ("",), ("N",), ("N", "M"), ("", "N"), ("N", "N::M"), ("", "N", "M"))
_BUILT_IN = ("Long", "String", "Bool", "Boolean", "decimal", "ipaddr", "datetime", "duration")
_ODD_NAMESPACES = (
    "__cedar", "__cedar::A", "A::__cedar", "A::__cedar::B", "A::in", "A::", "A::::B", "A :: B", "", "Action",
    "A::Action", "é",
)  # fmt: skip
_HIDING = ("decimal", "Long", "A")
"""Names of entity types that hide built-in types."""

_SPECIAL = (
    "Long", "String", "Bool", "Boolean", "Set", "Record", "Entity", "Extension", "EntityOrCommon",
    "decimal", "ipaddr", "datetime", "Action", "__cedar", "type", "tags", "in", "T", "A", "principal", "é",
    "a b", "",
)  # fmt: skip


class _Drawing:
    """A schema while it is drawn: its entity types (`names`) and common types by namespace."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.spaces = source.choice(_NAMESPACES)
        hiding = source.boolean(0.3)
        names, commons = (
            (_HIDING if hiding else ("A", "B", "C")),
            (("duration", "U") if hiding else ("T", "U")),
        )
        self.names = {space: self._own(space, names[: source.integer(1, 3)]) for space in self.spaces}
        self.commons = {space: self._own(space, commons[: source.integer(0, 2)]) for space in self.spaces}

    def _own(self, space: str, names: tuple[str, ...]) -> list[str]:
        """Name what a namespace declares; nothing in it may hide what the empty namespace has."""
        return [f"{name}0" if not space and len(self.spaces) > 1 else name for name in names]

    def whole(self) -> Json:
        return {space: self._space(space) for space in self.spaces}

    def _space(self, space: str) -> Json:
        made = {
            "entityTypes": {name: self._entity(space) for name in self.names[space]},
            "actions": {name: self._action(space, name) for name in self._actions(space)},
        }
        if self.commons[space]:
            made["commonTypes"] = {
                name: self.type(space, 2, self.commons[space][place + 1 :])
                for place, name in enumerate(self.commons[space])
            }
        if space and self.source.boolean(0.1):
            made["annotations"] = {"doc": odd_id(self.source)}
        return made

    def _actions(self, space: str) -> list[str]:
        own = odd_id(self.source) if self.source.boolean(0.4) else "edit"
        return list(dict.fromkeys([f"view {space}", own][: self.source.integer(1, 2)]))

    def _entity(self, space: str) -> Json:
        source = self.source
        if source.boolean(0.15):
            return {"enum": [odd_id(source) for _ in range(source.integer(1, 2))]}
        made: Json = {}
        if source.boolean(0.4):
            made["memberOfTypes"] = [self.entity(space) for _ in range(source.integer(0, 2))]
        if source.boolean(0.6):
            made["shape"] = self._record(space, 2, self.commons[space])
        if source.boolean(0.3):
            made["tags"] = self.type(space, 1, self.commons[space])
        if source.boolean(0.1):
            made["annotations"] = {"a": None}
        return made

    def _action(self, space: str, name: str) -> Json:
        source = self.source
        made: Json = {}
        if source.boolean(0.7):
            applies = {side: [self.entity(space)] for side in ("principalTypes", "resourceTypes")}
            made["appliesTo"] = applies
            if source.boolean(0.6):
                applies["context"] = self._record(space, 2, self.commons[space])
        if not name.startswith("view") and source.boolean(0.75):
            made["memberOf"] = [{"id": f"view {space}"}]
        return made

    def entity(self, space: str) -> str:
        """Draw the name of an entity type, as it is written in a namespace."""
        home = self.source.choice(self.spaces)
        name = self.source.choice(self.names[home])
        if space and home.startswith(f"{space}::") and self.source.boolean(0.05):
            return f"{home.removeprefix(f'{space}::')}::{name}"  # which is no name of it there
        return (
            name if home in ("", space) and self.source.boolean(0.7) else f"{home}::{name}" if home else name
        )

    def type(self, space: str, depth: int, commons: list[str]) -> Json:
        source = self.source
        match source.integer(0, 6 if depth else 4):
            case 0:
                return {"type": source.choice(("Long", "String", "Bool", "Boolean"))}
            case 1:
                name = source.choice(("decimal", *_BUILT_IN[4:]))
                return {"type": name} if source.boolean() else {"type": "Extension", "name": name}
            case 2:
                return {"type": source.choice(("Entity", "EntityOrCommon")), "name": self.entity(space)}
            case 3:
                if commons and source.boolean(0.8):
                    name = source.choice(commons)
                    return {"type": name} if source.boolean() else {"type": "EntityOrCommon", "name": name}
                return {
                    "type": "EntityOrCommon",
                    "name": source.choice(("Long", "__cedar::Long", "__cedar::ipaddr")),
                }
            case 4:
                return {"type": "Long"}
            case 5:
                return {"type": "Set", "element": self.type(space, depth - 1, commons)}
            case _:
                return self._record(space, depth, commons)

    def _record(self, space: str, depth: int, commons: list[str]) -> Json:
        attributes: Json = {}
        for _ in range(self.source.integer(0, 2)):
            attribute = self.type(space, depth - 1, commons)
            if self.source.boolean(0.4):
                attribute["required"] = self.source.boolean()
            attributes[odd_id(self.source) if self.source.boolean(0.3) else self.source.choice("abc")] = (
                attribute
            )
        return {"type": "Record", "attributes": attributes}


def _objects(node: Json) -> list[tuple[str, Json]]:
    return objects_in(node, set(KEYS) - {""}, "schema")  # "" is a namespace too


def _break_edge(source: Source, schema: Json, _: _Drawing) -> None:
    """Put a member at the edge of what the format allows into one object."""
    put_edge(source, _objects(schema), EDGES)


def _break_annotations(source: Source, schema: Json, _: _Drawing) -> None:
    """Put annotations where they may stand, or where they may not."""
    annotate(source, _objects(schema))


def _break_place(source: Source, schema: Json, _: _Drawing) -> None:
    """Put a member where it has no meaning, or where it may be left out."""
    misplace(source, _objects(schema), MEMBERS)


def _break_spelling(source: Source, schema: Json, _: _Drawing) -> None:
    """Spell a name as no name of the format is spelled, or as that of something else."""
    misspell(source, _objects(schema))


def _break_shape(source: Source, schema: Json, _: _Drawing) -> None:
    """Break one object: a key too many, one too few, another name, or a value of another kind."""
    objects = [(kind, node) for kind, node in _objects(schema) if node]
    wanted = source.choice(sorted({kind for kind, _ in objects}))
    node = source.choice([node for kind, node in objects if kind == wanted])
    key = source.choice(tuple(node))
    match source.integer(0, 4):
        case 0 | 1:
            node[source.choice(KEYS)] = source.choice((None, True, [], {}, "x", {"type": "Long"}))
        case 2:
            del node[key]
        case 3:
            node[source.choice((*KEYS, key.swapcase(), f"{key} "))] = node.pop(key)
        case _:
            node[key] = source.choice((None, True, 0, [], {}, "", "x", [""], [{}], {"type": "Long"}))


_RESERVED_COMMON = ("Bool", "Boolean", "Entity", "Extension", "Long", "Record", "Set", "String")
_NO_NAMES = ("a-b", "a b", " a", "a ", "1a", "a.b", "A::B", "é", "a\u200b", "", "a//b", "٣", "a'", "a\n")
_DECLARED = {
    "entityTypes": (("Action", "__cedar"), _NO_NAMES, RESERVED, (*_SPECIAL, *WORDS)),
    "commonTypes": (_RESERVED_COMMON, (*_NO_NAMES, "__cedar"), RESERVED, (*_SPECIAL, *WORDS)),
    "actions": (STRANGE, RESERVED, (*_SPECIAL, *WORDS)),
}
"""Names to declare, in groups of one rule each: reserved in that kind of declaration, none, reserved, odd."""


def _break_name(source: Source, schema: Json, drawing: _Drawing) -> None:
    """Declare a name that is taken, reserved, special, or none, or refer to something odd."""
    if source.boolean(0.2):
        schema[source.choice(_ODD_NAMESPACES)] = {"entityTypes": {}, "actions": {}}
        return
    space = source.choice(drawing.spaces)
    part = source.choice(("entityTypes", "commonTypes", "actions"))
    name = source.choice(source.choice(_DECLARED[part]))
    made = {"entityTypes": {}, "actions": {}, "commonTypes": {"type": "Long"}}[part]
    schema[space].setdefault(part, {})[name] = made


def _break_reference(source: Source, schema: Json, drawing: _Drawing) -> None:
    """Let a reference name something else, of this or another kind, or nothing."""
    places = [
        (node, key)
        for _, node in _objects(schema)
        for key in ("type", "name")
        if isinstance(node.get(key), str)
    ]
    name = source.choice(
        (*_SPECIAL, "N::A", "M::A", "N::T", "X", "X::A", "__cedar::X", "__cedar::Long", "__cedar::A")
    )
    if places and source.boolean(0.7):
        node, key = source.choice(places)
        node[key] = drawing.entity(source.choice(drawing.spaces)) if source.boolean(0.3) else name
        return
    space = schema[source.choice(drawing.spaces)]
    match source.integer(0, 3):
        case 0:
            space.setdefault("commonTypes", {})["W"] = {"type": name}
        case 1:
            space["entityTypes"].setdefault("D", {})["memberOfTypes"] = [
                source.choice((name, odd_type(source, 0.5)))
            ]
        case 2:
            group = {
                "id": odd_id(source),
                "type": source.choice(("Action", "N::Action", "A", odd_type(source))),
            }
            space["actions"].setdefault("group", {})["memberOf"] = [group]
        case _:
            space["actions"]["other"] = {"appliesTo": {"principalTypes": [name], "resourceTypes": ["A"]}}


def _break_graph(source: Source, schema: Json, drawing: _Drawing) -> None:
    """Close a cycle, or put an enumerated or external type where it may not be."""
    space = schema[source.choice(drawing.spaces)]
    commons = space.setdefault("commonTypes", {})
    match source.integer(0, 4):
        case 0:
            commons["W"] = source.choice(({"type": "W"}, {"type": "Set", "element": {"type": "W"}}))
        case 1:
            commons["W"], commons["V"] = (
                {"type": "Set", "element": {"type": "V"}},
                {"type": "EntityOrCommon", "name": "W"},
            )
        case 2:
            space["actions"]["x"], space["actions"]["y"] = (
                {"memberOf": [{"id": "y"}]},
                {"memberOf": [{"id": "x"}]},
            )
        case 3:
            above = source.choice(("F", "D"))
            space["entityTypes"] |= {"F": {"enum": ["x"]}, "D": {"memberOfTypes": ["F"]}}
            space["entityTypes"]["G"] = {"external": True, "memberOfTypes": [above]}
        case _:
            space["entityTypes"]["F"] = {
                "enum": source.choice(([], ["x", "x"], ["x"])),
                **source.choice(({}, {"tags": {"type": "Long"}})),
            }


def _break_hiding(source: Source, schema: Json, drawing: _Drawing) -> None:
    """Declare one name twice, in two namespaces or in one, of one kind or of two."""
    declared = {"entityTypes": {}, "actions": {}, "commonTypes": {"type": "Long"}}
    name = source.choice(("A", "T", "Long", "edit"))
    for _ in "12":
        part = source.choice(tuple(declared))
        schema[source.choice(drawing.spaces)].setdefault(part, {})[name] = dict(declared[part])


_REQUIRED = (
    "entityTypes", "actions", "principalTypes", "resourceTypes", "attributes", "element", "name", "type",
    "id",
)  # fmt: skip


def _break_presence(source: Source, schema: Json, _: _Drawing) -> None:
    """Leave out a key that some object has to have."""
    objects = [node for _, node in _objects(schema)]
    key = source.choice([key for key in _REQUIRED if any(key in node for node in objects)])
    del source.choice([node for node in objects if key in node])[key]


_BREAKS: tuple[Callable[[Source, Json, _Drawing], None], ...] = (
    _break_shape, _break_presence, _break_edge, _break_edge, _break_edge, _break_hiding, _break_name,
    _break_name,
    _break_reference, _break_graph, _break_annotations, _break_spelling,
    _break_place,
)  # fmt: skip


def small_schema(source: Source, wrong: float = 0.6) -> Json:
    """Draw a schema, with some probability wrong by one rule; a few of those happen to be right."""
    drawing = _Drawing(source)
    schema = drawing.whole()
    if source.boolean(wrong):
        source.choice(_BREAKS)(source, schema, drawing)
    return schema


def schema_json(source: Source, wrong: float = 0.6) -> str:
    """Draw a schema as JSON text."""
    return json.dumps(small_schema(source, wrong), ensure_ascii=source.boolean())
