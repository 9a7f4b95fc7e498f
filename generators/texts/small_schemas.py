"""Small schemas in JSON, right or wrong by one rule.

Owns the ways to break one rule.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from generators.choice.sources import Source
from generators.texts.edge_members import annotate, misplace, objects_in, put_edge
from generators.texts.json_faults import faulty_json
from generators.texts.misspelled import misspell
from generators.texts.odd_ids import RESERVED, STRANGE, WORDS, odd_id, odd_type
from generators.texts.schema_drawings import Drawing
from generators.texts.schema_members import EDGES, KEYS, MEMBERS, MEMBERS_OF
from generators.texts.tiny_references import tiny_references

Json = Any

_ODD_NAMESPACES = (
    "__cedar", "__cedar::A", "A::__cedar", "A::__cedar::B", "A::in", "A::", "A::::B", "A :: B", "", "Action",
    "A::Action", "é",
)  # fmt: skip
_SPECIAL = (
    "Long", "String", "Bool", "Boolean", "Set", "Record", "Entity", "Extension", "EntityOrCommon",
    "decimal", "ipaddr", "datetime", "Action", "__cedar", "type", "tags", "in", "T", "A", "principal", "é",
    "a b", "",
)  # fmt: skip


def _objects(node: Json) -> list[tuple[str, Json]]:
    return objects_in(node, set(KEYS) - {""}, "schema")  # "" is a namespace too


def _break_edge(source: Source, schema: Json, _: Drawing) -> None:
    """Put a member at the edge of what the format allows into one object."""
    put_edge(source, _objects(schema), EDGES)


def _break_annotations(source: Source, schema: Json, _: Drawing) -> None:
    """Put annotations where they may stand, or where they may not."""
    annotate(source, _objects(schema))


def _break_place(source: Source, schema: Json, _: Drawing) -> None:
    """Put a member where it has no meaning, or where it may be left out."""
    misplace(source, _objects(schema), MEMBERS)


def _break_spelling(source: Source, schema: Json, _: Drawing) -> None:
    """Spell a name as no name of the format is spelled, or as that of something else."""
    misspell(source, _objects(schema))


def _break_shape(source: Source, schema: Json, _: Drawing) -> None:
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


def _break_name(source: Source, schema: Json, drawing: Drawing) -> None:
    """Declare a name that is taken, reserved, special, or none, or refer to something odd."""
    if source.boolean(0.2):
        schema[source.choice(_ODD_NAMESPACES)] = {"entityTypes": {}, "actions": {}}
        return
    space = source.choice(drawing.spaces)
    part = source.choice(("entityTypes", "commonTypes", "actions"))
    name = source.choice(source.choice(_DECLARED[part]))
    made = {"entityTypes": {}, "actions": {}, "commonTypes": {"type": "Long"}}[part]
    schema[space].setdefault(part, {})[name] = made


def _break_reference(source: Source, schema: Json, drawing: Drawing) -> None:
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
                "id": source.choice((odd_id(source), *space["actions"])),
                "type": source.choice(("Action", "N::Action", "M::Action", "A", odd_type(source))),
            }
            space["actions"].setdefault("group", {})["memberOf"] = [group]
        case _:
            space["actions"]["other"] = {"appliesTo": {"principalTypes": [name], "resourceTypes": ["A"]}}


def _break_graph(source: Source, schema: Json, drawing: Drawing) -> None:
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


def _break_hiding(source: Source, schema: Json, drawing: Drawing) -> None:
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


def _break_presence(source: Source, schema: Json, _: Drawing) -> None:
    """Leave out a key that some object has to have; for an id that is missing there may be an empty one."""
    objects = [node for _, node in _objects(schema)]
    key = source.choice([key for key in _REQUIRED if any(key in node for node in objects)])
    del source.choice([node for node in objects if key in node])[key]
    if key == "id":
        for space in schema.values():
            space.setdefault("actions", {}).setdefault("", {})


_NOTHING: tuple[Json, ...] = (None, None, None, False, 0, "", [], {})


def _break_nothing(source: Source, schema: Json, _: Drawing) -> None:
    """Give a member the value of nothing, each kind of object with the same chance."""
    objects = [(kind, node) for kind, node in _objects(schema) if kind in MEMBERS_OF]
    if objects:
        kind = source.choice(sorted({kind for kind, _ in objects}))
        node = source.choice([node for one, node in objects if one == kind])
        node[source.choice(MEMBERS_OF[kind])] = source.choice(_NOTHING)


_NAMES = {
    "memberOf": ("id", "type"),
    **dict.fromkeys(("attributes*", "commonTypes*", "shape", "context", "tags", "element"), ("name", "type")),
}
"""The members that are names, by the kind of object."""


def _break_empty(source: Source, schema: Json, _: Drawing) -> None:
    """Put nothing in the place of a name or of an element of a list, each kind of place alike."""
    places: dict[tuple[str, str], list[tuple[Json, Any]]] = {}
    for kind, node in _objects(schema):
        for key in _NAMES.get(kind, ()):
            places.setdefault((kind, key), []).append((node, key))
        for key, value in node.items():
            if isinstance(value, list):
                places.setdefault((kind, key), []).append((value, slice(0, source.integer(0, 1))))
    if places:
        holder, place = source.choice(places[source.choice(sorted(places))])
        nothing = source.choice(("", "", None))
        holder[place] = [nothing] if isinstance(place, slice) else nothing


def _break_group(source: Source, schema: Json, drawing: Drawing) -> None:
    """Put a member at the edge into a reference to a group that is right otherwise."""
    actions = schema[source.choice(drawing.spaces)]["actions"]
    group = {"id": source.choice(tuple(actions)), **source.choice(EDGES["memberOf"])}
    actions["grouped"] = {"memberOf": [group]}


def _break_flag(source: Source, schema: Json, _: Drawing) -> None:
    """Declare a thing twice, under two names, of which one has a number in the place of a flag."""
    owners = [(kind, node) for kind, node in _objects(schema) if kind in ("attributes", "entityTypes")]
    kind, owner = source.choice(owners)
    flag = source.boolean()
    number = source.choice((int(flag), int(flag), float(flag)))
    key, made = ("external", {}) if kind == "entityTypes" else ("required", {"type": "Long"})
    first, second = (flag, number) if source.boolean(0.7) else (number, flag)
    owner |= {"G": {**made, key: first}, "H": {**made, key: second}}


_BREAKS: tuple[Callable[[Source, Json, Drawing], None], ...] = (
    _break_shape, _break_presence, _break_edge, _break_edge, _break_edge, _break_hiding, _break_name,
    _break_name,
    _break_reference, _break_graph, _break_annotations, _break_spelling,
    _break_place, _break_nothing, _break_nothing, _break_empty, _break_flag, _break_group,
)  # fmt: skip


def small_schema(source: Source, wrong: float = 0.6, *, by_name: bool = True, small: float = 0.3) -> Json:
    """Draw a schema, with some probability wrong by one rule; a few of those happen to be right.

    A wrong one has one of most things, with probability `small`. `by_name` says whether a shape may be the
    name of a record, which no schema text has.
    """
    is_wrong = source.boolean(wrong)
    drawing = Drawing(source, by_name=by_name, small=is_wrong and source.boolean(small))
    schema = drawing.whole()
    if is_wrong:
        source.choice(_BREAKS)(source, schema, drawing)
    return schema


REFERENCES = 0.25
"""Probability of a document that is about one reference, right or wrong."""

FAULTY = 0.1
"""Probability of a text that may be JSON no more."""


def schema_json(source: Source, wrong: float = 0.6, *, small: float = 0.3) -> str:
    """Draw a schema as JSON text; some are about one reference."""
    if source.boolean(REFERENCES):
        return json.dumps(tiny_references(source))
    if source.boolean(FAULTY):
        return faulty_json(source, json.dumps(small_schema(source, 0.3, small=small)))
    return json.dumps(small_schema(source, wrong, small=small), ensure_ascii=source.boolean())
