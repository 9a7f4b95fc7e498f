"""Values of the attributes of small stores with the escapes that a schema makes needless (spec 05 §2).

An engine that reads no values by their types refuses every document that has one, whatever else is at issue.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Json = Any

_ENTITIES = ("boss", "lead", "act", "color", "colors", "users", "team", "teams", "of")
_FUNCTIONS = {"ip": "ip", "when": "datetime", "cost": "decimal", "span": "duration"}


def spelled_out(members: Mapping[str, Json]) -> Json:
    """Return attributes, or a context, with every value of a known name in its escape."""
    return {name: _value(name, value) for name, value in members.items()}


def spelled_entity(entity: Json) -> Json:
    """Return an entity with its attributes and tags spelled out, whatever else is wrong about it."""
    if not isinstance(entity, dict):
        return entity
    spelled = dict(entity)
    for part, name in (("attrs", None), ("tags", "colors")):
        members = entity.get(part)
        if isinstance(members, dict):
            spelled[part] = {key: _value(name or key, value) for key, value in members.items()}
    return spelled


def _value(name: str, value: Json) -> Json:
    function = _FUNCTIONS.get(name)
    match value:
        case str() if function:
            return {"__extn": {"fn": function, "arg": value}}
        case {"fn": _, "arg": _} | {"fn": _, "args": _} if function:
            return {"__extn": value}
        case {"type": _, "id": _} if name in _ENTITIES:
            return {"__entity": value}
        case [*elements] if name in _ENTITIES:
            return [_value(name, element) for element in elements]
        case {"of": _}:
            return spelled_out(value)
    return value
