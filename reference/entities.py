"""The entity store and its hierarchy (spec 05 §1, §3 to §5).

Ancestors are found by plain search along the parents, each time anew. What a store refuses, duplicates
that differ, cycles and foreign parents of actions, it refuses when it is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from reference.errors import EvaluationError, InputError
from reference.names import is_action_type
from reference.text.uid_text import show
from reference.values import EntityUid, Value


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity with its direct parents, which need not be in the store."""

    uid: EntityUid
    attrs: Mapping[str, Value]
    parents: frozenset[EntityUid]
    tags: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Entities:
    """A store. INVARIANT: no cycles, keys are the uids of the entities; made by `store`."""

    by_uid: Mapping[EntityUid, Entity]

    def __iter__(self) -> Iterator[Entity]:
        return iter(self.by_uid.values())

    def find(self, uid: EntityUid) -> Entity | None:
        """Return the entity, or None if it is not in the store."""
        return self.by_uid.get(uid)

    def attrs(self, uid: EntityUid) -> Mapping[str, Value]:
        """Return the attributes of an entity, which must be in the store."""
        return self._existing(uid).attrs

    def attrs_or_empty(self, uid: EntityUid) -> Mapping[str, Value]:
        """Return the attributes of an entity; none if it is not in the store."""
        return self.by_uid[uid].attrs if uid in self.by_uid else {}

    def tags(self, uid: EntityUid) -> Mapping[str, Value]:
        """Return the tags of an entity, which must be in the store."""
        return self._existing(uid).tags

    def tags_or_empty(self, uid: EntityUid) -> Mapping[str, Value]:
        """Return the tags of an entity; none if it is not in the store."""
        return self.by_uid[uid].tags if uid in self.by_uid else {}

    def _existing(self, uid: EntityUid) -> Entity:
        if uid not in self.by_uid:
            raise EvaluationError("entity-missing")
        return self.by_uid[uid]

    def ancestors(self, uid: EntityUid) -> frozenset[EntityUid]:
        """Everything reachable through parents; nothing is known above an entity not in the store."""
        found: set[EntityUid] = set()
        todo = [uid]
        while todo:
            entity = self.by_uid.get(todo.pop())
            if entity is not None:
                new = entity.parents - found
                found |= new
                todo.extend(new)
        return frozenset(found)

    def is_in(self, uid: EntityUid, ancestor: EntityUid) -> bool:
        """Return whether the two are the same, or the second an ancestor of the first (spec 02 §4.4)."""
        return uid == ancestor or ancestor in self.ancestors(uid)


EMPTY = Entities({})


def store(entities: Iterable[Entity]) -> Entities:
    """Build a store of these entities.

    Raises:
        InputError: part `entities`, if two entities of one uid differ, an action has a parent that is
        none,
            or the hierarchy has a cycle.
    """
    by_uid: dict[EntityUid, Entity] = {}
    for entity in entities:
        known = by_uid.setdefault(entity.uid, entity)
        if known is not entity and known != entity:
            raise InputError("entities", f"two different entities have the uid {show(entity.uid)}")
        if is_action_type(entity.uid.type):
            for parent in entity.parents:
                if not is_action_type(parent.type):
                    raise InputError(
                        "entities",
                        f"the action {show(entity.uid)} has the parent {show(parent)}, which is no action",
                    )
    _refuse_cycles(by_uid)
    return Entities(by_uid)


def _refuse_cycles(by_uid: Mapping[EntityUid, Entity]) -> None:
    """Remove childless entities repeatedly; the remaining ones are on or above a cycle."""
    children = dict.fromkeys(by_uid, 0)
    for entity in by_uid.values():
        for parent in entity.parents:
            if parent in children:
                children[parent] += 1
    childless = [uid for uid, count in children.items() if count == 0]
    while childless:
        for parent in by_uid[childless.pop()].parents:
            if parent in children:
                children[parent] -= 1
                if children[parent] == 0:
                    childless.append(parent)
    for uid, count in children.items():
        if count > 0:
            raise InputError("entities", f"the hierarchy has a cycle at or above {show(uid)}")
