"""Names of the members, keys and values of JSON documents, as authors of readers know them."""

from __future__ import annotations

import re
from typing import Any

from drt.diagnosis.construct import NAMED_WORDS
from drt.diagnosis.places import MEMBERS, NAMING, Path, place_name
from drt.reduce.documents import write
from drt.scan.vocabulary import CONSTRUCTORS, METHODS

SHOWN = 60
IDENTIFIER = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*", re.ASCII)
ESCAPES = ("__extn", "__entity")
UID = {"type": "a", "id": "a"}

PLAINEST: dict[str, Any] = {
    "conditions": [], "attrs": {}, "parents": [], "attributes": {}, "principalTypes": [], "resourceTypes": [],
    "templates": {}, "templateLinks": [], "entityTypes": {}, "actions": {}, "entity": UID, "entities": [],
}  # fmt: skip
"""Members that a format may demand, each with the plainest value."""

DEMANDED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("effect", ("conditions",)),
    ("uid", ("attrs",)),
    ("uid", ("parents",)),
    ("type", ("attributes",)),
    ("appliesTo", ("principalTypes",)),
    ("appliesTo", ("resourceTypes",)),
    ("appliesTo", ("principalTypes", "resourceTypes")),
    ("staticPolicies", ("templates",)),
    ("staticPolicies", ("templateLinks",)),
    ("staticPolicies", ("templates", "templateLinks")),
    ("entityTypes", ("actions",)),
    ("actions", ("entityTypes",)),
    ("op", ("entity",)),
    ("op", ("entities",)),
)
"""What an object may lack, alone or together, by a member that it has or by its own key."""

MAY_BE_ABSENT = ("external", "additionalAttributes")
"""Members that may be left out whatever their value."""

REPLACED: dict[str, str] = {"attrs": "an attribute", "tags": "a tag", "Record": "a field of a record"} | {
    "attributes": "an attribute", "staticPolicies": "a policy id", "templates": "a policy id",
    "annotations": "an annotation", "entityTypes": "an entity type", "actions": "an action",
    "commonTypes": "a common type",
}  # fmt: skip
"""What the keys name under a member whose keys are the user's."""


def is_known(key: str) -> bool:
    """Whether a key is a word of the formats."""
    return key in MEMBERS or key in PLAINEST or key in NAMED_WORDS or key in FORMAT


def name_kind(name: str) -> str:
    """Name a name by what is wrong with it."""
    if name in NAMED_WORDS or name.startswith("__"):
        return f"the name `{name}`"
    if not name:
        return "an empty name"
    if IDENTIFIER.fullmatch(name):
        return "a name that is not declared"
    return "a name with `::`" if "::" in name else "a text that is no identifier"


def is_escape(path: Path, key: str, value: dict[str, Any]) -> bool:
    """Whether a member belongs to an escape, which is a value as a whole."""
    inside = bool(path) and path[-1] in ESCAPES and key in ("fn", "arg", "args", "type", "id")
    return inside or (key in ESCAPES and len(value) == 1)


def is_record(path: Path) -> bool:
    """Whether the object at a path is the context of a request or a value in it or in an entity."""
    inside = path[:1] == ("context",) or path[1:2] in [("attrs",), ("tags",)]
    return inside and not any(escape in path for escape in ESCAPES)


def is_whole_escape(path: Path, value: dict[str, Any]) -> bool:
    """Whether the object at a path is an escape; attributes and tags of an entity are a record, though."""
    of_entity = len(path) == 2 and isinstance(path[0], int)
    return len(value) == 1 and not of_entity and any(escape in value for escape in ESCAPES)


FORMAT = frozenset(
    [
        *("slot", "op", "additionalAttributes", "required", "external", "arg", "args", "fn", "kind", "body"),
        *("entity_type", "left", "right", "attr", "attributes", "id", "annotations", "namespace"),
        *("principalTypes", "resourceTypes"),
    ]
)
"""Further words of the formats."""


def holder_name(path: Path) -> str:
    """Name the object at a path by what it is."""
    if not path:
        return "the document"
    last = path[-1]
    if len(path) >= 2 and path[-2] in REPLACED and path[-2] in NAMING:
        return REPLACED[str(path[-2])].replace("a policy id", "a policy")
    if isinstance(last, int):
        return "an entity" if len(path) == 1 else f"an element of {value_place(path[:-1], None)}"
    if last in ESCAPES:
        return f"`{last}`"
    if last in ("principal", "action", "resource", "in"):
        return "a scope"
    return value_place(path, None)


def value_place(path: Path, value: Any) -> str:
    """Name what stands at a path: an escape by what it calls, any other value by its place."""
    if isinstance(value, dict) and "__extn" in value:
        return _call_name(value["__extn"])
    named = place_name(path, value)
    return named if named != "the document" or not path else f"`{path[-1]}`"


def _call_name(call: Any) -> str:
    """Name what an `__extn` escape calls, and how its arguments are given."""
    if not isinstance(call, dict):
        return "`__extn` that is no object"
    function = call.get("fn")
    if not isinstance(function, str):
        return "a function without a name in `__extn`"
    if function in METHODS:
        return "a method in `__extn`"
    if function not in CONSTRUCTORS:
        return "an unknown function in `__extn`"
    if "args" in call:
        return "a function with `args` in `__extn`"
    return (
        f"`{function}` in `__extn`"
        if isinstance(call.get("arg"), str)
        else "a function of no text in `__extn`"
    )


def inside_escape(path: Path) -> bool:
    """Whether a path leads into an extension value, which is a value as a whole."""
    return "__extn" in path


def json_kind(value: Any) -> str | None:
    """Name the kind of a JSON value; None for an object."""
    if value is None:
        return "null"
    kinds = {bool: "a boolean", int: "a number", float: "a number with a fraction", str: "a string"}
    return kinds.get(type(value)) or ("an array" if isinstance(value, list) else None)


def is_ordinary(value: Any) -> bool:
    """Whether a scalar is one that some attribute may have: a text, a boolean or a number of 64 bits."""
    return isinstance(value, str | bool) or (isinstance(value, int) and -(2**63) <= value < 2**63)


def shown(value: Any) -> str:
    """Write a value in one short line."""
    return write(value)[:SHOWN]
