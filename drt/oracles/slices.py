"""The part of an entity document that policies of a level may need (spec 08 §9).

Owns the definition of a slice over the canonical document: entities explicit, uids sorted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from drt.oracles.texts import NotPlainJson, plain_json

Uid = tuple[str, str]
Entity = dict[str, Any]


def slice_of(entities: str, request: str, level: int) -> str:
    """Select the entities within `level` steps of the request, each with all its ancestors for parents.

    Raises `NotPlainJson` where a document would mean something else once it is read and written again.
    """
    store = {uid_of(entity["uid"]): entity for entity in plain_json(entities)}
    asked = plain_json(request)
    wanted: set[Uid] = set()
    try:
        frontier = {uid_of(asked[part]) for part in ("principal", "action", "resource")}
        frontier |= set(_uids(asked.get("context", {})))
    except (AttributeError, KeyError, TypeError):
        raise NotPlainJson("no request") from None
    for _ in range(level):
        wanted |= frontier
        frontier = {uid for found in frontier & store.keys() for uid in _mentioned(store[found])} - wanted
    kept = [_with_ancestors(store, store[uid]) for uid in sorted(wanted & store.keys())]
    return json.dumps(kept)


def _mentioned(entity: Entity) -> Iterator[Uid]:
    for values in (entity["attrs"], entity.get("tags", {})):
        yield from _uids(values)


def _uids(value: Any) -> Iterator[Uid]:
    """List the entities in a value: itself, or those in the fields of a record; sets are not entered."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            match value:
                case {"__entity": {"type": str(name), "id": str(entity_id)}} if len(value) == 1:
                    yield name, entity_id
                case {"__extn": {"fn": str()}} if len(value) == 1:
                    continue
                case {"__entity": _} | {"__extn": _}:
                    raise NotPlainJson("a record with a reserved key")
                case _:
                    waiting += value.values()


def uid_of(document: Any) -> Uid:
    """Return the uid that an object is, or its `__entity` escape where that is one (spec 05 §2.1)."""
    match document:
        case {"__entity": {"type": str(name), "id": str(entity_id)}}:
            return name, entity_id
    return document["type"], document["id"]


def _with_ancestors(store: dict[Uid, Entity], entity: Entity) -> Entity:
    found: set[Uid] = set()
    waiting = [entity]
    while waiting:
        for parent in _parents(waiting.pop()):
            if parent not in found:
                found.add(parent)
                if parent in store:
                    waiting.append(store[parent])
    parents = [{"type": type_name, "id": entity_id} for type_name, entity_id in sorted(found)]
    return {**entity, "parents": parents}


def _parents(entity: Entity) -> Iterable[Uid]:
    return (uid_of(parent) for parent in entity["parents"])
