"""Members at the edge of what policy JSON allows, by the kind of the object that they are put into."""

from __future__ import annotations

from typing import Any

from generators.texts.edge_members import ANNOTATIONS, Edges

Json = Any

KEYS = (
    "staticPolicies", "templates", "templateLinks", "principal", "action", "resource", "conditions",
    "has", "like", "is", "Value", "if-then-else", ".", "entity", "values",
)  # fmt: skip
"""The keys that name a kind of object, as `edge_members.objects_in` takes them."""
_POLICY_EDGES: tuple[Json, ...] = (
    *ANNOTATIONS, *({"effect": one} for one in ("Permit", None, "")), {"conditions": {}},
    {"conditions": None},
    {"id": "x"}, {"annotations": {"a": None, "is": ""}}, {"principal": None}, {"action": {"op": "All"}},
    {"principal": {"op": "in", "slot": "?principal"}}, {"resource": {"op": "==", "slot": "?resource"}},
)  # fmt: skip
_NOTHING: tuple[Json, ...] = (None, {}, [], "", 0, False)
_BESIDE_IS: tuple[Json, ...] = (
    {"more": 1}, {"entity": {"type": "A", "id": "x"}}, {"entities": []}, {"slot": "?principal"},
)  # fmt: skip
"""Members that other operators of a scope have, or none."""

_SCOPE_EDGES: tuple[Json, ...] = (
    *({"op": "is", "entity_type": "A", "in": one} for one in _NOTHING),
    *({"op": one} for one in ("All", "all", "ALL", "==", "in", "is", None)), {"slot": "?principal"},
    {"slot": "?resource"}, {"slot": "principal"}, {"entity": None}, {"entities": []}, {"in": None},
    {"in": {}},
    {"in": {"slot": "?resource"}}, {"in": {"slot": "?principal"}}, {"entity_type": "A ::B"}, {"more": 1},
    *({"op": "is", "entity_type": "A", **more} for more in _BESIDE_IS),
    {"op": "All", "entity": 1},
)  # fmt: skip
_BODIES: tuple[Json, ...] = (
    {"Slot": "?principal"}, {"Slot": "?resource"}, {"Unknown": {"name": "x"}}, {"unknown": [{"Value": "x"}]},
    {"bogus": []}, {"bogus": [{"Value": 0}]}, {"error": []}, {"Var": "?principal"}, {},
)  # fmt: skip
"""Expressions that there are none of, some of them in other places or other formats."""
_PATTERNS: tuple[Json, ...] = (
    None, [], "a", "*", "a*", {}, ["*"], ["Wildcard", "Wildcard"], [{"Literal": ""}], [{"Literal": "ab*"}],
    ["wildcard"], [{"Literal": "a", "more": 1}], [{"Literal": None}],
)  # fmt: skip
EDGES: Edges = {
    "set": ({"staticPolicies": []}, {"templates": None}, {"templateLinks": {}}, {"more": {}}),
    "staticPolicies*": _POLICY_EDGES,
    "templates*": _POLICY_EDGES,
    "principal": _SCOPE_EDGES,
    "resource": _SCOPE_EDGES,
    "action": (
        *({"op": one} for one in ("all", "ALL", "==", "in", "is")), {"op": "==", "entities": []},
        {"op": "==", "entity": None, "entities": [{"type": "Action", "id": "x"}]},
        {"entity": {"type": "A", "id": "x"}},
        {"entity": {"type": "MyAction", "id": "x"}}, {"entities": []}, {"entities": None},
        {"slot": "?action"},
        {"op": "in", "entity": {"type": "Action", "id": "x"}, "entities": []}, {"more": 1},
    ),
    "conditions": (
        *({"body": one} for one in _BODIES), {"kind": "When"}, {"kind": None}, {"body": None}, {"more": 1},
    ),
    "templateLinks": ({"newId": None}, {"templateId": 1}, {"values": None}, {"values": {}}, {"more": 1}),
    "has": (*({"attr": one} for one in ([], [""], ["a", "if"], [1], None, ["a", 1])), {"more": 1}),
    "like": (
        *({"pattern": one} for one in _PATTERNS), {"more": 1},
    ),
    "is": (*({"in": one} for one in _NOTHING), {"entity_type": ""}, {"more": 1}),
    "if-then-else": ({"more": 1},),
    ".": ({"attr": ""}, {"attr": None}, {"more": 1}),
    "Value": (
        {"__expr": "x"}, {"__entity": {"type": "A"}}, {"__extn": {"fn": "ip"}}, {"a": None}, {"a": 1.5},
        {"a": 2**63}, {"__extn": {"fn": "ip", "arg": "::1", "args": []}},
    ),
    "entity": (
        {"type": "A ::B"}, {"id": None}, {"more": 1}, {"__entity": {"type": "B", "id": "x"}}, {"__expr": "x"},
    ),
}  # fmt: skip
"""Members by the kind of an object: wrong, or just right."""
