"""A definition of what a schema means: names resolved and common types inlined, or refused (spec 07 §4).

Owns the parts of a schema as its readers give them, and their resolution, which shares nothing with an
engine.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from drt.oracles.defined_names import Refused, Undefined

Json = Any
Kind = Literal["common", "entity", "either"]

_PRIMITIVE = ("Long", "String", "Bool")
EXTENSION = ("decimal", "ipaddr", "datetime", "duration")
_BUILT_IN = (*_PRIMITIVE, *EXTENSION)
_NO_COMMON = frozenset({"Bool", "Boolean", "Entity", "Extension", "Long", "Record", "Set", "String"})
_DEEPEST = 60


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A primitive or an extension type."""

    name: str


@dataclass(frozen=True, slots=True)
class SetOf:
    """A set type."""

    element: Type


@dataclass(frozen=True, slots=True)
class Record:
    """A record type: by the name of each attribute its type, and whether it is required."""

    attributes: Mapping[str, tuple[Type, bool]]


@dataclass(frozen=True, slots=True)
class Reference:
    """A name that stands for a type of a kind."""

    name: str
    kind: Kind


Type = BuiltIn | SetOf | Record | Reference
EMPTY = Record({})


@dataclass(frozen=True, slots=True)
class Entity:
    """A declaration of an entity type; an enumerated one has ids."""

    parents: Sequence[str] = ()
    shape: Type = EMPTY
    tags: Type | None = None
    ids: Sequence[str] | None = None
    external: bool = False


@dataclass(frozen=True, slots=True)
class Applies:
    """What an action applies to."""

    principals: Sequence[str]
    resources: Sequence[str]
    context: Type = EMPTY


@dataclass(frozen=True, slots=True)
class Action:
    """A declaration of an action; a parent is the name of a type, if it is given, and an id."""

    parents: Sequence[tuple[str | None, str]] = ()
    applies: Applies | None = None
    external: bool = False


@dataclass(slots=True)
class Space:
    """What is declared in a namespace."""

    commons: dict[str, Type] = field(default_factory=dict)
    entities: dict[str, Entity] = field(default_factory=dict)
    actions: dict[str, Action] = field(default_factory=dict)


def resolved(spaces: Mapping[str, Space]) -> Json:
    """Return the canonical form of a schema; raise `Refused` or `Undefined`."""
    return _Resolution(spaces).schema()


def _full(space: str, name: str) -> str:
    return f"{space}::{name}" if space else name


class _Resolution:
    """All declarations by their whole names, with the namespace of each."""

    def __init__(self, spaces: Mapping[str, Space]) -> None:
        _check_shadowing(spaces)
        self.spaces = spaces
        self.commons = {
            _full(n, name): (n, one) for n, s in spaces.items() for name, one in s.commons.items()
        }
        self.entities = {
            _full(n, name): (n, one) for n, s in spaces.items() for name, one in s.entities.items()
        }
        self.actions = {
            (_full(n, "Action"), name): (n, one) for n, s in spaces.items() for name, one in s.actions.items()
        }
        self._open: list[str] = []
        self._depth = 0

    def schema(self) -> Json:
        for name in self.commons:
            self._common(name)
        found = {
            "entityTypes": {name: self._entity(*declared) for name, declared in self.entities.items()},
            "actions": {uid_key(*uid): self._action(*declared) for uid, declared in self.actions.items()},
        }
        self._check_ancestors(found["entityTypes"])
        _check_acyclic(found["actions"])
        return found

    def _candidates(self, space: str, name: str) -> list[str]:
        return [name] if "::" in name or not space else [f"{space}::{name}", name]

    def _type(self, space: str, node: Type) -> Json:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Undefined
        match node:
            case BuiltIn(name):
                found: Json = {"type": name} if name in _PRIMITIVE else {"type": "Extension", "name": name}
            case SetOf(element):
                found = {"type": "Set", "element": self._type(space, element)}
            case Record(attributes):
                found = {
                    "type": "Record",
                    "attributes": {
                        name: {"type": self._type(space, inner), "required": required}
                        for name, (inner, required) in attributes.items()
                    },
                }
            case Reference(name, kind):
                found = self._referred(space, name, kind)
        self._depth -= 1
        return found

    def _referred(self, space: str, name: str, kind: Kind) -> Json:
        for candidate in self._candidates(space, name):
            if kind != "entity":
                if candidate in self.commons:
                    return self._common(candidate)
                if built_in := self._built_in(candidate):
                    return self._type(space, BuiltIn(built_in))
            if kind != "common":
                home, _, base = candidate.rpartition("::")
                is_action = base == "Action" and home in self.spaces and self.spaces[home].actions
                if candidate in self.entities or is_action:
                    return {"type": "Entity", "name": candidate}
        raise Refused(f"{name!r} names no type")

    def _built_in(self, name: str) -> str | None:
        """Return the built-in type of a name, if nothing in the empty namespace has that name."""
        base = name.removeprefix("__cedar::")
        is_hidden = base == name and (name in self.commons or name in self.entities)
        return base if base in _BUILT_IN and not is_hidden else None

    def _common(self, name: str) -> Json:
        if name in self._open:
            raise Refused(f"the common type {name!r} refers to itself")
        self._open.append(name)
        found = self._type(*self.commons[name])
        self._open.pop()
        return found

    def _record(self, space: str, node: Type) -> Json:
        found = self._type(space, node)
        if found["type"] != "Record":
            raise Refused("a shape or context is no record")
        return found

    def _names(self, space: str, names: Sequence[str]) -> list[str]:
        """Resolve names of entity types that are declared."""
        found = set()
        for name in names:
            known = [one for one in self._candidates(space, name) if one in self.entities]
            if not known:
                raise Refused(f"{name!r} names no entity type")
            found.add(known[0])
        return sorted(found)

    def _entity(self, space: str, entity: Entity) -> Json:
        if entity.ids is not None:
            return {"enum": sorted(set(entity.ids))}
        parents = self._names(space, entity.parents)
        if entity.external:
            return {"external": True, "memberOf": parents}
        return {
            "memberOf": parents,
            "shape": self._record(space, entity.shape),
            "tags": None if entity.tags is None else self._type(space, entity.tags),
        }

    def _action(self, space: str, action: Action) -> Json:
        parents = sorted({self._group(space, *parent) for parent in action.parents})
        if action.external:
            return {"external": True, "memberOf": parents}
        made: Json = {"memberOf": parents, "appliesTo": None}
        if action.applies is not None:
            applies = {
                "principals": self._names(space, action.applies.principals),
                "resources": self._names(space, action.applies.resources),
                "context": self._record(space, action.applies.context),
            }
            made["appliesTo"] = applies if applies["principals"] and applies["resources"] else None
        return made

    def _group(self, space: str, type_name: str | None, id_: str) -> str:
        for candidate in self._candidates(space, type_name or "Action"):
            if (candidate, id_) in self.actions:
                return uid_key(candidate, id_)
        raise Refused(f"{id_!r} names no action")

    def _check_ancestors(self, entities: Mapping[str, Json]) -> None:
        """No enumerated type may stand above an external one (spec 13 §5)."""
        for entity in entities.values():
            if entity.get("external"):
                seen, waiting = set[str](), [*entity["memberOf"]]
                while waiting:
                    name = waiting.pop()
                    if "enum" in entities[name]:
                        raise Refused("an enumerated type above an external one")
                    if name not in seen:
                        seen.add(name)
                        waiting += entities[name]["memberOf"]


def _check_shadowing(spaces: Mapping[str, Space]) -> None:
    whole = spaces.get("", Space())
    taken = whole.commons.keys() | whole.entities.keys()
    for name, space in spaces.items():
        if "Action" in space.entities or space.commons.keys() & _NO_COMMON:
            raise Refused("a name that cannot be declared")
        if name and (
            taken & (space.commons.keys() | space.entities.keys())
            or whole.actions.keys() & space.actions.keys()
        ):
            raise Refused("a name of the empty namespace is declared again")


def _check_acyclic(actions: Mapping[str, Json]) -> None:
    left = {name: set(action["memberOf"]) for name, action in actions.items()}
    while left:
        free = {name for name, above in left.items() if not above & left.keys()}
        if not free:
            raise Refused("a cycle of actions")
        left = {name: above for name, above in left.items() if name not in free}


def uid_key(type_name: str, id_: str) -> str:
    """Write the uid of an action as a key, the same for all."""
    return json.dumps([type_name, id_])


def canonical_schema(canonical: str) -> Json:
    """Return an engine's canonical schema with its actions by these keys."""
    document = json.loads(canonical)
    actions = {}
    for name, action in document["actions"].items():
        actions[_key_of(name)] = {**action, "memberOf": sorted(map(_key_of, action["memberOf"]))}
    return {**document, "actions": actions}


def _key_of(uid: str) -> str:
    type_name, _, id_ = uid.partition('::"')
    return uid_key(type_name, json.loads(f'"{id_}'))
