"""A definition of entity documents and requests, with and without a schema (spec 05 §2–§9)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from drt.oracles.defined_names import Refused, Undefined
from drt.oracles.defined_values import (
    Object,
    Value,
    check_keys,
    check_names,
    has_type,
    read_document,
    record,
    typed,
    uid,
    uids_in,
    untyped,
)

Json = Any
_KEYS = ("uid", "attrs", "parents", "tags")
EMPTY = {"type": "Record", "attributes": {}}


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity of a document, with its direct parents."""

    attributes: Value
    parents: frozenset[Value]
    tags: Value


Store = dict[Value, Entity]


def defined_entities(text: str, schema: Json | None = None) -> Json:
    """Return what a document means, as text that only documents of the same meaning have.

    Raises `Refused` or `Undefined`. `schema` is a canonical schema.
    """
    document = read_document(text)
    if not isinstance(document, list):
        raise Refused("no array")
    store: Store = {}
    for node in document:
        name, entity = _entity(node, schema)
        if store.setdefault(name, entity) != entity:
            raise Refused("two entities with one uid")
    above = _closed(store)
    if schema is not None:
        _check_conformance(store, above, schema)
        for action, declared in _actions(schema).items():
            store.setdefault(action, Entity(record({}), declared, record({})))
            above.setdefault(action, declared)
    return {repr(name): _shown(entity, above[name]) for name, entity in store.items()}


def _shown(entity: Entity, above: frozenset[Value]) -> str:
    parts = (_sorted(entity.attributes), sorted(map(repr, above)), _sorted(entity.tags))
    return json.dumps(parts)


def _sorted(value: Value) -> Json:
    match value:
        case ("set", inner):
            return ["set", sorted((_sorted(one) for one in inner), key=json.dumps)]
        case ("record", inner):
            return ["record", sorted([name, _sorted(one)] for name, one in inner)]
    return repr(value)


def _entity(node: Json, schema: Json | None) -> tuple[Value, Entity]:
    if (
        not isinstance(node, Object)
        or node.twice & {*_KEYS}
        or not {"uid", "attrs", "parents"} <= node.keys()
    ):
        raise Refused("no entity")
    check_names(node)
    if not isinstance(node["parents"], list):
        raise Refused("parents are no array")
    name = uid(node["uid"])
    parents = frozenset(map(uid, node["parents"]))
    if _is_action(name) and not all(map(_is_action, parents)):
        raise Refused("an action with a parent that is none")
    declared = None if schema is None or _is_action(name) else schema["entityTypes"].get(name[1], {})
    tags = declared and declared.get("tags")
    parts = []
    for part in ("attrs", "tags"):
        content = node.get(part, Object())
        if not isinstance(content, Object):
            raise Refused(f"{part} are no object")
        check_keys(content)
        if declared and "shape" in declared and part == "attrs":
            parts.append(typed(content, declared["shape"]))
        else:
            read = {
                key: typed(one, tags) if tags and part == "tags" else untyped(one)
                for key, one in content.items()
            }
            parts.append(record(read))
    return name, Entity(parts[0], parents, parts[1])


def _is_action(name: Value) -> bool:
    return bool(name[1].rpartition("::")[2] == "Action")


def _closed(store: Store) -> dict[Value, frozenset[Value]]:
    """Return the ancestors of each entity; raise `Refused` for a cycle."""
    above = {name: set(entity.parents) for name, entity in store.items()}
    changed = True
    while changed:
        changed = False
        for parents in above.values():
            more = {one for parent in parents for one in above.get(parent, ())} - parents
            parents |= more
            changed = changed or bool(more)
    if any(name in parents for name, parents in above.items()):
        raise Refused("a cycle")
    return {name: frozenset(parents) for name, parents in above.items()}


def _actions(schema: Json) -> dict[Value, frozenset[Value]]:
    """Return the ancestors of each action of a schema."""
    plain = {
        _action(key): Entity(None, frozenset(map(_action, one["memberOf"])), None)
        for key, one in schema["actions"].items()
    }
    return _closed(plain)


def _action(key: str) -> Value:
    return ("entity", *json.loads(key))


def _ancestors(schema: Json, name: str) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        new = set(schema["entityTypes"][waiting.pop()].get("memberOf", ())) - found
        found |= new
        waiting += new
    return found


def _check_conformance(store: Store, above: Mapping[Value, frozenset[Value]], schema: Json) -> None:
    actions = _actions(schema)
    nothing = record({})
    for name, entity in store.items():
        declared = schema["entityTypes"].get(name[1])
        empty = entity.attributes == nothing and entity.tags == nothing
        if _is_action(name):
            if actions.get(name) != above[name] or not empty:
                raise Refused("an action that is not as declared")
            continue
        if declared is None or declared.get("external"):
            raise Refused("an entity of no declared type")
        check_uid(name, schema)
        if "enum" in declared:
            if entity.parents or not empty:
                raise Refused("an enumerated entity with more than its id")
            continue
        _check_members(entity, declared, _ancestors(schema, name[1]), schema)


def _check_members(entity: Entity, declared: Json, allowed: set[str], schema: Json) -> None:
    for parent in entity.parents:
        if parent[1] not in allowed:
            raise Refused("a parent of another type")
        check_uid(parent, schema)
    tags = [value for _, value in entity.tags[1]]
    if not has_type(entity.attributes, declared["shape"]) or (tags and declared["tags"] is None):
        raise Refused("attributes of other types, or tags where there are none")
    if not all(has_type(tag, declared["tags"]) for tag in tags):
        raise Refused("a tag of another type")
    for one in (*uids_in(entity.attributes), *uids_in(entity.tags)):
        check_uid(one, schema)


def check_uid(name: Value, schema: Json) -> None:
    """Raise `Refused` for an id that its enumerated type does not list, and for an undeclared action."""
    declared = schema["entityTypes"].get(name[1], {})
    if "enum" in declared and name[2] not in declared["enum"]:
        raise Refused("an id that is not listed")
    if _is_action(name) and name not in _actions(schema):
        raise Refused("an undeclared action")


def check_request(text: str, schema: Json | None) -> None:
    """Raise `Refused` for a request that no engine may answer, or `Undefined`."""
    request = read_document(text)
    if not isinstance(request, Object) or not {"principal", "action", "resource"} <= request.keys():
        raise Refused("no request")
    if request.twice or request.keys() - {"principal", "action", "resource", "context"}:
        raise Undefined
    if any(isinstance(request[part], str) for part in ("principal", "action", "resource")):
        raise Undefined
    parts = {part: uid(request[part]) for part in ("principal", "action", "resource")}
    context = request.get("context", Object())
    check_keys(context)
    if schema is None:
        if untyped(context)[0] != "record":
            raise Refused("a context that is no record")
        return
    declared = schema["actions"].get(json.dumps(list(parts["action"][1:])))
    applies = declared and declared.get("appliesTo")
    if not applies:
        raise Refused("an action that admits no request")
    for part in ("principal", "resource"):
        if parts[part][1] not in applies[f"{part}s"]:
            raise Refused(f"a {part} of another type")
        check_uid(parts[part], schema)
    value = typed(context, applies["context"])
    if not isinstance(context, Object) or not has_type(value, applies["context"]):
        raise Refused("a context of another type")
    for one in uids_in(value):
        check_uid(one, schema)
