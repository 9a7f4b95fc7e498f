"""The world of a scenario: the resolved schema, its entities, and the paths through it.

Types here are resolved; `alias` remembers under which common type a type is written. Everything derived
(ancestors, environments, paths) is computed once for a world.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from generators.draw.syntax import Expr, GetAttr, RecordV, Uid, Var

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Prim:
    """`Bool`, `Long`, `String` or one of the four extension types."""

    name: str
    alias: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class EntityT:
    """The type of the entities of a type name."""

    name: str
    alias: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class SetT:
    """The type of sets of an element type."""

    element: Type
    alias: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Attr:
    """An attribute of a record type."""

    name: str
    type: Type
    required: bool = True


@dataclass(frozen=True, slots=True)
class RecordT:
    """A record type."""

    attrs: tuple[Attr, ...]
    alias: str | None = field(default=None, compare=False)


Type = Prim | EntityT | SetT | RecordT

BOOL, LONG, STRING = Prim("Bool"), Prim("Long"), Prim("String")
DECIMAL, IPADDR, DATETIME, DURATION = Prim("decimal"), Prim("ipaddr"), Prim("datetime"), Prim("duration")
EXTENSIONS = (DECIMAL, IPADDR, DATETIME, DURATION)
EMPTY_RECORD = RecordT(())


def is_exact(type_: Type) -> bool:
    """Return whether a literal of the type has the type itself: no optional attribute anywhere inside."""
    match type_:
        case SetT(element):
            return is_exact(element)
        case RecordT(attrs):
            return all(attr.required and is_exact(attr.type) for attr in attrs)
        case _:
            return True


@dataclass(frozen=True, slots=True)
class EntityType:
    """A declared entity type, by full name; `enum` holds the ids of an enumerated one.

    An external one is defined in another schema.
    """

    name: str
    parents: tuple[str, ...] = ()
    shape: RecordT = EMPTY_RECORD
    tags: Type | None = None
    enum: tuple[str, ...] = ()
    external: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """A declared action; one that applies to nothing has no principals.

    An external one is defined in another schema.
    """

    uid: Uid
    parents: tuple[Uid, ...] = ()
    principals: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    context: RecordT = EMPTY_RECORD
    external: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Environment:
    """A request environment (spec 08 §2). A schema has each once, so identity is equality."""

    principal: str
    action: Action
    resource: str


@dataclass(frozen=True, slots=True)
class Path:
    """A chain of attributes to a value of a type; `optional` holds for each step whether it may be absent."""

    attrs: tuple[str, ...]
    type: Type
    optional: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Rooted:
    """A path from a variable, as an expression."""

    root: Var
    path: Path

    def expression(self, length: int | None = None) -> Expr:
        """Return the access chain, or its first `length` steps."""
        expr: Expr = self.root
        for attr in self.path.attrs[:length]:
            expr = GetAttr(expr, attr)
        return expr


PATH_DEPTH = 3
PATHS_EACH = 24


@dataclass(frozen=True)
class Schema:
    """A schema: entity types, actions, and common types `(full name, type)` in an order where uses follow."""

    entity_types: tuple[EntityType, ...]
    actions: tuple[Action, ...]
    common_types: tuple[tuple[str, Type], ...] = ()

    @cached_property
    def types(self) -> dict[str, EntityType]:
        """The entity types by name."""
        return {entity_type.name: entity_type for entity_type in self.entity_types}

    @cached_property
    def actions_by_uid(self) -> dict[Uid, Action]:
        """The actions by uid."""
        return {action.uid: action for action in self.actions}

    @cached_property
    def ancestors(self) -> dict[str, frozenset[str]]:
        """The types that each type may have as ancestor, transitively."""
        parents = {entity_type.name: entity_type.parents for entity_type in self.entity_types}
        return {name: frozenset(_closure(name, parents)) for name in parents}

    @cached_property
    def action_ancestors(self) -> dict[Uid, frozenset[Uid]]:
        """The groups of each action, direct or not."""
        parents = {action.uid: action.parents for action in self.actions}
        return {uid: frozenset(_closure(uid, parents)) for uid in parents}

    @cached_property
    def environments(self) -> tuple[Environment, ...]:
        """The request environments."""
        return tuple(
            Environment(principal, action, resource)
            for action in self.actions
            for principal in action.principals
            for resource in action.resources
        )

    @cached_property
    def indices(self) -> dict[Any, Any]:
        """What others have derived from the schema and may use again."""
        return {}

    @cached_property
    def _paths(self) -> dict[str, tuple[Path, ...]]:
        return {}

    def paths_of_type(self, name: str) -> tuple[Path, ...]:
        """Return the attribute chains from an entity of a type, the empty one first."""
        known = self._paths.get(name)
        if known is None:
            known = self._paths[name] = self._search(EntityT(name))
        return known

    def paths_of_record(self, record: RecordT) -> tuple[Path, ...]:
        """Return the attribute chains into a record, without the empty one."""
        return self._search(record)

    def _search(self, start: Type) -> tuple[Path, ...]:
        found = [Path((), start, ())]
        for path in found:
            if len(path.attrs) >= PATH_DEPTH or len(found) >= PATHS_EACH:
                break
            for attr in self.attributes(path.type):
                found.append(Path((*path.attrs, attr.name), attr.type, (*path.optional, not attr.required)))
        return tuple(found)

    def attributes(self, type_: Type) -> tuple[Attr, ...]:
        """Return the attributes that `.` may access on a value of the type."""
        match type_:
            case RecordT(attrs):
                return attrs
            case EntityT(name) if name in self.types:
                return self.types[name].shape.attrs
            case _:
                return ()


def _closure(start: K, parents: dict[K, tuple[K, ...]]) -> set[K]:
    seen: set[K] = set()
    pending = list(parents.get(start, ()))
    while pending:
        parent = pending.pop()
        if parent not in seen:
            seen.add(parent)
            pending.extend(parents.get(parent, ()))
    return seen


NO_ITEMS = RecordV(())


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity with its attributes, parents and tags."""

    uid: Uid
    attrs: RecordV
    parents: tuple[Uid, ...] = ()
    tags: RecordV = NO_ITEMS


@dataclass(frozen=True, slots=True)
class Request:
    """A request for authorization."""

    principal: Uid
    action: Uid
    resource: Uid
    context: RecordV
