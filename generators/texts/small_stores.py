"""Entities and requests under one small schema that has every kind of type, wrong by one rule or right.

Owns the schema, documents that conform to it, and the ways to break them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from generators.choice.sources import Source
from generators.texts.json_faults import faulty_json, repeat_key
from generators.texts.literal_forms import literal_text
from generators.texts.misfit_members import WRONG_PARTS, misfit, odd_uid, put_look_alike
from generators.texts.odd_ids import odd_id, odd_type
from generators.texts.spelled_out import spelled_entity

Json = Any

SCHEMA = """\
type Pair = {type: String, id: String};
entity Org;
entity Group in [Group, Org, Color] tags Set<Color>;
entity Color enum ["red", "", "a b"];
entity User in [Group, N::Team] {
  name: String, age?: Long, boss?: User, act?: Action, pair?: Pair,
  call?: {fn: String, arg: String}, ip?: ipaddr,
  when?: datetime, cost?: decimal, span?: duration, color?: Color,
  colors?: Set<Color>, deep?: {a?: {b: Long}}, on?: Bool, team?: N::Team, teams?: Set<{of: N::Team}>,
} tags Long;
action all;
action read in [all];
action view, list in [read, N::Action::"top"] appliesTo {
  principal: [User, Color], resource: [Group, Color],
  context: {ip?: ipaddr, color?: Color, pair?: Pair, act?: Action, n?: Long,
    when?: datetime, users?: Set<User>}
};
namespace N {
  entity Team in [Team, Org] {lead?: User} tags String;
  action top;
  action edit in [Action::"read"] appliesTo {principal: User, resource: Team};
}
namespace M {
  entity Team in [N::Team] {lead: User};
  action edit in [N::Action::"top"] appliesTo {principal: User, resource: Team};
}
"""
COLORS = ("red", "", "a b")
TYPES = (
    "Org", "Group", "User", "N::Team", "M::Team", "Color", "Action", "N::Action", "X", "N::X", "Team",
    "N::User", "A ::B",
)  # fmt: skip
_GROUPS = {
    ("Action", "all"): (),
    ("N::Action", "top"): (),
    ("Action", "read"): (("Action", "all"),),
    **dict.fromkeys(
        (("Action", "view"), ("Action", "list")),
        (("Action", "read"), ("Action", "all"), ("N::Action", "top")),
    ),
    ("N::Action", "edit"): (("Action", "read"), ("Action", "all")),
    ("M::Action", "edit"): (("N::Action", "top"),),
}
"""Each action with all the groups that it belongs to."""
_ENUMERATED_OR_NOT = (("Color", "blue"), ("Color", "red "), ("Color", "red"), ("User", "u"))
_ACTIONS = tuple(_GROUPS)


def uid_of(type_name: str, id_: str) -> Json:
    """Write a uid."""
    return {"type": type_name, "id": id_}


def _in_any_form(source: Source, uid: Json) -> Json:
    """Write a uid plainly, escaped, or with keys that mean nothing beside it."""
    match source.integer(0, 5):
        case 0:
            return {"__entity": uid}
        case 1:
            return {**uid, "more": [{}]} if source.boolean(0.3) else {"__entity": uid}
        case _:
            return uid


def _user(source: Source) -> Json:
    return _in_any_form(source, uid_of("User", source.choice(("u", "v", odd_id(source)))))


def _call(source: Source, function: str) -> Json:
    text = literal_text(source, function, 0.05)
    plain = {"fn": function, "arg": text}
    match source.integer(0, 6):
        case 0:
            return text
        case 1:
            return plain
        case 2 if function == "datetime":
            return {
                "__extn": {
                    "fn": "offset",
                    "args": [{"__extn": plain}, {"__extn": {"fn": "duration", "arg": "1ms"}}],
                }
            }
        case 3 if function == "datetime" and source.boolean():
            return {"__extn": {"fn": "offset", "args": [source.choice((text, plain)), "1ms"]}}
        case 3:
            return {"__extn": {"fn": function, "args": [text]}}
        case _:
            return {"__extn": plain}


_VALUES: dict[str, Callable[[Source], Json]] = {
    "name": odd_id,
    "age": lambda source: source.integer(-1, 1),
    "n": lambda source: source.integer(-1, 1),
    "on": lambda source: source.boolean(),
    "boss": _user,
    "lead": _user,
    "users": lambda source: [_user(source) for _ in range(source.integer(0, 2))],
    "act": lambda source: _in_any_form(source, uid_of("Action", source.choice(("all", "read", "view")))),
    "team": lambda source: uid_of("N::Team", "t"),
    "teams": lambda source: [{"of": uid_of("N::Team", "t")}][: source.integer(0, 1)],
    "pair": lambda source: uid_of(source.choice(("A", "User", "A::B", "if", "")), odd_id(source)),
    "call": lambda source: {"fn": source.choice(("ip", "x")), "arg": source.choice(("1.2.3.4", "x"))},
    "ip": lambda source: _call(source, "ip"),
    "when": lambda source: _call(source, "datetime"),
    "cost": lambda source: _call(source, "decimal"),
    "span": lambda source: _call(source, "duration"),
    "color": lambda source: _in_any_form(source, uid_of("Color", source.choice(COLORS))),
    "colors": lambda source: [uid_of("Color", source.choice(COLORS)) for _ in range(source.integer(0, 2))],
    "deep": lambda source: source.choice(({}, {"a": {"b": 1}})),
}
CONTEXT = ("ip", "color", "pair", "act", "n", "when", "users")
_USER = tuple(name for name in _VALUES if name not in ("n", "users", "lead", "name"))
_PARENTS = {
    "User": ("Group", "Group", "N::Team", "N::Team", "Org"),  # which is above by another type alone
    "M::Team": ("N::Team", "N::Team", "N::Team", "Org"),
    "Group": ("Group", "Org", "Color"),
    "N::Team": ("N::Team", "Org"),
    "Org": (),
    "Color": (),
}
_TAGS: dict[str, Callable[[Source], Json]] = {
    "User": _VALUES["age"], "Group": _VALUES["colors"], "N::Team": odd_id,
}  # fmt: skip


def some(source: Source, names: tuple[str, ...]) -> Json:
    """Draw values of some of the attributes."""
    return {name: _VALUES[name](source) for name in names if source.boolean(0.25)}


def _entity(source: Source, number: int) -> Json:
    kind = source.choice(("User", "User", "User", "Group", "N::Team", "M::Team", "Org", "Color", "Action"))
    if kind == "Action":
        return _action(source)
    if kind == "Color":
        return {"uid": uid_of(kind, source.choice(COLORS)), "attrs": {}, "parents": []}
    attrs = {"name": odd_id(source), **some(source, _USER)} if kind == "User" else {}
    if kind == "N::Team":
        attrs = some(source, ("lead",))
    if kind == "M::Team":
        attrs = {"lead": _user(source)}
    above = [_parent(source, kind, number) for _ in range(source.integer(0, 2)) if _PARENTS[kind]]
    made = {"uid": _in_any_form(source, uid_of(kind, f"e{number}")), "attrs": attrs, "parents": above}
    if kind in _TAGS and source.boolean(0.4):
        made["tags"] = {odd_id(source): _TAGS[kind](source) for _ in range(source.integer(0, 2))}
    return made


def _parent(source: Source, kind: str, number: int) -> Json:
    above = source.choice(_PARENTS[kind])
    return uid_of(above, source.choice(COLORS) if above == "Color" else f"p{number}")


def _action(source: Source) -> Json:
    kind, id_ = action = source.choice(_ACTIONS)
    return {"uid": uid_of(kind, id_), "attrs": {}, "parents": [uid_of(*group) for group in _GROUPS[action]]}


SPELLED_OUT = 0.65
"""Probability that no value of a store or of a request leaves anything to the schema."""


def entities(source: Source) -> str:
    """Draw entities that conform."""
    return _written(source, _entities(source))


def _entities(source: Source) -> list[Json]:
    made = [_entity(source, number) for number in range(source.integer(1, 3))]
    kept = {json.dumps(one["uid"]): one for one in made}
    return list(kept.values())


def _written(source: Source, made: list[Json]) -> str:
    spelled = source.boolean(SPELLED_OUT)
    return json.dumps([spelled_entity(one) for one in made] if spelled else made)


def broken_entities(source: Source) -> str:
    """Draw entities that break one rule."""
    made = _entities(source)
    one = source.choice(made)
    match source.integer(0, 17):
        case 17:
            above = source.choice(tuple(uid_of(*one) for one in _ENUMERATED_OR_NOT))
            made.append({"uid": uid_of("Group", "g"), "attrs": {}, "parents": [above]})
        case 14:
            put_look_alike(source, one)
        case 0 | 1:
            one["parents"].append(
                uid_of(source.choice(TYPES), source.choice(("p", "blue", "read", "red", "red ", "none")))
            )
        case 2:
            color = uid_of("Color", source.choice(("red", "red", "blue", "red ", " ", "Red")))
            if source.boolean(0.3):
                made.append({"uid": uid_of("Group", "m"), "attrs": {}, "parents": [color]})
                return _written(source, made)
            made.append({"uid": color, "attrs": {}, "parents": []})
            edge = source.choice(
                ({}, {"attrs": {"a": 1}}, {"tags": {}}, {"tags": {"a": 1}}, {"parents": [uid_of("Org", "o")]})
            )
            made[-1] |= edge
        case 3 | 4:
            made.append({"uid": uid_of("User", "m"), "attrs": {"name": ""}, "parents": []})
            where = source.choice(("attrs", "attrs", "attrs", "tags"))
            before, after = ({"a": 1}, {"z": 2}) if where == "tags" else (made[-1]["attrs"], {})
            wrong = misfit(source, (*_USER, "name", "act", "act"))
            made[-1][where] = {**before, **wrong, **after} if source.boolean() else {**before, **wrong}
        case 5:
            one["attrs"].pop("name", None)
        case 13 if source.boolean(0.3):
            one.pop(source.choice(("uid", "attrs", "parents")))
        case 13 if source.boolean(0.2):
            made.append(source.choice(WRONG_PARTS))
        case 13:
            one[source.choice(("uid", "attrs", "parents", "tags"))] = source.choice(WRONG_PARTS)
        case 6 | 12:
            kind, id_ = action = source.choice((*_ACTIONS, ("Action", "none"), ("Action", "top")))
            left_out = source.choice(((), (), ("Action", "all"), source.choice(_ACTIONS)))
            above = [uid_of(*group) for group in _GROUPS.get(action, ()) if group != left_out]
            if source.boolean(0.3):
                above.append(source.choice((uid_of(*source.choice(_ACTIONS)), uid_of("Org", "o"))))
            made = [one for one in made if one["uid"] != uid_of(kind, id_)]
            made.append({"uid": uid_of(kind, id_), "attrs": {}, "parents": above})
            made[-1] |= source.choice(({}, {}, {"attrs": {"a": 1}}, {"tags": {"a": 1}}, {"tags": {}}))
        case 7:
            one["uid"] = uid_of(odd_type(source, 0.6) if source.boolean() else source.choice(TYPES), "e")
        case 15 | 16:
            one["uid"] = odd_uid(source, one["uid"])
        case 8 | 9:
            made.append(_twin(source, one))
        case 10:
            made += _chain(source)
        case _:
            text = _written(source, made)
            return repeat_key(source, text) if source.boolean(0.6) else faulty_json(source, text)
    return _written(source, made)


def _chain(source: Source) -> list[Json]:
    """Draw groups one above the other, in any order, the last of them below an earlier one or below none."""
    uids = [uid_of("Group", id_) for id_ in "ghijk"[: source.integer(2, 5)]]
    above = [*([each] for each in uids[1:]), [source.choice(uids)] if source.boolean(0.7) else []]
    chain = [{"uid": uid, "attrs": {}, "parents": some} for uid, some in zip(uids, above, strict=True)]
    return chain if source.boolean() else chain[::-1]


def _twin(source: Source, one: Json) -> Json:
    """Give an entity again: the same, or different in one part."""
    twin = json.loads(json.dumps(one))
    match source.integer(0, 4):
        case 4:
            name = source.choice(("age", "on", "n"))
            one["attrs"][name], twin["attrs"][name] = source.choice(((1, True), (0, False), (True, 1)))
        case 0:
            twin["attrs"] = {**twin["attrs"], "name": "other"}
        case 1:
            twin["tags"] = {} if twin.get("tags") else {"t": 1}
        case 2:
            twin["parents"] = [] if twin["parents"] else [uid_of("Org", "o")]
    return twin
