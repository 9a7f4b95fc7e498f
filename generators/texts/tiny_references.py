"""Schemas in JSON that are about one reference: what it may mean, from where, and in which position.

Owns the drawing of declarations of one name in several namespaces and of the reference to it.
"""

from __future__ import annotations

from typing import Any

from generators.choice.sources import Source

Json = Any

_SPACES = ("", "Q", "Q::R")
_NAMES = ("A", "A", "A", "A", "ipaddr", "decimal", "Long", "Bool", "Action")
_COMMON_NEVER = ("Long", "Bool")
"""Names that no common type has."""

_LONG: Json = {"type": "Long"}
_GROUPS = ("Action", "Action", "Q::Action", "Q::Action", "Q::R::Action", "Q::R::Action", "R::Action", "A")


def tiny_references(source: Source, *, plain: bool = False) -> Json:
    """Draw declarations and one reference, to a type or to a group of actions.

    A `plain` reference has a form that schema texts have as well.
    """
    spaces: dict[str, Json] = {
        space: {"entityTypes": {}, "actions": {}, "commonTypes": {}} for space in _SPACES
    }
    if source.boolean(0.3):
        _group(source, spaces)
    else:
        _type(source, spaces, plain=plain)
    return {space: body for space, body in spaces.items() if any(body.values())}


def _homes(source: Source) -> list[str]:
    """Draw where the name is declared; the empty namespace and another one together are rarely right."""
    if source.boolean(0.1):
        return [space for space in _SPACES if source.boolean()]
    return [""] if source.boolean(0.35) else [space for space in _SPACES[1:] if source.boolean(0.65)]


def _type(source: Source, spaces: Json, *, plain: bool) -> None:
    name = source.choice(_NAMES)
    for space in _homes(source):
        body = spaces[space]
        if name == "Action":
            body["actions"]["a"] = {}
            continue
        if name in _COMMON_NEVER or source.boolean():
            body["entityTypes"][name] = {"enum": ["x"]} if source.boolean(0.2) else {}
        elif source.boolean(0.2):
            body["entityTypes"][name], body["commonTypes"][name] = {}, _common(source)
        else:
            body["commonTypes"][name] = _common(source)
    spelled = source.choice(
        (name, name, name, f"Q::{name}", f"R::{name}", f"Q::R::{name}", f"__cedar::{name}")
    )
    _put(source, source.choice(tuple(spaces.values())), spelled, plain=plain)


def _common(source: Source) -> Json:
    record = {"type": "Record", "attributes": {"b": _LONG} if source.boolean() else {}}
    return source.choice((_LONG, record, record, {"type": "Set", "element": record}))


def _put(source: Source, body: Json, spelled: str, *, plain: bool) -> None:
    """Refer to a type by its name in one position."""
    forms = ({"type": spelled}, {"type": "EntityOrCommon", "name": spelled})
    if not plain and source.boolean(0.4):
        forms = ({"type": "Entity", "name": spelled}, {"type": "Extension", "name": spelled})
    form = source.choice(forms)
    entity: Json = {}
    applies: Json = {"principalTypes": ["X"], "resourceTypes": ["X"]}
    match source.integer(0, 8):
        case 0:
            entity = {"shape": {"type": "Record", "attributes": {"a": form}}}
        case 1:
            entity = {"shape": {"type": "Record", "attributes": {"a": {"type": "Set", "element": form}}}}
        case 2:
            entity = {"tags": form}
        case 3:
            entity = {"memberOfTypes": [spelled]}
        case 4:
            applies["principalTypes"] = [spelled]
        case 5:
            applies["resourceTypes"] = ["X", spelled]
        case 6 if not plain:
            entity = {"shape": form}
        case 7:
            body["commonTypes"]["W"] = form
            entity = {"tags": {"type": "W"}}
        case _:
            applies["context"] = form
    body["entityTypes"]["X"] = entity
    body["actions"]["x"] = {"appliesTo": applies}


def _group(source: Source, spaces: Json) -> None:
    for space in _homes(source):
        spaces[space]["actions"]["g"] = {"memberOf": [{"id": "h"}]} if source.boolean(0.3) else {}
        if spaces[space]["actions"]["g"] or source.boolean(0.1):
            spaces[space]["actions"]["h"] = {}
    group = {"id": "g"} if source.boolean(0.3) else {"id": "g", "type": source.choice(_GROUPS)}
    home = source.choice(tuple(spaces.values()))
    home["actions"]["g" if source.boolean(0.1) else "x"] = {"memberOf": [group]}
