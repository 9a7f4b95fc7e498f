"""A resolved schema (spec 07 §1): entity types, actions, and the two hierarchies.

Only the declared parents are kept; who can be whose ancestor is found on demand and remembered, because the
full closure of a long chain would be quadratic.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Generic, TypeVar

from .types import RecordType, Type, TypeTable

ActionUid = tuple[str, str]
"""Type name and id."""

K = TypeVar("K")

REMEMBERED = 2_000_000


@dataclass(frozen=True, slots=True)
class StandardEntityType:
    """`parents` are the declared ones; `tags` is the type of every tag value, `None` where there are none."""

    name: str
    parents: frozenset[str]
    shape: RecordType
    tags: Type | None


@dataclass(frozen=True, slots=True)
class EnumeratedEntityType:
    """A type with these ids only; no attributes, tags or parents."""

    name: str
    ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class ExternalEntityType:
    """A type that is declared here and defined in another schema (spec 13 §5)."""

    name: str
    parents: frozenset[str]


EntityTypeModel = StandardEntityType | EnumeratedEntityType | ExternalEntityType


@dataclass(frozen=True, slots=True)
class Action:
    """`principals` and `resources` are empty for an action that applies to nothing or is external."""

    uid: ActionUid
    parents: frozenset[ActionUid]
    principals: frozenset[str]
    resources: frozenset[str]
    context: RecordType
    is_external: bool = False


class Reach(Generic[K]):
    """The nodes that can be reached from a node over the given edges; a node reaches itself only on a cycle.

    Answers are remembered while they hold at most `REMEMBERED` nodes together; then memory starts afresh.
    """

    def __init__(self, edges: Mapping[K, Iterable[K]]) -> None:
        self.edges = edges
        self._known: dict[K, frozenset[K]] = {}
        self._held = 0

    def of(self, node: K) -> frozenset[K]:
        """Return all nodes at the end of a path of at least one edge."""
        found = self._known.get(node)
        if found is None:
            reached: set[K] = set()
            todo = list(self.edges.get(node, ()))
            while todo:
                next_node = todo.pop()
                if next_node not in reached:
                    reached.add(next_node)
                    known = self._known.get(next_node)
                    if known is None:
                        todo.extend(self.edges.get(next_node, ()))
                    else:
                        reached |= known
            found = frozenset(reached)
            self._held += len(found)
            if self._held > REMEMBERED:
                self._known.clear()
                self._held = len(found)
            self._known[node] = found
        return found


def reversed_edges(edges: Mapping[K, Iterable[K]]) -> dict[K, list[K]]:
    """Return the same relation the other way round."""
    backwards: dict[K, list[K]] = {}
    for node, targets in edges.items():
        for target in targets:
            backwards.setdefault(target, []).append(node)
    return backwards


class SchemaModel:
    """The meaning of a schema, immutable.

    `types` is the table that all its types come from; `actions` go by uid.

    `entity_ancestors` and `entity_descendants` reach over entity type names, `action_ancestors` and
    `action_descendants` over action uids; `action_types` are the names that some action has as its type.
    `external_types` and `external_actions` are declared without a definition.
    """

    entity_types: Mapping[str, EntityTypeModel]
    actions: Mapping[ActionUid, Action]
    types: TypeTable
    action_types: frozenset[str]
    external_types: frozenset[str]
    external_actions: frozenset[ActionUid]
    is_complete: bool
    entity_ancestors: Reach[str]
    entity_descendants: Reach[str]
    action_ancestors: Reach[ActionUid]
    action_descendants: Reach[ActionUid]

    def __init__(
        self,
        entity_types: Mapping[str, EntityTypeModel],
        actions: Mapping[ActionUid, Action],
        types: TypeTable,
    ) -> None:
        externals = (e.name for e in entity_types.values() if isinstance(e, ExternalEntityType))
        external_types = frozenset(externals)
        external_actions = frozenset(uid for uid, action in actions.items() if action.is_external)
        entity_parents = {
            e.name: e.parents for e in entity_types.values() if not isinstance(e, EnumeratedEntityType)
        }
        action_parents = {action.uid: action.parents for action in actions.values()}
        vars(self).update(
            entity_types=MappingProxyType(dict(entity_types)),
            actions=MappingProxyType(dict(actions)),
            types=types,
            action_types=frozenset(type_name for type_name, _ in actions),
            external_types=external_types,
            external_actions=external_actions,
            is_complete=not external_types and not external_actions,
            entity_ancestors=Reach(entity_parents),
            entity_descendants=Reach(reversed_edges(entity_parents)),
            action_ancestors=Reach(action_parents),
            action_descendants=Reach(reversed_edges(action_parents)),
        )

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("the meaning of a schema is immutable")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("the meaning of a schema is immutable")

    def __deepcopy__(self, memo: object) -> SchemaModel:
        return self


def external_below_enumerated(model: SchemaModel) -> frozenset[str]:
    """Return the external types that have, against the rules, an enumerated type among their ancestors."""
    if not model.external_types:
        return frozenset()
    enumerated = [e.name for e in model.entity_types.values() if isinstance(e, EnumeratedEntityType)]
    below = Reach({"": enumerated, **model.entity_descendants.edges})
    return model.external_types & below.of("")
