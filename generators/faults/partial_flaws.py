"""Partial inputs over the `partial_world` that break one rule of their form or of the schema (spec 09 §1).

Each rule has about the same chance, so that all are broken in a minute; `partial_inputs` breaks few of those.
"""

from __future__ import annotations

import json
from typing import Any

from generators.choice.sources import Source
from generators.texts.misfit_members import WRONG_PARTS
from generators.texts.partial_world import GROUPS, uid

Json = Any

_ODD_UIDS: tuple[Json, ...] = (
    {"type": "User"}, {"id": "a"}, 'User::"a"', {"type": "User", "id": 1}, {"type": "a b", "id": "a"},
    None, [], {"__entity": {"type": "User", "id": "z"}}, {"type": "User", "id": "z", "more": 1},
    {"__expr": 'User::"a"'}, {"type": "Undeclared", "id": "a"}, {"type": "Kind", "id": "c"},
    {"type": "Kind", "id": "a"}, {"type": "Action", "id": "view"}, {"type": "Action", "id": "none"},
    {"type": "Elsewhere", "id": "a"},
)  # fmt: skip
_ABOVE: tuple[Json, ...] = (
    uid("Org", "o"), uid("Kind", "c"), uid("User", "a"), uid("Undeclared", "a"), uid("Action", "all"),
    {"type": "Team"}, 1, None, uid("Team", "nowhere"), uid("Elsewhere", "a"),
)  # fmt: skip
_VALUES: tuple[tuple[str, Json], ...] = (
    ("ok", 1), ("n", True), ("n", 2**63), ("name", None), ("boss", uid("Team", "t")), ("boss", "a"),
    ("more", 1), ("kinds", [uid("Kind", "c")]), ("kinds", [uid("Kind", "a"), uid("User", "a")]),
    ("act", uid("Action", "none")), ("rec", {"k": 1, "kind": uid("Kind", "c")}), ("rec", {}),
    ("rec", {"k": 1, "more": 1}), ("opt", {"a": {"b": "1"}}), ("labels", "x"), ("labels", [1]),
    ("friends", [None]), ("team", {"__entity": uid("Team", "t"), "more": 1}),
)  # fmt: skip
_TAGS: tuple[Json, ...] = (
    {"t": 1}, {"t": None}, {"t": ["x"]}, {"t": "x", "u": True}, {"t": {"a": 1}}, {"t": "x"},
)  # fmt: skip
_WHOLE = ("{}", "null", "[null]", "[[]]", "[", '[{"attrs": {}}]', '"[]"', "[{}]")


def flawed_entities(source: Source, found: list[Json]) -> str:
    """Break one rule in a document of partial entities."""
    one = source.choice(found)
    match source.integer(0, 12):
        case 0:
            return source.choice(_WHOLE)
        case 1:
            one["uid"] = source.choice(_ODD_UIDS)
        case 2 | 3:
            one["parents"] = [*(one.get("parents") or ()), source.choice(_ABOVE)]
        case 4:
            one["attrs"] = {**(one.get("attrs") or {}), **dict((source.choice(_VALUES),))}
        case 5:
            one["attrs"] = dict([*(one.get("attrs") or {}).items()][1:])
        case 6:
            one["tags"] = source.choice(_TAGS)
        case 7 | 11 | 12:
            wrong = source.choice(({}, {}, {}, [], *WRONG_PARTS))
            one[source.choice(("attrs", "parents", "tags", "uid"))] = wrong
        case 8:
            found += _teams(source)
        case 9:
            found.append({**one, **source.choice(({}, {"attrs": None}, {"parents": []}))})
        case _:
            return _with_key_twice(source, json.dumps(found))
    return json.dumps(found)


def _teams(source: Source) -> list[Json]:
    """Draw teams one above the other; the last is below an earlier one, or its ancestors are open."""
    names = "xyzw"[: source.integer(1, 4)]
    made = [
        {"uid": uid("Team", name), "parents": [uid("Team", above)]}
        for name, above in zip(names, (*names[1:], source.choice(names)), strict=True)
    ]
    if source.boolean(0.3):
        made[-1]["parents"] = source.choice((None, []))
    return made if source.boolean() else made[::-1]


def _with_key_twice(source: Source, text: str) -> str:
    key = source.choice(
        ('"uid": ', '"attrs": ', '"parents": ', '"tags": ', '"type": ', '"ok": ', '"t": ', '"k": ')
    )
    return text.replace(key, f"{key}{source.choice(('null', '1', '{}', '[]'))}, {key}", 1)


_CONSTANTS: dict[str, tuple[str, ...]] = {
    "size": ("1", "-1", '"1"', "true", "1 + 1"),
    "lead": ('User::"a"', 'Kind::"a"', 'Team::"a"', "principal"),
    "more": ("1", "[", ""),
}
_TAG_TEXTS: tuple[Json, ...] = ({}, {"t": "1"}, {"t": "1"}, {"t": '"1"'}, {"t": "[1]"})
_ODD_CONSTRUCTED = (
    uid("Kind", "c"),
    uid("Undeclared", "a"),
    uid("Kind", "a"),
    uid("Team", "t"),
    uid("User", "a"),
)
_NOTHING: tuple[Json, ...] = (
    {},
    {},
    {"attrs": {}},
    {"tags": {}},
    {"attrs": {"a": "1"}},
    {"tags": {"a": "1"}},
)


def constructed(source: Source) -> str:
    """Draw entities as constructors take them, values too, most of which fit."""
    found = [_team(source, name) for name in "tuv"[: source.integer(0, 3)]]
    if source.boolean(0.4):
        found.append(_action(source))
    if source.boolean(0.2):
        found.append({"uid": source.choice(_ODD_CONSTRUCTED)} | source.choice(_NOTHING))
    return json.dumps(found)


def _team(source: Source, name: str) -> Json:
    made: Json = {"uid": uid("Team", name)}
    if source.boolean(0.7):
        made["attrs"] = {"size": "1"}
        if source.boolean(0.3):
            part = source.choice(tuple(_CONSTANTS))
            made["attrs"][part] = source.choice(_CONSTANTS[part])
    if source.boolean():
        made["tags"] = source.choice(_TAG_TEXTS)
    if source.boolean():
        above = [uid("Team", each) for each in "uvw" if each > name]
        odd = source.choice((uid("Org", "o"), uid("Kind", "c"), uid("User", "a"), uid("Team", name)))
        made["ancestors"] = source.choice((above, above, [], [odd]))
    return made


def _action(source: Source) -> Json:
    kind, id_ = action = source.choice((*GROUPS, ("Action", "none")))
    groups = [uid(*group) for group in GROUPS.get(action, ())]
    above = source.choice((groups, groups, None, [], [uid("Action", "edit")]))
    return {"uid": uid(kind, id_), "ancestors": above} | source.choice(_NOTHING)


_CONTEXT: tuple[tuple[str, Json], ...] = (
    ("n", "1"), ("n", None), ("who", uid("Team", "t")), ("who", "a"), ("kind", uid("Kind", "c")),
    ("more", 1), ("rec", {"kind": uid("Kind", "c")}), ("rec", {"more": 1}), ("rec", []),
    ("s", {"fn": "ip", "arg": "x"}), ("s", {"__extn": {"fn": "ip", "arg": "x"}}), ("s", {"__expr": "1"}),
)  # fmt: skip
_ODD_PARTS: tuple[Json, ...] = ({"id": None}, {"type": "Team"}, {"type": 1}, {"more": 1}, {"id": "c"})
_CONTEXTS: tuple[Json, ...] = (None, [], 1, "{}", {}, {"__entity": uid("User", "a")}, [{}])


def flawed_request(source: Source, members: Json) -> str:
    """Break one rule in a partial request, or in a concrete one."""
    role = source.choice(("principal", "resource", "action"))
    match source.integer(0, 8):
        case 0:
            return source.choice(("null", "[]", "{}", "{", '"x"'))
        case 1:
            del members[source.choice(tuple(members))]
        case 2:
            members[source.choice(("more", "Principal", "entities"))] = {}
        case 3 | 4:
            members[role] = source.choice(_ODD_UIDS)
        case 5:
            members[role] = {
                **members[role],
                **source.choice(({"id": None}, {"type": "Team"}, {"type": 1}, {"more": 1})),
            }
        case 6:
            members["context"] = source.choice(_CONTEXTS)
        case 7:
            members["context"] = {**members.get("context", {}), **dict((source.choice(_CONTEXT),))}
        case _:
            return _with_member_twice(source, json.dumps(members))
    return json.dumps(members)


def _with_member_twice(source: Source, text: str) -> str:
    key = source.choice(('"principal": ', '"context": ', '"type": ', '"id": ', '"n": '))
    return text.replace(key, f"{key}{source.choice(('null', '1', '{}'))}, {key}", 1)
