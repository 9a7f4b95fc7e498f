"""Partial inputs: what is left of a request and a store when parts are taken out (spec 09 §1.1, §1.2).

Owns what stays consistent: known ancestors are all ancestors, and one that is in the store has known
ancestors itself. Now and then one fact is changed, so that the rest is no completion, or a rule is broken.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from generators.choice.sources import Source
from generators.faults.mutations import mutated_json

Json = dict[str, Any]
Uid = tuple[str, str]

INCONSISTENT = 0.12
"""The share of partial inputs in which one known fact is not that of the completion."""

REPEATED = 0.03
"""The share of documents in which a key of attributes or tags comes twice."""

ACTIONS = 0.25
"""The share of documents that say something of actions, where they may."""

FLAWED = 0.08
"""The share of partial inputs that break a rule, or are changed at random."""


def partial_request(source: Source, request: str) -> str:
    """Leave ids and the context of a concrete request out, each in about half of the cases."""
    members: Json = json.loads(request)
    for role in ("principal", "resource"):
        uid = _inner(members[role])
        known = ("type",) if source.boolean(0.45) else ("type", "id")
        members[role] = {key: uid[key] for key in known}
    members["action"] = dict(_inner(members["action"]))
    if source.boolean(0.4):
        members.pop("context", None)
    if source.boolean(INCONSISTENT / 2):
        role = source.choice(("principal", "resource"))
        members[role] |= {"id": "elsewhere"}
    if source.boolean(FLAWED / 2):
        return _flawed_request(source, members)
    return json.dumps(members)


def _flawed_request(source: Source, members: Json) -> str:
    match source.integer(0, 3):
        case 0:
            members["principal"], members["resource"] = members["resource"], members["principal"]
        case 1:
            members["action"]["id"] = "undeclared"
        case 2:
            members["context"] = {"undeclared": True}
        case _:
            return mutated_json(source, json.dumps(members))
    return json.dumps(members)


def partial_entities(
    source: Source,
    entities: str,
    action_types: frozenset[str],
    groups: Mapping[Uid, Sequence[Uid]] = MappingProxyType({}),
) -> str:
    """Leave entities, and parts of those that stay, out of a concrete document.

    `groups` are the ancestors of actions of which some get into it, with parts that are unknown.
    """
    store = {uid_of(entity["uid"]): entity for entity in json.loads(entities)}
    above = {uid: ancestors_in(store, uid) for uid in store}
    dropped = source.choice((0.0, 0.2, 0.2, 0.5, 0.9))
    kept = [uid for uid in store if uid[0] not in action_types and not source.boolean(dropped)]
    unknown = source.choice((0.0, 0.3, 0.3, 0.6))
    open_above = _unknown_ancestors(source, kept, above, unknown)
    found = [
        _partial_entity(source, store[uid], None if uid in open_above else above[uid], unknown)
        for uid in kept
    ]
    for action, above_it in groups.items() if source.boolean(ACTIONS) else ():
        known = frozenset(above_it) if source.boolean() else None
        found.append(_partial_entity(source, {"uid": _document(action)}, known, 0.6))
    if found and source.boolean(INCONSISTENT):
        _contradict(source, found)
    if found and source.boolean(FLAWED):
        return _flawed_entities(source, found)
    text = json.dumps(found)
    return _with_repeated_key(source, text) if source.boolean(REPEATED) else text


def _unknown_ancestors(
    source: Source, kept: Sequence[Uid], above: Mapping[Uid, frozenset[Uid]], unknown: float
) -> frozenset[Uid]:
    """Draw the entities whose ancestors are unknown, and add those below them."""
    drawn = frozenset(uid for uid in kept if source.boolean(unknown / 2))
    return drawn | {uid for uid in kept if above[uid] & drawn}


def _partial_entity(source: Source, entity: Json, above: frozenset[Uid] | None, unknown: float) -> Json:
    found: Json = {"uid": entity["uid"]}
    for part in ("attrs", "tags"):
        if not source.boolean(unknown):
            found[part] = entity.get(part, {})
        elif source.boolean(0.1):
            found[part] = None
    if above is not None:
        found["parents"] = [{"type": type_, "id": id_} for type_, id_ in sorted(above)]
    return found


def _contradict(source: Source, found: list[Json]) -> None:
    """Change a known fact into another one of the same type."""
    entity = source.choice(found)
    part = source.choice(("attrs", "tags", "parents", "uid", "uid"))
    if part == "uid":
        missing = {"type": _inner(entity["uid"])["type"], "id": "nowhere else"}
        known = {name: entity[name] for name in ("attrs", "parents", "tags") if name in entity}
        found.append({"uid": missing, **{name: known[name] for name in known if source.boolean(0.3)}})
        return
    others = [
        other[part]
        for other in found
        if part in other and _inner(other["uid"])["type"] == _inner(entity["uid"])["type"]
    ]
    if part == "attrs" and others:
        entity["attrs"] = source.choice(others)
    elif part != "attrs" and entity.get(part):
        entity[part] = type(entity[part])()


def _flawed_entities(source: Source, found: list[Json]) -> str:
    """Break one rule of spec 09 §1.2."""
    entity = source.choice(found)
    match source.integer(0, 5):
        case 0:
            found.append(source.choice(found))
        case 1:
            entity["parents"] = [entity["uid"]]
        case 2:
            entity["attrs"] = {"undeclared": 1}
        case 3:
            entity["uid"] = {"type": "Undeclared", "id": "a"}
        case 4:
            _forget_ancestors(found)
        case _:
            return mutated_json(source, json.dumps(found))
    return json.dumps(found)


_FIRST_KEY = re.compile(r'"(?:attrs|tags)": \{("(?:[^"\\]|\\.)*": )')


def _with_repeated_key(source: Source, text: str) -> str:
    """Give an attribute or a tag a second value, before its own."""
    places = [*_FIRST_KEY.finditer(text)]
    if not places:
        return text
    place = source.choice(places)
    return f"{text[: place.start(1)]}{place[1]}0, {text[place.start(1) :]}"


def constructed_entities(source: Source, entities: str, groups: Mapping[Uid, Sequence[Uid]]) -> str:
    """Write entities as constructors take them, all values left out; some may not be what they are.

    `groups` are the ancestors of each action.
    """
    store = {uid_of(entity["uid"]): entity for entity in json.loads(entities)}
    found = [
        _constructed(source, uid, ancestors_in(store, uid))
        for uid in store
        if uid not in groups and source.boolean(0.6)
    ]
    for action, above in groups.items():
        if source.boolean(0.4):
            found.append(_constructed_action(source, action, frozenset(above), [*groups]))
    if found and source.boolean(FLAWED / 2):
        found.append(source.choice(found))
    return json.dumps(found)


def _constructed(source: Source, uid: Uid, above: frozenset[Uid]) -> Json:
    made: Json = {"uid": _document(uid)}
    return made if source.boolean(0.3) else made | {"ancestors": [_document(one) for one in sorted(above)]}


def _constructed_action(source: Source, uid: Uid, above: frozenset[Uid], actions: Sequence[Uid]) -> Json:
    """Write an action with what the schema says of it; rarely with something else."""
    made = _constructed(source, uid, _nearly(source, above, actions))
    nothing: Json = {part: {} for part in ("attrs", "tags") if source.boolean(0.4)}
    if nothing and source.boolean(0.05):
        nothing[source.choice([*nothing])] = {"a": "1"}
    return made | nothing


def _nearly(source: Source, above: frozenset[Uid], actions: Sequence[Uid]) -> frozenset[Uid]:
    """Return the groups of an action, rarely one more or less."""
    if not source.boolean(0.2):
        return above
    if above and source.boolean(0.6):
        return above - {source.choice(sorted(above))}
    return above | {source.choice(actions)}


def _document(uid: Uid) -> Json:
    return {"type": uid[0], "id": uid[1]}


def _forget_ancestors(found: list[Json]) -> None:
    """Leave the ancestors of the first entity out that is an ancestor of another."""
    named = {uid_of(parent) for entity in found for parent in entity.get("parents", ())}
    for entity in found:
        if uid_of(entity["uid"]) in named:
            entity.pop("parents", None)
            return


def ancestors_in(store: Mapping[Uid, Json], uid: Uid) -> frozenset[Uid]:
    """List all ancestors of an entity in a store."""
    found: set[Uid] = set()
    waiting = [uid]
    while waiting:
        for parent in map(uid_of, store.get(waiting.pop(), {}).get("parents", ())):
            if parent not in found:
                found.add(parent)
                waiting.append(parent)
    return frozenset(found)


def uid_of(document: Json) -> Uid:
    """Read a uid in either form."""
    inner = _inner(document)
    return inner["type"], inner["id"]


def _inner(document: Json) -> Json:
    inner: Json = document.get("__entity", document)
    return inner
