"""Rewriting of documents for the laws: ids renamed, elements repeated.

In policy JSON every object of exactly `type` and `id`, both strings, is a uid, for literals of records are
written with `Record`. In entity documents and contexts only the uid places and `__entity` escapes are uids
(spec 05 §2, 06 §3).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from drt.model.case import Request
from drt.model.json_outline import members
from drt.oracles.texts import plain_json, uid_literal
from drt.scan.policies import condition_bodies
from drt.scan.tokens import tokenize

Rename = Callable[[str], str]

DOUBLED_LEVELS = 3
"""Sets inside each other whose elements are repeated: each level doubles everything below it."""


def _uid(value: Any, rename: Rename) -> Any:
    """Rename a uid in either form; anything else stays."""
    match value:
        case {"__entity": {"type": str(), "id": str(name)} as inner}:
            return {**value, "__entity": {**inner, "id": rename(name)}}
        case {"type": str(), "id": str(name)}:
            return {**value, "id": rename(name)}
    return value


def renamed_uids(value: Any, rename: Rename) -> Any:
    """Policy JSON with all entity ids renamed."""
    match value:
        case {"type": str(), "id": str()} if len(value) == 2:
            return _uid(value, rename)
        case dict():
            return {key: renamed_uids(part, rename) for key, part in value.items()}
        case list():
            return [renamed_uids(part, rename) for part in value]
    return value


def _renamed_value(value: Any, rename: Rename) -> Any:
    """Rename the ids of the `__entity` escapes of an attribute value."""
    match value:
        case {"__entity": {"type": str(), "id": str()}} if len(value) == 1:
            return _uid(value, rename)
        case dict():
            return {key: _renamed_value(part, rename) for key, part in value.items()}
        case list():
            return [_renamed_value(part, rename) for part in value]
    return value


def renamed_entities(text: str, rename: Rename) -> str:
    """Rename all ids of an entity document; raises `NotPlainJson`."""
    document = plain_json(text)
    if isinstance(document, list):
        document = [_renamed_entity(entity, rename) for entity in document]
    return json.dumps(document)


def _renamed_entity(entity: Any, rename: Rename) -> Any:
    if not isinstance(entity, dict):
        return entity
    renamed = dict(entity)
    if "uid" in entity:
        renamed["uid"] = _uid(entity["uid"], rename)
    if isinstance(entity.get("parents"), list):
        renamed["parents"] = [_uid(parent, rename) for parent in entity["parents"]]
    for part in ("attrs", "tags"):
        if isinstance(entity.get(part), dict):
            renamed[part] = {key: _renamed_value(value, rename) for key, value in entity[part].items()}
    return renamed


def renamed_request(request: Request, rename: Rename) -> Request:
    """Rename all ids of a request; raises `NotPlainJson`."""
    document = plain_json(request.text)
    if not isinstance(document, dict):
        return request
    renamed = {
        key: _uid(value, rename) if key in ("principal", "action", "resource") else value
        for key, value in document.items()
    }
    if isinstance(document.get("context"), dict):
        renamed["context"] = {
            key: _renamed_value(value, rename) for key, value in document["context"].items()
        }
    return replace(request, text=json.dumps(renamed))


def repeated(value: Any, levels: int = DOUBLED_LEVELS) -> Any:
    """Policy JSON with every element of every set literal and action list twice.

    Sets that lie in more than `levels` others stay as they are.
    """
    match value:
        case {"Set": list(elements)} if len(value) == 1 and levels > 0:
            inner = [repeated(element, levels - 1) for element in elements]
            return {"Set": [*inner, *inner]}
        case dict():
            return {
                key: [*part, *part]
                if key == "entities" and isinstance(part, list)
                else repeated(part, levels)
                for key, part in value.items()
            }
        case list():
            return [repeated(part, levels) for part in value]
    return value


def repeated_data(text: str) -> str:
    """Repeat every element of every array of an entity document or a request; raises `NotPlainJson`.

    The outermost array of an entity document and the arguments of calls are no sets; sets that lie in more
    than `DOUBLED_LEVELS` others stay as they are.
    """
    document = plain_json(text)
    if isinstance(document, list):
        return json.dumps([_repeated_value(entity) for entity in document])
    return json.dumps(_repeated_value(document))


def _repeated_value(value: Any, levels: int = DOUBLED_LEVELS) -> Any:
    match value:
        case {"__extn": dict()} if len(value) == 1:
            return value
        case dict():
            return {key: _repeated_value(part, levels) for key, part in value.items()}
        case list() if levels > 0:
            inner = [_repeated_value(part, levels - 1) for part in value]
            return [*inner, *inner]
    return value


def without_action(policies: str, request: str) -> str:
    """Policy text with the request's action in the place of the variable, in conditions."""
    tokens = tokenize(policies)
    action = uid_literal(members(request)["action"])
    inside = {at for start, end in condition_bodies(tokens) for at in range(start, end)}
    written = []
    position = 0
    for at in sorted(inside):
        before, after = tokens[at - 1].text, tokens[at + 1].text
        named = before in (".", "has", "is", "::") or after in (":", "::")
        if tokens[at].text == "action" and not named:
            written += [policies[position : tokens[at].start], action]
            position = tokens[at].end
    return "".join([*written, policies[position:]])
