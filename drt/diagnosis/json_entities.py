"""The entity of an entity document on which readers part.

Owns what only a store has: entities that come twice, their parents, and what entities of an enumerated type
may not have.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from drt.diagnosis.construct import Construct
from drt.diagnosis.json_names import shown

MORE_THAN_AN_ID = "attributes, tags or parents of an entity of an enumerated type"
OUTSIDE = "a parent outside its enumeration"


def blamed_entity(
    entities: list[Any], well: Callable[[Any], bool], ids: Sequence[str], enumerated: Collection[str]
) -> Construct | None:
    """Find the entity that comes twice or has what its type does not take, or the parent at fault.

    `ids` are those that the schema names, and `enumerated` its enumerated types.
    """
    for at, one in enumerate(entities):
        if not isinstance(one, dict):
            continue
        before, after = entities[:at], entities[at + 1 :]
        twice = any(isinstance(each, dict) and each.get("uid") == one.get("uid") for each in before + after)
        if twice and well(before + after):
            return Construct("an entity that comes twice", shown(one))
        bare: dict[str, Any] = {"uid": one.get("uid"), "attrs": {}, "parents": []}
        if _identity(bare["uid"])[0] in enumerated and well([*before, bare, *after]):
            return Construct(MORE_THAN_AN_ID, shown(one))
        for parent, rest in _each_parent(one):
            if not well([*before, {**one, "parents": rest}, *after]):
                continue
            listed = (
                {**one, "parents": [*rest, {"type": _identity(parent)[0], "id": other}]} for other in ids
            )
            if _identity(parent)[0] in enumerated and any(well([*before, each, *after]) for each in listed):
                return Construct(OUTSIDE, shown(parent))
            return Construct(_parent_name(entities, one, parent), shown(parent))
    whole = _with_all_ancestors(entities)
    if whole != entities and well(whole):
        return Construct("an entity whose parents have parents that it does not list", shown(entities))
    return None


def _each_parent(entity: dict[str, Any]) -> Iterator[tuple[Any, list[Any]]]:
    """Pair each parent of an entity with the others."""
    given = entity.get("parents")
    parents: list[Any] = given if isinstance(given, list) else []
    for place, parent in enumerate(parents):
        yield parent, [*parents[:place], *parents[place + 1 :]]


def _parent_name(entities: list[Any], child: dict[str, Any], parent: Any) -> str:
    """Name a parent by what is wrong with it."""
    above = {_identity(one.get("uid")): one.get("parents") for one in entities if isinstance(one, dict)}
    waiting, met = [parent], set()
    while waiting:
        uid = _identity(waiting.pop())
        if uid == _identity(child.get("uid")):
            return "a cycle of parents"
        parents = above.get(uid)
        if uid not in met and isinstance(parents, list):
            waiting += parents
        met.add(uid)
    actions = "Action" in _identity(child.get("uid")) and "Action" not in _identity(parent)
    return "a parent of an action that is no action" if actions else "a parent of an entity"


def _with_all_ancestors(entities: list[Any]) -> list[Any]:
    """List the ancestors of every entity among its parents."""
    above = {_identity(one.get("uid")): one.get("parents") for one in entities if isinstance(one, dict)}
    whole = []
    for one in entities:
        listed = (
            list(one["parents"]) if isinstance(one, dict) and isinstance(one.get("parents"), list) else []
        )
        known = {*map(_identity, listed)}
        for parent in listed:  # it grows on the way
            further = above.get(_identity(parent))
            for uid in further if isinstance(further, list) else ():
                if _identity(uid) not in known:
                    known.add(_identity(uid))
                    listed.append(uid)
        whole.append({**one, "parents": listed} if listed else one)
    return whole


def _identity(uid: Any) -> tuple[str, str]:
    inner = uid.get("__entity", uid) if isinstance(uid, dict) else {}
    inner = inner if isinstance(inner, dict) else {}
    return str(inner.get("type")), str(inner.get("id"))
