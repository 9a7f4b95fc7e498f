"""Policy sets as JSON documents, with templates and links: some odd as a whole or in one member.

Owns what is wrong about a document; its policies and trees are those of `json_trees`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from generators.choice.sources import Source
from generators.texts.edge_members import draw_edge, objects_in, put_member, put_other_kind
from generators.texts.json_faults import faulty_json
from generators.texts.json_trees import action_scope, action_uid, policy, scope, tree, uid
from generators.texts.odd_ids import odd_id
from generators.texts.policy_edges import EDGES, KEYS

Json = Any


def _small_set(source: Source) -> Json:
    """Draw one policy or template, of which most parts are the simplest, with a link."""
    template = source.boolean(0.3)
    which = source.integer(1, 3) if template else 0
    made = {
        "effect": "permit",
        "principal": scope(source, "principal", bool(which & 1)),
        "action": action_scope(source),
        "resource": scope(source, "resource", bool(which & 2)),
        "conditions": [{"kind": "when", "body": tree(source, source.integer(1, 2))}],
    }
    if source.boolean():
        made["annotations"] = {"a": "x"}
    templates = {"t": made} if template else {}
    links = [_link(source, {}, templates)] if template else []
    return {"staticPolicies": {} if template else {"p": made}, "templates": templates, "templateLinks": links}


TEMPLATE = 0.35
"""The probability of a template; an engine without templates reads nothing of a set that has one."""

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
    has_template = source.boolean(0.25 if odd else TEMPLATE)
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


_OPTIONAL = {
    **dict.fromkeys(("principal", "resource"), ("in", "in", "entity", "slot")), "is": ("in",),
    "action": ("entity", "entities"), "templateLinks": ("values",),
    **dict.fromkeys(("staticPolicies*", "templates*"), ("annotations", "conditions")),
}  # fmt: skip
"""Members that an object may lack, or that may be empty, by its kind."""


def _put_nothing(source: Source, whole: Json) -> None:
    """Give a member that an object may lack the value of nothing."""
    kind = source.choice(tuple(_OPTIONAL))
    key = source.choice(_OPTIONAL[kind])
    node = source.choice(_objects(source, whole, kind))
    if key == "in" and kind != "is":
        node.clear()
        node |= {"op": "is", "entity_type": "A"}
    node[key] = source.choice((None, {}, {}, [], [], "", 0, False))


_FLAWS: tuple[Callable[[Source, Json], None], ...] = (
    *(_put_edge,) * 5, *(_leave_out,) * 3, _repeat_key, _put_nothing, _put_nothing,
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
            made["action"] = {"op": "==", "entity": action_uid(source)}
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
