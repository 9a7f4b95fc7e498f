"""The entity store (spec 05): attributes, tags and parents by uid, the closure on demand.

A store is never changed: `add`, `upsert` and `remove` give a new one that shares everything untouched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from production.collecting import without_collection
from production.errors import EntitiesError
from production.hierarchy import NOBODY, Ancestors, check_acyclic
from production.names import is_action_type
from production.uids import Uid
from production.values import Record, equal

NO_TAGS: Final[Record] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Entity:
    """One entity: its uid, attributes, direct parents and tags."""

    uid: Uid
    attributes: Record = field(default_factory=dict)
    parents: frozenset[Uid] = NOBODY
    tags: Record = field(default_factory=dict)


class Entities:
    """A closed store of entities. Build one with `from_entities`, `from_json` or from another store."""

    __slots__ = ("above", "attributes", "parents", "tags")

    def __init__(
        self,
        attributes: dict[Uid, Record],
        parents: dict[Uid, frozenset[Uid]],
        tags: dict[Uid, Record],
        above: Ancestors | None = None,
    ) -> None:
        """Take over three maps that already fit together: `tags` holds only entities that have some."""
        self.attributes = attributes
        self.parents = parents
        self.tags = tags
        self.above = Ancestors(parents) if above is None else above

    @classmethod
    def from_entities(cls, entities: Iterable[Entity]) -> Entities:
        """A store of these; raises `EntitiesError` for two that differ, for a cycle, for an action below a
        non-action.
        """
        with without_collection():
            return cls({}, {}, {}).add(entities)

    @classmethod
    def from_json(cls, text: str) -> Entities:
        """Read an entity document without a schema (spec 05 §2); raises `EntitiesError`."""
        from production.entity_json import read_entities

        return read_entities(text)

    def add(self, entities: Iterable[Entity]) -> Entities:
        """This store and `entities`; one already there is ignored if deeply equal, else an error (spec 05
        §3).
        """
        builder = StoreBuilder(self.attributes.copy(), self.parents.copy(), self.tags.copy())
        for entity in entities:
            builder.add(entity.uid, entity.attributes, entity.parents, entity.tags)
        return builder.store()

    def upsert(self, entities: Iterable[Entity]) -> Entities:
        """This store with `entities` put in, each in place of the one with its uid."""
        attributes, parents, tags = self.attributes.copy(), self.parents.copy(), self.tags.copy()
        moved = False
        for entity in entities:
            uid = entity.uid
            check_parents(uid, entity.parents)
            moved = moved or parents.get(uid) != entity.parents
            attributes[uid] = entity.attributes
            parents[uid] = entity.parents
            tags.pop(uid, None)
            if entity.tags:
                tags[uid] = entity.tags
        if moved:
            check_acyclic(parents)
        return Entities(attributes, parents, tags, None if moved else self.above)

    def remove(self, uids: Iterable[Uid]) -> Entities:
        """This store without these entities, also as parents of others; unknown uids are ignored."""
        gone = frozenset(uids)
        attributes = {uid: record for uid, record in self.attributes.items() if uid not in gone}
        tags = {uid: record for uid, record in self.tags.items() if uid not in gone}
        parents = {
            uid: further if gone.isdisjoint(further) else further - gone
            for uid, further in self.parents.items()
            if uid not in gone
        }
        return Entities(attributes, parents, tags)

    def get(self, uid: Uid) -> Entity | None:
        """The entity of this uid, if the store has it."""
        attributes = self.attributes.get(uid)
        if attributes is None:
            return None
        return Entity(uid, attributes, self.parents[uid], self.tags.get(uid, NO_TAGS))

    def ancestors(self, uid: Uid) -> frozenset[Uid]:
        """All proper ancestors of `uid`; none for one that is not in the store."""
        return self.above[uid]

    def __contains__(self, uid: object) -> bool:
        return uid in self.attributes

    def __len__(self) -> int:
        return len(self.attributes)

    def __iter__(self) -> Iterator[Entity]:
        for uid, attributes in self.attributes.items():
            yield Entity(uid, attributes, self.parents[uid], self.tags.get(uid, NO_TAGS))


class StoreBuilder:
    """Three maps on their way to become a store, filled entity by entity."""

    __slots__ = ("_attributes", "_parents", "_shared", "_tags")

    def __init__(
        self,
        attributes: dict[Uid, Record],
        parents: dict[Uid, frozenset[Uid]],
        tags: dict[Uid, Record],
    ) -> None:
        self._attributes = attributes
        self._parents = parents
        self._tags = tags
        self._shared: dict[frozenset[Uid], frozenset[Uid]] = {}

    def add(self, uid: Uid, attributes: Record, parents: frozenset[Uid], tags: Record) -> None:
        """Put in one entity; one that is there is ignored if deeply equal, else an `EntitiesError`."""
        if uid in self._attributes:
            known = Entity(uid, self._attributes[uid], self._parents[uid], self._tags.get(uid, NO_TAGS))
            check_duplicate(Entity(uid, attributes, parents, tags), known)
            return
        if parents:
            if is_action_type(uid.type):
                check_parents(uid, parents)
            parents = self._shared.setdefault(parents, parents)
        self._attributes[uid] = attributes
        self._parents[uid] = parents
        if tags:
            self._tags[uid] = tags

    def store(self) -> Entities:
        """The store; raises `EntitiesError` for a cycle."""
        check_acyclic(self._parents)
        return Entities(self._attributes, self._parents, self._tags)


def check_parents(uid: Uid, parents: frozenset[Uid]) -> None:
    """Raise `EntitiesError` if an action has a parent that is none (spec 05 §4)."""
    if parents and is_action_type(uid.type):
        for parent in parents:
            if not is_action_type(parent.type):
                raise EntitiesError(f"the action {uid!r} has a parent that is not an action: {parent!r}")


def check_duplicate(entity: Entity, known: Entity) -> None:
    """Raise `EntitiesError` unless the two are deeply equal (spec 05 §3)."""
    if (
        entity.parents != known.parents
        or not equal(entity.attributes, known.attributes)
        or not equal(entity.tags, known.tags)
    ):
        raise EntitiesError(f"two different entities are {entity.uid!r}")
