"""Policy sets as JSON, with trees that no text has: odd arities, names, paths, patterns, scopes and links.

Owns documents that are drawn as JSON, some wrong in one place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from generators.choice.sources import Source
from generators.language import LANGUAGE
from generators.texts.literal_forms import literal_text
from generators.texts.odd_ids import VARIABLES, odd_attribute, odd_id, odd_text, odd_type

Json = Any

_UNARY = ("!", "neg", "isEmpty")
_BINARY = (
    "==", "!=", "<", "<=", ">", ">=", "in", "&&", "||", "+", "-", "*", "contains", "containsAll",
    "containsAny",
    "getTag", "hasTag",
)  # fmt: skip
_SUMS = ("+", "-")
_FUNCTIONS = tuple(sorted({row.name for row in LANGUAGE if row.extension}))
_LONGS = (0, 1, -1, 5, 2**63 - 1, -(2**63))
_ODD_VALUES: tuple[Json, ...] = (
    None,
    1.5,
    2**63,
    -(2**63) - 1,
    {"__expr": "x"},
    {},
)
_COMPANIONS: tuple[Json, ...] = (
    None, 1, "x", [], {}, {"type": "A"}, {"id": "x"}, {"type": "A", "id": 1}, {"type": "A", "id": "x"},
    {"type": "A", "id": "x", "more": 1}, {"type": "", "id": ""}, {"fn": "ip"}, {"fn": "ip", "arg": 1},
    {"fn": "none", "arg": "x"}, {"fn": "ip", "arg": "::1"}, {"fn": "ip", "arg": "::1", "more": 1},
    {"fn": "ip", "args": ["::1"]},
)  # fmt: skip
"""What stands beside the key of an escape, in few places as it should."""
_ALL = ("All",) * 9 + ("all",)
_LENGTHS = (0, 0, 0, 1, 2, 3)
"""How many names a path of `has` has, as an array; none for a name that stands alone."""

_FLAWED = 0.012
"""The probability that one node is wrong."""


def uid(source: Source) -> Json:
    """Draw an entity."""
    return {"type": odd_type(source, 0.02), "id": odd_id(source)}


def action_uid(source: Source) -> Json:
    """Draw an action, or now and then something like one."""
    broken = source.boolean(0.06)
    return {
        "type": source.choice(("A", "action", "Action::B") if broken else ("Action", "A::Action")),
        "id": odd_id(source),
    }


def value(source: Source, depth: int = 1) -> Json:
    """Draw a literal in the form of values."""
    match source.integer(0, 7 if depth else 4):
        case 0:
            return source.boolean()
        case 1:
            return source.choice(_LONGS)
        case 2:
            return odd_text(source)
        case 3:
            return {"__entity": uid(source)}
        case 4:
            return source.choice(_ODD_VALUES) if source.boolean(0.15) else 7
        case 5:
            return [value(source, depth - 1) for _ in range(source.integer(0, 2))]
        case 6 if source.boolean(0.25):
            more = {"a": 1} if source.boolean(0.2) else {}
            return {source.choice(("__entity", "__extn", "__expr")): source.choice(_COMPANIONS), **more}
        case 6:
            return {odd_id(source): value(source, depth - 1) for _ in range(source.integer(0, 2))}
        case _:
            name = source.choice(("decimal", "ip", "datetime", "duration"))
            return {"__extn": {"fn": name, "arg": literal_text(source, name, 0.2)}}


def tree(source: Source, depth: int) -> Json:
    """Draw an expression."""
    found = _tree(source, depth)
    if not source.boolean(_FLAWED):
        return found
    match source.integer(0, 3):
        case 0:
            return {**found, "Var": "context"}
        case 1:
            return {next(iter(found)): None}
        case 2:
            return {source.choice(("Slot", "Unknown", "unknown", "var", "value", "error")): "?principal"}
        case _:
            ((key, body),) = found.items()
            return {key: {**body, "extra": 1} if isinstance(body, dict) else [body]}


def _tree(source: Source, depth: int) -> Json:
    if depth == 0 or source.boolean(0.1):
        if source.boolean(0.3):
            return {"Var": source.choice(VARIABLES)}
        return {"Value": value(source)}

    def inner() -> Json:
        return tree(source, depth - 1)

    match source.integer(0, 11):
        case 0 | 1:
            operator = source.choice(_UNARY)
            is_chain = source.boolean(0.25)
            bare = {"Value": source.choice((5, -5, *_LONGS))}
            operand = bare if source.boolean(0.6 if is_chain else 0.25) else inner()
            for _ in range(source.integer(2, 6) if is_chain else 1):
                operand = {operator: {"arg": operand}}
            return operand
        case 2 | 3 | 4:
            return _binary(source, inner)
        case 5:
            return {".": {"left": inner(), "attr": odd_attribute(source)}}
        case 6:
            path = [odd_attribute(source) for _ in range(source.choice(_LENGTHS))]
            return {"has": {"left": inner(), "attr": path or odd_attribute(source)}}
        case 7:
            within = {"in": None if source.boolean(0.1) else inner()} if source.boolean() else {}
            return {"is": {"left": inner(), "entity_type": odd_type(source, 0.04), **within}}
        case 8:
            return {
                "like": {"left": inner(), "pattern": [_element(source) for _ in range(source.integer(0, 3))]}
            }
        case 9:
            return {"if-then-else": {"if": inner(), "then": inner(), "else": inner()}}
        case 10:
            if source.boolean():
                return {"Set": [inner() for _ in range(source.integer(0, 2))]}
            return {"Record": {odd_attribute(source): inner() for _ in range(source.integer(0, 2))}}
        case _:
            return {source.choice(_FUNCTIONS): [inner() for _ in range(source.integer(0, 3))]}


def _binary(source: Source, inner: Callable[[], Json]) -> Json:
    """Draw a binary form, now and then with one that binds as tightly on its right."""
    operator = source.choice(_BINARY)
    if not source.boolean(0.25):
        return {operator: {"left": inner(), "right": inner()}}
    if source.boolean(0.6):
        operator = source.choice(_SUMS)
    other = source.choice(_SUMS) if operator in _SUMS else operator
    return {operator: {"left": inner(), "right": {other: {"left": inner(), "right": inner()}}}}


def _element(source: Source) -> Json:
    if source.boolean(0.4):
        return "Wildcard"
    text = odd_text(source)
    return {"Literal": text if source.boolean(0.4) else text[:1]}


def _target(source: Source, variable: str, template: bool) -> Json:
    other = "?resource" if variable == "principal" else "?principal"
    slot = {"slot": other if source.boolean(0.15) else f"?{variable}"}
    beside = source.boolean(0.02)
    if template:
        return {**slot, "entity": source.choice((uid(source), {}, None, 0, ""))} if beside else slot
    return {"entity": uid(source), **(slot if beside else {})}


def scope(source: Source, variable: str, template: bool) -> Json:
    """Draw the scope of a principal or resource."""
    match source.integer(1 if template else 0, 3):
        case 0:
            return {"op": source.choice(_ALL)}
        case 1:
            return {"op": "==", **_target(source, variable, template)}
        case 2:
            return {"op": "in", **_target(source, variable, template)}
        case _:
            nothing = {"in": None} if source.boolean(0.3) else {}
            within = {"in": _target(source, variable, template)} if template or source.boolean() else nothing
            return {"op": "is", "entity_type": odd_type(source, 0.04), **within}


def action_scope(source: Source) -> Json:
    """Draw the scope of an action."""
    match source.integer(0, 3):
        case 0:
            return {"op": source.choice(_ALL)}
        case 1:
            return {"op": "==", "entity": action_uid(source)}
        case 2:
            return {"op": "in", "entity": action_uid(source)}
        case _:
            return {"op": "in", "entities": [action_uid(source) for _ in range(source.integer(0, 3))]}


def policy(source: Source, template: bool = False) -> Json:
    """Draw a policy, which rarely has a slot, or a template, which has at least one."""
    which = source.integer(1, 3) if template or source.boolean(0.03) else 0
    made = {
        "effect": source.choice(("permit", "forbid")),
        "principal": scope(source, "principal", bool(which & 1)),
        "action": action_scope(source),
        "resource": scope(source, "resource", bool(which & 2)),
        "conditions": [
            {"kind": source.choice(("when", "unless")), "body": tree(source, source.integer(0, 3))}
            for _ in range(source.integer(1, 3))
        ],
    }
    if source.boolean(0.3):
        keys = [
            source.choice(("id", "a", "is", "if", "permit")) if source.boolean(0.8) else odd_id(source)
            for _ in "12"
        ]
        made["annotations"] = {key: source.choice(("", "x", odd_id(source), None)) for key in keys}
    return made
