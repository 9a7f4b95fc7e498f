"""Policy sets as JSON, with trees that no text has: odd arities, names, paths, patterns, scopes and links.

Owns documents that are drawn as JSON, some wrong in one place.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from generators.choice.sources import Source
from generators.language import LANGUAGE
from generators.texts.edge_members import draw_edge, objects_in, put_member, put_other_kind
from generators.texts.json_faults import faulty_json
from generators.texts.literal_forms import literal_text
from generators.texts.odd_ids import VARIABLES, odd_attribute, odd_id, odd_text, odd_type
from generators.texts.policy_edges import EDGES, KEYS

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
_TEMPLATE = 0.35
"""The probability of a template; an engine without templates reads nothing of a set that has one."""

_ALL = ("All",) * 9 + ("all",)
_LENGTHS = (0, 0, 0, 1, 2, 3)
"""How many names a path of `has` has, as an array; none for a name that stands alone."""

_FLAWED = 0.012
"""The probability that one node is wrong."""


def uid(source: Source) -> Json:
    """Draw an entity."""
    return {"type": odd_type(source, 0.02), "id": odd_id(source)}


def _action(source: Source) -> Json:
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
            operand = {"Value": source.choice((5, *_LONGS))} if source.boolean(0.25) else inner()
            for _ in range(source.integer(2, 6) if source.boolean(0.15) else 1):
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


def _scope(source: Source, variable: str, template: bool) -> Json:
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


def _action_scope(source: Source) -> Json:
    match source.integer(0, 3):
        case 0:
            return {"op": source.choice(_ALL)}
        case 1:
            return {"op": "==", "entity": _action(source)}
        case 2:
            return {"op": "in", "entity": _action(source)}
        case _:
            return {"op": "in", "entities": [_action(source) for _ in range(source.integer(0, 3))]}


def policy(source: Source, template: bool = False) -> Json:
    """Draw a policy, which rarely has a slot, or a template, which has at least one."""
    which = source.integer(1, 3) if template or source.boolean(0.03) else 0
    made = {
        "effect": source.choice(("permit", "forbid")),
        "principal": _scope(source, "principal", bool(which & 1)),
        "action": _action_scope(source),
        "resource": _scope(source, "resource", bool(which & 2)),
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


def _small_set(source: Source) -> Json:
    """Draw one policy or template, of which most parts are the simplest, with a link."""
    template = source.boolean(0.3)
    which = source.integer(1, 3) if template else 0
    made = {
        "effect": "permit",
        "principal": _scope(source, "principal", bool(which & 1)),
        "action": _action_scope(source),
        "resource": _scope(source, "resource", bool(which & 2)),
        "conditions": [{"kind": "when", "body": tree(source, source.integer(1, 2))}],
    }
    if source.boolean():
        made["annotations"] = {"a": "x"}
    templates = {"t": made} if template else {}
    links = [_link(source, {}, templates)] if template else []
    return {"staticPolicies": {} if template else {"p": made}, "templates": templates, "templateLinks": links}


SMALL = 0.6
"""The probability that a document is small, which leaves time for more of them."""


def policy_set(source: Source, wrong: float = 0.4) -> str:
    """Draw a policy set with templates and links; with some probability a small one, odd in one member."""
    odd = source.boolean(wrong)
    if odd and source.boolean(SMALL):
        whole = _small_set(source)
        if source.boolean(0.15):
            return faulty_json(source, json.dumps(whole))
        if source.boolean():
            put_other_kind(source, objects_in(whole, KEYS, "set"))
        else:
            source.choice(_FLAWS)(source, whole)
        return json.dumps(whole).replace(_AGAIN, "")
    statics = {odd_id(source): policy(source) for _ in range(source.integer(0, 1 if odd else 3))}
    has_template = source.boolean(0.25 if odd else _TEMPLATE)
    templates = {odd_id(source): policy(source, template=True)} if has_template else {}
    links = [_link(source, statics, templates) for _ in range(source.integer(0, 2)) if templates]
    if links and source.boolean(0.1):
        links.append({**links[0], "templateId": source.choice((links[0]["templateId"], *statics))})
    whole = {"staticPolicies": statics, "templates": templates, "templateLinks": links}
    if odd:
        source.choice(_FLAWS)(source, whole)
    return json.dumps(whole, ensure_ascii=source.boolean()).replace(_AGAIN, "")


def _put_edge(source: Source, whole: Json) -> None:
    """Put a member at the edge into an object of some kind."""
    kind, edge = draw_edge(source, EDGES)
    put_member(source, _objects(source, whole, kind), edge)


def _leave_out(source: Source, whole: Json) -> None:
    """Leave a member of an object of some kind out, which may be the whole document."""
    nodes = [node for node in _objects(source, whole, source.choice(tuple(_HOLDERS.values()))) if node]
    if nodes:
        node = source.choice(nodes)
        del node[source.choice(list(node))]


_AGAIN = "<again>"
"""Marks a key that is to be another one's, for which there is no place in a dictionary."""
_HOLDERS = {kind: kind for kind in EDGES} | {
    "staticPolicies": "staticPolicies*", "templates": "templates*", "values": "templateLinks",
}  # fmt: skip
"""The kinds of objects in which a key comes twice, and what has to be there for them to be there."""


def _repeat_key(source: Source, whole: Json) -> None:
    """Give an object of some kind a key again, with the same value or another one of it, if it has one."""
    kind = source.choice(tuple(_HOLDERS))
    _objects(source, whole, _HOLDERS[kind])
    nodes = [node for node in _found(whole, kind) if node]
    if nodes:
        node = source.choice(nodes)
        key = source.choice(list(node))
        node[f"{key}{_AGAIN}"] = node[source.choice((key, *node))]


_FLAWS: tuple[Callable[[Source, Json], None], ...] = (
    *(_put_edge,) * 5, *(_leave_out,) * 3, _repeat_key,
)  # fmt: skip


_LEFT: Json = {"Var": "context"}
_SAMPLES: dict[str, Json] = {
    "has": {"left": _LEFT, "attr": "a"},
    "like": {"left": _LEFT, "pattern": ["Wildcard"]},
    "is": {"left": _LEFT, "entity_type": "A"},
    "if-then-else": {"if": _LEFT, "then": _LEFT, "else": _LEFT},
    ".": {"left": _LEFT, "attr": "a"},
    "Value": {"a": 1},
}


def _objects(source: Source, whole: Json, kind: str) -> list[Json]:
    """Return the objects of a kind in a policy set, to which one is added if there is none."""
    if not (found := _found(whole, kind)):
        made = policy(source, template=kind in ("templates*", "templateLinks"))
        if kind in _SAMPLES:
            made["conditions"][0]["body"] = {kind: json.loads(json.dumps(_SAMPLES[kind]))}
        elif kind == "entity":
            made["action"] = {"op": "==", "entity": _action(source)}
        statics, templates = (whole.setdefault(part, {}) for part in ("staticPolicies", "templates"))
        if kind == "templateLinks":
            whole.setdefault(kind, []).append(_link(source, statics, {"added": made}))
        (templates if kind.startswith("template") else statics)["added"] = made
        found = _found(whole, kind)
    return found


def _found(whole: Json, kind: str) -> list[Json]:
    return [node for each, node in objects_in(whole, KEYS, "set") if each == kind]


def _link(source: Source, statics: Json, templates: Json) -> Json:
    template = next(iter(templates))
    slots = [slot for slot in ("?principal", "?resource") if f'"{slot}"' in json.dumps(templates[template])]
    values = {slot: uid(source) for slot in slots}
    new = f"link {odd_id(source)}"
    match source.integer(0, 11):
        case 0:
            values.popitem()
        case 1:
            values[source.choice(("?principal", "?resource", "?x"))] = uid(source)
        case 2:
            new = source.choice((template, *statics))
        case 3:
            new = "link"
        case 4:
            template = source.choice(("none", *statics))
    return {"templateId": template, "newId": new, "values": values}
