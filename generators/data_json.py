"""Writes entities, requests and uids as JSON (spec 05 §2, §8, §9), escaped explicitly or as a schema
implies.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from generators.syntax import CONSTRUCTORS, ExtV, RecordV, SetV, Uid, Value
from generators.world import Entity, Request

Json = Any


def value_json(value: Value, explicit: bool = True) -> Json:
    """A value; without `explicit` escapes only a schema tells what its strings and records are."""
    match value:
        case Uid(type_name, id_):
            uid = {"type": type_name, "id": id_}
            return {"__entity": uid} if explicit else uid
        case SetV(items):
            return [value_json(item, explicit) for item in items]
        case RecordV(items):
            return {name: value_json(item, explicit) for name, item in items}
        case ExtV(kind, text, key):
            if text and not explicit:
                return text
            return {"__extn": _call(kind, text, key)}
        case _:
            return value


def _call(kind: str, text: str, key: tuple[int, ...]) -> Json:
    if text:
        return {"fn": CONSTRUCTORS[kind], "arg": text}
    epoch = {"__extn": {"fn": "datetime", "arg": "1970-01-01"}}
    return {"fn": "offset", "args": [epoch, {"__extn": {"fn": "duration", "arg": f"{key[0]}ms"}}]}


def uid_json(uid: Uid) -> Json:
    return {"type": uid.type, "id": uid.id}


def uid_text(uid: Uid) -> str:
    """A uid as JSON text."""
    return json.dumps(uid_json(uid))


def entities_text(entities: Iterable[Entity], explicit: bool = True) -> str:
    """An entity document."""
    return json.dumps([_entity(entity, explicit) for entity in entities])


def _entity(entity: Entity, explicit: bool) -> Json:
    document = {
        "uid": uid_json(entity.uid),
        "attrs": {name: value_json(value, explicit) for name, value in entity.attrs.items},
        "parents": [uid_json(parent) for parent in entity.parents],
    }
    if entity.tags.items:
        document["tags"] = {name: value_json(value, explicit) for name, value in entity.tags.items}
    return document


def request_texts(requests: Iterable[Request], explicit: bool = True) -> tuple[str, ...]:
    """Requests as JSON objects; equal contexts and uids are written once."""
    uids: dict[Uid, str] = {}
    contexts: dict[RecordV, str] = {}
    texts: list[str] = []
    for request in requests:
        for uid in (request.principal, request.action, request.resource):
            if uid not in uids:
                uids[uid] = uid_text(uid)
        context = contexts.get(request.context)
        if context is None:
            context = contexts[request.context] = json.dumps(value_json(request.context, explicit))
        texts.append(
            f'{{"principal": {uids[request.principal]}, "action": {uids[request.action]}, '
            f'"resource": {uids[request.resource]}, "context": {context}}}'
        )
    return tuple(texts)
