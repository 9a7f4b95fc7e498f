"""The resolved schema, without names, common types and namespaces (spec 07 §1).

A schema is a set of entity types and a set of actions. Names are fully qualified strings; the types inside
are those of `reference.schema.types`. Hierarchies are kept as declared, and closed on demand.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from reference.schema.types import RecordType, Type
from reference.values import EntityUid

Node = TypeVar("Node")


@dataclass(frozen=True, slots=True)
class StandardEntityType:
    """An entity type with attributes; `parents` are the declared ones, `tags` the type of every tag value."""

    attributes: RecordType
    parents: frozenset[str] = frozenset()
    tags: Type | None = None


@dataclass(frozen=True, slots=True)
class EnumeratedEntityType:
    """An entity type that has exactly the entities listed, without attributes, tags and parents."""

    ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class ExternalEntityType:
    """An entity type that is declared here and defined in another schema (spec 13 §5)."""

    parents: frozenset[str] = frozenset()


EntityTypeDeclaration = StandardEntityType | EnumeratedEntityType | ExternalEntityType


@dataclass(frozen=True, slots=True)
class Action:
    """An action and its request types (none if one side is empty); `parents` are the declared groups.

    An external action is defined in another schema; nothing but its groups is known here.
    """

    principals: frozenset[str]
    resources: frozenset[str]
    context: RecordType
    parents: frozenset[EntityUid] = frozenset()
    external: bool = False


@dataclass(frozen=True, slots=True)
class Schema:
    """Entity types by name and actions by uid."""

    entity_types: Mapping[str, EntityTypeDeclaration] = field(default_factory=dict)
    actions: Mapping[EntityUid, Action] = field(default_factory=dict)

    def externals(self) -> list[str]:
        """Return the names of the external declarations; a schema without any is complete."""
        types = [
            name for name, declared in self.entity_types.items() if isinstance(declared, ExternalEntityType)
        ]
        return [*types, *(uid_text(uid) for uid, action in self.actions.items() if action.external)]

    def action_types(self) -> frozenset[str]:
        """Compute the types of the declared actions."""
        return frozenset(uid.type for uid in self.actions)

    def entity_ancestors(self, name: str) -> frozenset[str]:
        """Every type that an ancestor of an entity of this type may have; its own only if so declared."""
        return reachable(self._entity_parents(name), self._entity_parents)

    def admits_ancestor(self, name: str, ancestor: str) -> bool:
        """Return whether an entity of type `name` may have an ancestor of the other type."""
        return ancestor in self._entity_parents(name) or ancestor in self.entity_ancestors(name)

    def action_ancestors(self, uid: EntityUid) -> frozenset[EntityUid]:
        """Every group that the action belongs to, directly or not."""
        return reachable(self._action_parents(uid), self._action_parents)

    def entity_descendants(self, name: str) -> frozenset[str]:
        """Every type that can have an ancestor of type `name`."""
        return reachable_backwards([name], self.entity_types, self._entity_parents)

    def action_descendants(self, groups: Iterable[EntityUid]) -> frozenset[EntityUid]:
        """Every action that belongs to one of the groups, directly or not."""
        return reachable_backwards(groups, self.actions, self._action_parents)

    def _entity_parents(self, name: str) -> frozenset[str]:
        match self.entity_types.get(name):
            case StandardEntityType(parents=parents) | ExternalEntityType(parents):
                return parents
            case _:
                return frozenset()

    def _action_parents(self, uid: EntityUid) -> frozenset[EntityUid]:
        action = self.actions.get(uid)
        return frozenset() if action is None else action.parents


def external_within_enumerated(schema: Schema) -> str | None:
    """Find an external entity type with an enumerated type among its ancestors, or none."""
    enumerated = {n for n, found in schema.entity_types.items() if isinstance(found, EnumeratedEntityType)}
    return next(
        (
            name
            for name, found in sorted(schema.entity_types.items(), key=lambda item: item[0])
            if isinstance(found, ExternalEntityType)
            and not enumerated.isdisjoint(schema.entity_ancestors(name))
        ),
        None,
    )


def uid_text(uid: EntityUid) -> str:
    """Return the uid as people write it, with the id as a JSON string."""
    return f"{uid.type}::{json.dumps(uid.id)}"


def reachable(start: Iterable[Node], parents: Callable[[Node], Iterable[Node]]) -> frozenset[Node]:
    """Everything reached from `start` along `parents`, `start` included."""
    found = set(start)
    waiting = list(found)
    while waiting:
        for parent in parents(waiting.pop()):
            if parent not in found:
                found.add(parent)
                waiting.append(parent)
    return frozenset(found)


def reachable_backwards(
    tops: Iterable[Node], nodes: Iterable[Node], parents: Callable[[Node], Iterable[Node]]
) -> frozenset[Node]:
    """Every node from which one of `tops` is reached along one or more steps of `parents`."""
    children: dict[Node, list[Node]] = {}
    for node in nodes:
        for parent in parents(node):
            children.setdefault(parent, []).append(node)
    below = [child for top in tops for child in children.get(top, ())]
    return reachable(below, lambda node: children.get(node, ()))


def cycle_in(nodes: Iterable[Node], successors: Callable[[Node], Iterable[Node]]) -> Node | None:
    """Find a node on a cycle of `successors`, or none; depth first, with its own stack."""
    finished: set[Node] = set()
    open_nodes: set[Node] = set()
    for root in nodes:
        stack: list[tuple[Node, Iterator[Node]]] = []
        entering: Node | None = root if root not in finished else None
        while entering is not None or stack:
            if entering is not None:
                open_nodes.add(entering)
                stack.append((entering, iter(successors(entering))))
                entering = None
            node, rest = stack[-1]
            for successor in rest:
                if successor in open_nodes:
                    return successor
                if successor not in finished:
                    entering = successor
                    break
            else:
                stack.pop()
                open_nodes.discard(node)
                finished.add(node)
    return None
