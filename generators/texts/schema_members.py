"""The keys of the JSON format of schemas (spec 07 §3), and members at the edge of what it allows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generators.texts.edge_members import Edges

Json = Any

KEYS = (
    "entityTypes", "actions", "commonTypes", "annotations", "memberOfTypes", "memberOf", "shape",
    "tags", "enum", "external",
    "appliesTo", "principalTypes", "resourceTypes", "context", "type", "name", "element", "attributes",
    "required", "id",
    "additionalAttributes", "Type", "Required", "doc", "", "tag", "applies_to", "principals",
)  # fmt: skip
"""The keys of the format, and some that nearly are."""

_LONG = {"type": "Long"}
_TYPE_EDGES: tuple[Json, ...] = (
    *({"additionalAttributes": one} for one in (True, False, None)),
    {"type": "Extension", "name": "ip"}, {"type": "Extension"}, {"type": "Entity"}, {"type": "Set"},
    {"type": "Record"}, {"attributes": None}, {"element": None}, {"type": "EntityOrCommon"}, {"name": "A"},
    {"type": "Set", "element": _LONG}, {"type": "long"}, {"type": None},
)  # fmt: skip
_FLAGS: tuple[Json, ...] = (None, True, False, "true", 0, 1, [])
EDGES: Edges = {
    "schema*": (
        {"entityTypes": None}, {"actions": None}, {"commonTypes": None}, {"commonTypes": {}},
        {"external": True},
    ),
    "entityTypes*": (
        *({"enum": one} for one in (None, [], ["x"], ["x", "x"], [1], "x")),
        *({"external": flag} for flag in _FLAGS),
        {"shape": None}, {"tags": None},
        {"memberOfTypes": None}, {"memberOfTypes": []}, {"shape": _LONG}, {"shape": {"type": "T"}},
        *({"enum": ["x"], more: one} for more, one in (
            ("memberOfTypes", []), ("shape", {"type": "Record", "attributes": {}}), ("tags", _LONG),
            ("external", True), ("external", False), ("annotations", {"a": "b"}),
        )),
    ),
    "actions*": (
        {"attributes": None}, {"attributes": {}}, {"attributes": {"a": 1}},
        {"appliesTo": None}, {"appliesTo": {}}, {"memberOf": None}, {"memberOf": []},
        {"memberOf": [{"id": "none"}]}, {"memberOf": [{"id": "edit", "type": None}]},
        {"memberOf": [{"id": "edit", "type": "N::Action"}]}, {"memberOf": [{"type": "Action"}]},
        {"external": True}, {"external": False}, {"external": None}, {"external": "true"}, {"external": 1},
    ),
    "memberOf": ({"more": 1}, {"type": None}, {"type": "Action"}, {"id": None}, {"annotations": {}}),
    "appliesTo": (
        {"context": None}, {"context": _LONG}, {"context": {"type": "T"}}, {"context": {"type": "Record"}},
        {"principalTypes": None}, {"principalTypes": []}, {"resourceTypes": []},
        {"resourceTypes": ["Action"]},
    ),
    "attributes*": (*_TYPE_EDGES, *({"required": one} for one in (True, False, None, 0, "false"))),
    "commonTypes*": (*_TYPE_EDGES, {"required": True}),
    **dict.fromkeys(("shape", "context", "tags", "element"), (*_TYPE_EDGES, {"required": True})),
}  # fmt: skip


_RECORD = {"type": "Record", "attributes": {}}
MEMBERS = {
    "required": True, "annotations": {"doc": "x"}, "memberOfTypes": [], "memberOf": [], "tags": _LONG,
    "shape": _RECORD, "enum": ["x"], "external": False, "context": _RECORD, "element": _LONG,
    "attributes": {}, "name": "Long", "id": "x", "additionalAttributes": False, "commonTypes": {},
    "appliesTo": {"principalTypes": [], "resourceTypes": []}, "principalTypes": [], "type": "Long",
    "more": 1,
}  # fmt: skip
"""Every key of the format with a value that is right where the key is, and one that no object has."""

_OF_TYPE = ("annotations", "required", "additionalAttributes", "attributes", "element", "name", "type")
MEMBERS_OF: Mapping[str, tuple[str, ...]] = {
    "schema*": ("commonTypes", "annotations", "entityTypes", "actions"),
    "entityTypes*": ("tags", "shape", "memberOfTypes", "enum", "external", "annotations"),
    "actions*": ("appliesTo", "memberOf", "attributes", "external", "annotations"),
    "appliesTo": ("context", "principalTypes", "resourceTypes"),
    "memberOf": ("type", "id"),
    **dict.fromkeys(("attributes*", "commonTypes*", "shape", "context", "element"), _OF_TYPE),
}
"""The members of each kind of object, those that it may lack first."""
