"""The entity store (spec 05): attributes, tags and parents by uid, the closure on demand.

A store is never changed: `add`, `upsert` and `remove` give a new one that shares everything untouched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from .documents.entity_json import entity_objects_json, read_entities
from .language.arguments import instance_of, iterable_of, text_of
from .language.deep_stack import at_any_depth, with_stack
from .language.entity import NO_TAGS, Entity, StoreBuilder, check_parents, make_entity, uids_of
from .language.gc_pause import without_collection
from .language.hierarchy import Ancestors, check_acyclic
from .language.strings import counted
from .language.uids import Uid
from .language.values import Record
from .language.views import View
from .text.json_writer import write_json

__all__ = ["Entities", "Entity", "entities_json"]


class Entities:
    """A closed store of entities. Build one with `from_entities`, `from_json` or from another store."""

    __slots__ = ("__weakref__", "_above", "_attributes", "_parents", "_tags")

    _above: Ancestors
    _attributes: dict[Uid, Record]
    _parents: dict[Uid, frozenset[Uid]]
    _tags: dict[Uid, Record]

    def __init__(self, entities: Iterable[Entity] = ()) -> None:
        """Make a store of these, as `from_entities` makes it."""
        made = Entities.from_entities(entities)
        self._above, self._attributes = made._above, made._attributes
        self._parents, self._tags = made._parents, made._tags

    @property
    def attributes(self) -> View[Uid]:
        """Read-only views of the attributes, by uid."""
        return View(self._attributes)

    @property
    def tags(self) -> View[Uid]:
        """Read-only views of the tags of those entities that have some, by uid."""
        return View(self._tags)

    @property
    def parents(self) -> Mapping[Uid, frozenset[Uid]]:
        """The direct parents, by uid."""
        return MappingProxyType(self._parents)

    def __copy__(self) -> Entities:
        return self

    def __deepcopy__(self, memo: object) -> Entities:
        return self

    def __reduce__(self) -> tuple[object, ...]:
        return make_store, (self._attributes, self._parents, self._tags)

    @classmethod
    @at_any_depth
    def from_entities(cls, entities: Iterable[Entity]) -> Entities:
        """Return a store of these.

        Raises `EntitiesError` for two that differ, for a cycle, and for an action below a non-action.
        """
        with without_collection():
            return make_store({}, {}, {}).add(entities)

    @classmethod
    @at_any_depth
    def from_json(cls, text: str) -> Entities:
        """Read an entity document without a schema (spec 05 §2); raises `EntitiesError`."""
        text = text_of(text, "an entity document")
        with without_collection():
            return with_stack(lambda: _closed(read_entities(text)))

    def to_json(self) -> str:
        """Return the canonical entity document: sorted by uid, all ancestors as parents.

        Raises `PrintError`.
        """
        return write_json(entities_json(self))

    @at_any_depth
    def add(self, entities: Iterable[Entity]) -> Entities:
        """Return this store and `entities` (spec 05 §3).

        An entity that is there already is ignored if it is deeply equal; else raises `EntitiesError`.
        """
        builder = StoreBuilder(self._attributes.copy(), self._parents.copy(), self._tags.copy())
        for entity in iterable_of(entities, "entities"):
            instance_of(entity, Entity, "an entity")
            builder.add(entity.uid, entity._attributes, entity.parents, entity._tags)
        return _closed(builder)

    @at_any_depth
    def upsert(self, entities: Iterable[Entity]) -> Entities:
        """Return this store with `entities` put in, each in place of the one with its uid."""
        attributes, parents, tags = self._attributes.copy(), self._parents.copy(), self._tags.copy()
        moved = False
        for entity in iterable_of(entities, "entities"):
            uid = instance_of(entity, Entity, "an entity").uid
            check_parents(uid, entity.parents)
            moved = moved or parents.get(uid) != entity.parents
            attributes[uid] = entity._attributes
            parents[uid] = entity.parents
            tags.pop(uid, None)
            if entity._tags:
                tags[uid] = entity._tags
        if moved:
            check_acyclic(parents)
        return make_store(attributes, parents, tags, None if moved else self._above)

    @at_any_depth
    def remove(self, uids: Iterable[Uid]) -> Entities:
        """Return this store without these entities, also as parents of others; unknown uids are ignored."""
        gone = uids_of(uids, "uids")
        attributes = {uid: record for uid, record in self._attributes.items() if uid not in gone}
        tags = {uid: record for uid, record in self._tags.items() if uid not in gone}
        parents = {
            uid: further if gone.isdisjoint(further) else further - gone
            for uid, further in self._parents.items()
            if uid not in gone
        }
        return make_store(attributes, parents, tags)

    def get(self, uid: Uid) -> Entity | None:
        """Return the entity of this uid, if the store has it."""
        attributes = self._attributes.get(instance_of(uid, Uid, "uid"))
        if attributes is None:
            return None
        return make_entity(uid, attributes, self._parents[uid], self._tags.get(uid, NO_TAGS))

    def ancestors(self, uid: Uid) -> frozenset[Uid]:
        """Return all proper ancestors of `uid`; none for one that is not in the store."""
        return self._above[instance_of(uid, Uid, "uid")]

    def __contains__(self, uid: object) -> bool:
        return uid in self._attributes

    def __repr__(self) -> str:
        return f"<Entities: {counted(len(self), 'entity', 'entities')}>"

    def __len__(self) -> int:
        return len(self._attributes)

    def __iter__(self) -> Iterator[Entity]:
        for uid, attributes in self._attributes.items():
            yield make_entity(uid, attributes, self._parents[uid], self._tags.get(uid, NO_TAGS))


def make_store(
    attributes: dict[Uid, Record],
    parents: dict[Uid, frozenset[Uid]],
    tags: dict[Uid, Record],
    above: Ancestors | None = None,
) -> Entities:
    """Take over three maps that already fit together: `tags` holds only entities that have some."""
    made = Entities.__new__(Entities)
    made._attributes = attributes
    made._parents = parents
    made._tags = tags
    made._above = Ancestors(parents) if above is None else above
    return made


def _closed(builder: StoreBuilder) -> Entities:
    """Return the store of these maps; raise `EntitiesError` for a cycle."""
    check_acyclic(builder.parents)
    return make_store(builder.attributes, builder.parents, builder.tags)


@at_any_depth
def entities_json(entities: Entities) -> list[Any]:
    """Return the canonical document (spec 05 §2.4): sorted by uid, all ancestors as parents.

    Raises `PrintError`.
    """
    return entity_objects_json(instance_of(entities, Entities, "entities"), entities._above)
