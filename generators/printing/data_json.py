"""Entities and requests as JSON (spec 05 §2, §8, §9), escaped explicitly or as a schema implies.

An odd spelling uses the other forms of the same thing: escaped uids, `args` for `arg`, ignored keys, raw
characters.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from json.encoder import encode_basestring_ascii as _string
from typing import Any

from generators.draw.syntax import CONSTRUCTORS, ExtV, RecordV, SetV, Uid, Value
from generators.draw.world import Entity, Request
from generators.printing.spelling import PLAIN, Spelling

Json = Any


def uid_text(uid: Uid) -> str:
    """Write a uid as JSON text."""
    return f'{{"type": {_string(uid.type)}, "id": {_string(uid.id)}}}'


def entities_text(entities: Iterable[Entity], explicit: bool = True, spelling: Spelling = PLAIN) -> str:
    """Write an entity document.

    Without `explicit` only a schema shows what its strings and records are.
    """
    if spelling is PLAIN:
        return f"[{', '.join([_plain_entity(entity, explicit) for entity in entities])}]"
    writer = _Writer(explicit, spelling)
    return writer.text([writer.entity(entity) for entity in entities])


def request_texts(
    requests: Iterable[Request], explicit: bool = True, spelling: Spelling = PLAIN
) -> tuple[str, ...]:
    """Write requests as JSON objects; equal contexts and uids are written once."""
    writer = _Writer(explicit, spelling)
    plain = spelling is PLAIN
    uids: dict[Uid, str] = {}
    contexts: dict[RecordV, str] = {}
    texts: list[str] = []
    for request in requests:
        for uid in (request.principal, request.action, request.resource):
            if uid not in uids:
                uids[uid] = uid_text(uid) if plain else writer.text(writer.uid(uid))
        context = contexts.get(request.context)
        if context is None:
            record = request.context
            context = contexts[record] = (
                _plain_value(record, explicit) if plain else writer.text(writer.value(record))
            )
        texts.append(
            f'{{"principal": {uids[request.principal]}, "action": {uids[request.action]}, '
            f'"resource": {uids[request.resource]}, "context": {context}}}'
        )
    return tuple(texts)


# The plain spelling, of which most documents are, is written without a detour.


def _plain_entity(entity: Entity, explicit: bool) -> str:
    attrs = _plain_items(entity.attrs.items, explicit)
    parents = ", ".join(map(uid_text, entity.parents))
    tags = f', "tags": {_plain_items(entity.tags.items, explicit)}' if entity.tags.items else ""
    return f'{{"uid": {uid_text(entity.uid)}, "attrs": {attrs}, "parents": [{parents}]{tags}}}'


def _plain_items(items: Iterable[tuple[str, Value]], explicit: bool) -> str:
    fields = [f"{_string(name)}: {_plain_value(value, explicit)}" for name, value in items]
    return f"{{{', '.join(fields)}}}"


def _plain_value(value: Value, explicit: bool) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            return _string(value)
        case Uid():
            return f'{{"__entity": {uid_text(value)}}}' if explicit else uid_text(value)
        case SetV(items):
            return f"[{', '.join([_plain_value(item, explicit) for item in items])}]"
        case RecordV(items):
            return _plain_items(items, explicit)
        case ExtV(kind, text, _) if text:
            called = f'{{"__extn": {{"fn": "{CONSTRUCTORS[kind]}", "arg": {_string(text)}}}}}'
            return called if explicit else _string(text)
        case ExtV():
            return json.dumps(_Writer(explicit, PLAIN).value(value))


class _Writer:
    """A writer of documents in one spelling."""

    __slots__ = ("explicit", "odd", "plain_text")

    def __init__(self, explicit: bool, spelling: Spelling) -> None:
        self.explicit = explicit
        self.odd = spelling.odd
        self.plain_text = not spelling.odd(2)

    def text(self, document: Json) -> str:
        if self.plain_text:
            return json.dumps(document)
        return json.dumps(document, ensure_ascii=False, indent=1)

    def entity(self, entity: Entity) -> Json:
        document: dict[str, Json] = {"uid": self.uid(entity.uid)}
        document["attrs"] = {name: self.value(value) for name, value in entity.attrs.items}
        document["parents"] = [self.uid(parent) for parent in entity.parents]
        if entity.tags.items or self.odd(4):
            document["tags"] = {name: self.value(value) for name, value in entity.tags.items}
        if self.odd(12):
            document["ignored"] = [1.5, None]
        return document

    def uid(self, uid: Uid) -> Json:
        plain: dict[str, Json] = {"type": uid.type, "id": uid.id}
        if self.odd(8):
            plain["ignored"] = None
        return {"__entity": plain} if self.odd(8) else plain

    def value(self, value: Value) -> Json:
        match value:
            case Uid(type_name, id_):
                uid = {"type": type_name, "id": id_}
                return {"__entity": uid} if self.explicit else uid
            case SetV(items):
                return [self.value(item) for item in items]
            case RecordV(items):
                return {name: self.value(item) for name, item in items}
            case ExtV(kind, text, key):
                if text and not self.explicit:
                    return text
                return {"__extn": self._call(kind, text, key)}
            case _:
                return value

    def _call(self, kind: str, text: str, key: tuple[int, ...]) -> Json:
        if text:
            arguments: dict[str, Json] = {"args": [text]} if self.odd(6) else {"arg": text}
            return {"fn": CONSTRUCTORS[kind], **arguments}
        epoch = {"__extn": {"fn": "datetime", "arg": "1970-01-01"}}
        return {"fn": "offset", "args": [epoch, {"__extn": {"fn": "duration", "arg": f"{key[0]}ms"}}]}
