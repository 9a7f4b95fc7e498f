"""Cases of many short policies about few entities, where an engine's index has crowded places.

Owns texts that are quickly read, so that a case has dozens of policies and still costs little: scopes about a
favourite entity, conditions of one operator whose literals differ in kind alone, templates with links.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TypeAlias

from drt.model.case import Case, Link, Request
from drt.model.case import Source as Text
from generators.choice.sources import Source

Uid: TypeAlias = tuple[str, str]

POLICIES = (18, 48)
MANY = (70, 110)
MANY_SHARE = 0.12
"""The share of cases with so many policies that an engine cuts them into parts."""
REQUESTS = (3, 6)
LINKS = (2, 12)
OPEN = (0.1, 0.35, 0.35, 0.97)
"""How likely a part of a scope is open, drawn for each case: few or most rules are about no entity."""

PARTS = {
    "principal": (("User", "ann"), ("User", "bob"), ("Team", "core"), ("Team", "all"), ("User", "gone")),
    "action": (("Action", "view"), ("Action", "edit"), ("Action", "read"), ("Action", "any")),
    "resource": (("Doc", "plan"), ("Doc", "memo"), ("Folder", "new"), ("Folder", "root"), ("Doc", "gone")),
}
"""The entities of each part: two, a group, a group of groups, and one that is not in the store."""
ENTITIES: tuple[tuple[Uid, Uid | None], ...] = (
    (("User", "ann"), ("Team", "core")),
    (("User", "bob"), ("Team", "all")),
    (("Team", "core"), ("Team", "all")),
    (("Team", "all"), None),
    (("Action", "view"), ("Action", "read")),
    (("Action", "edit"), ("Action", "any")),
    (("Action", "read"), ("Action", "any")),
    (("Action", "any"), None),
    (("Doc", "plan"), ("Folder", "new")),
    (("Doc", "memo"), ("Folder", "root")),
    (("Folder", "new"), ("Folder", "root")),
    (("Folder", "root"), None),
)
LITERALS = ("1", '"1"', "true", '"true"', "2", 'User::"ann"', 'Team::"ann"', "[1]", '["1"]', "{a: 1}", "{}")
"""Values that differ in kind alone, or little."""
CONDITIONS = (
    "context.a == {}",
    "{} == context.a",
    "context.s.contains({})",
    "[{0}, 2].contains(context.a)",
    "principal.a == {}",
    "resource.a != {}",
    "context.a < {}",
    "principal in {}",
    "resource has a && resource.a == {}",
    "if context.b then {} else false",
    "{} is User",
    "context.b || {}",
    "context has c && context.c == {}",
    'context.a like "1"',
    'context.a like "t*"',
    'principal.a like "*1"',
    'resource.a like "t*e"',
)
CONSTANT = (
    "true",
    "false",
    "1 + 1 == 2",
    "principal == resource",
    "resource.owner == principal",
    "context.b",
)
NESTED = 0.01
"""The share of conditions that nest more deeply than Python's compiler takes blocks."""
DEPTHS = (20, 70)


@dataclass(frozen=True, slots=True)
class Crowd:
    """What most policies of a case are about, and how likely a part of a scope is open."""

    favourite: dict[str, Uid]
    open: float


def crowds(source: Source) -> Case:
    """Draw many short policies, links of a few templates, and requests."""
    favourite = {part: source.choice(uids) for part, uids in PARTS.items()}
    count = source.integer(*(MANY if source.boolean(MANY_SHARE) else POLICIES))
    crowd = Crowd(favourite, source.choice(OPEN))
    texts = [_policy(source, crowd, slots=()) for _ in range(count)]
    slots = (("principal",), ("resource",), ("principal", "resource"))
    templates = [_policy(source, crowd, slots=source.choice(slots)) for _ in range(source.integer(0, 2))]
    links = [
        _link(source, favourite, count + place, text, number)
        for place, text in enumerate(templates)
        for number in range(source.integer(*LINKS))
    ]
    return Case(
        Text("\n".join([*texts, *templates])),
        entities=_entities(source),
        requests=tuple(_request(source, favourite) for _ in range(source.integer(*REQUESTS))),
        links=tuple(links),
    )


def _literal(uid: Uid) -> str:
    return f"{uid[0]}::{json.dumps(uid[1])}"


def _json(uid: Uid) -> dict[str, str]:
    return {"type": uid[0], "id": uid[1]}


def _one(source: Source, part: str, favourite: dict[str, Uid]) -> Uid:
    return favourite[part] if source.boolean(0.6) else source.choice(PARTS[part])


def _policy(source: Source, crowd: Crowd, slots: tuple[str, ...]) -> str:
    effect = "permit" if source.boolean(0.88) else "forbid"
    scope = ", ".join(f"{part} {_constraint(source, part, crowd, part in slots)}".rstrip() for part in PARTS)
    conditions = [_condition(source) for _ in range(source.choice((0, 0, 1, 1, 2)))]
    return f"{effect}({scope}){''.join(conditions)};"


def _constraint(source: Source, part: str, crowd: Crowd, has_slot: bool) -> str:
    if has_slot:
        return source.choice(("== ?{}", "in ?{}")).format(part)
    if source.boolean(crowd.open):
        return ""
    uid = _literal(_one(source, part, crowd.favourite))
    if part == "action":
        other = _literal(source.choice(PARTS[part]))
        return source.choice(("== {0}", "in {0}", "in [{0}]", "in [{0}, {1}]")).format(uid, other)
    kind = source.choice(PARTS[part])[0]
    forms = ("== {0}", "== {0}", "in {0}", "in {0}", "is {1}", "is {1} in {0}")
    return source.choice(forms).format(uid, kind)


def _condition(source: Source) -> str:
    word = "when" if source.boolean(0.8) else "unless"
    if source.boolean(0.25):
        return f" {word} {{ {source.choice(CONSTANT)} }}"
    body = source.choice(CONDITIONS).format(source.choice(LITERALS))
    if source.boolean(NESTED):
        for _ in range(source.integer(*DEPTHS)):
            body = f"(if context.b then {body} else {source.choice(CONSTANT)})"
    return f" {word} {{ {body} }}"


def _link(source: Source, favourite: dict[str, Uid], template: int, text: str, number: int) -> Link:
    values = tuple(
        (f"?{part}", json.dumps(_json(_one(source, part, favourite))))
        for part in ("principal", "resource")
        if f"?{part}" in text
    )
    return f"policy{template}", f"link {template}-{number}", values


def _entities(source: Source) -> str:
    listed = []
    for uid, parent in ENTITIES:
        attrs = {"a": _value(source)} if source.boolean(0.7) else {}
        if uid[0] == "Doc":
            attrs["owner"] = {"__entity": _json(("User", source.choice(("ann", "bob"))))}
        parents = [] if parent is None else [_json(parent)]
        listed.append({"uid": _json(uid), "attrs": attrs, "parents": parents})
    return json.dumps(listed)


def _value(source: Source) -> object:
    return source.choice(
        (1, "1", True, "true", 2, [1], ["1"], {"a": 1}, {}, {"__entity": _json(("User", "ann"))})
    )


def _request(source: Source, favourite: dict[str, Uid]) -> Request:
    parts: dict[str, object] = {part: _json(_one(source, part, favourite)) for part in PARTS}
    context = {"a": _value(source), "b": source.boolean(), "s": [_value(source), _value(source)]}
    return Request(json.dumps({**parts, "context": context if source.boolean(0.9) else {}}))
