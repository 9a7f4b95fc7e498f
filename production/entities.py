"""The entity store (spec 05): attributes, tags and parents by uid, the closure on demand.

A store is never changed: `add`, `upsert` and `remove` give a new one that shares everything untouched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from .errors import EntitiesError
from .language.arguments import instance_of, iterable_of, text_of
from .language.deep_stack import at_any_depth
from .language.gc_pause import without_collection
from .language.hierarchy import NOBODY, Ancestors, check_acyclic
from .language.names import is_action_type
from .language.plain import plain_record
from .language.uids import Uid
from .language.values import Record, equal
from .language.views import View

NO_TAGS: Final[Record] = {}


class Entity:
    """One entity: its uid, attributes, direct parents and tags. Immutable.

    The constructor copies attributes and tags, and raises `ArgumentError` for what is no Cedar value.
    """

    __slots__ = ("_attributes", "_tags", "parents", "uid")

    uid: Uid
    parents: frozenset[Uid]
    _attributes: Record
    _tags: Record

    def __init__(
        self,
        uid: Uid,
        attributes: Mapping[str, Any] = NO_TAGS,
        parents: Iterable[Uid] = NOBODY,
        tags: Mapping[str, Any] = NO_TAGS,
    ) -> None:
        _set_uid(self, instance_of(uid, Uid, "uid"))
        _set_attributes(self, plain_record(attributes, "attributes"))
        _set_parents(self, uids_of(parents, "parents"))
        _set_tags(self, plain_record(tags, "tags"))

    def __init_subclass__(cls) -> None:
        raise TypeError("entities have no subclasses")

    @property
    def attributes(self) -> View[str]:
        """A read-only view of the attributes."""
        return View(self._attributes)

    @property
    def tags(self) -> View[str]:
        """A read-only view of the tags."""
        return View(self._tags)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("an entity is immutable")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("an entity is immutable")

    def __copy__(self) -> Entity:
        return self

    def __deepcopy__(self, memo: object) -> Entity:
        return self

    def __reduce__(self) -> tuple[object, ...]:
        return make_entity, (self.uid, self._attributes, self.parents, self._tags)

    def __repr__(self) -> str:
        return f"Entity({self.uid!r}, {self._attributes!r}, {self.parents!r}, {self._tags!r})"


_new: Final = object.__new__
_set_uid: Final = Entity.__dict__["uid"].__set__
_set_attributes: Final = Entity.__dict__["_attributes"].__set__
_set_parents: Final = Entity.__dict__["parents"].__set__
_set_tags: Final = Entity.__dict__["_tags"].__set__


def make_entity(
    uid: Uid, attributes: Record, parents: frozenset[Uid] = NOBODY, tags: Record = NO_TAGS
) -> Entity:
    """An entity of parts that are checked; it takes them over."""
    made = _new(Entity)
    _set_uid(made, uid)
    _set_attributes(made, attributes)
    _set_parents(made, parents)
    _set_tags(made, tags)
    return made


def uids_of(uids: Iterable[Uid], what: str) -> frozenset[Uid]:
    """An argument that holds uids alone; raises `ArgumentError`."""
    listed = [instance_of(uid, Uid, f"{what}[{n}]") for n, uid in enumerate(iterable_of(uids, what))]
    return uids if uids.__class__ is frozenset else frozenset(listed)


class Entities:
    """A closed store of entities. Build one with `from_entities`, `from_json` or from another store."""

    __slots__ = ("_above", "_attributes", "_parents", "_tags")

    _above: Ancestors
    _attributes: dict[Uid, Record]
    _parents: dict[Uid, frozenset[Uid]]
    _tags: dict[Uid, Record]

    def __init__(self, entities: Iterable[Entity] = ()) -> None:
        """A store of these, as `from_entities` makes it."""
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
        """A store of these; raises `EntitiesError` for two that differ, for a cycle, for an action below a
        non-action.
        """
        with without_collection():
            return make_store({}, {}, {}).add(entities)

    @classmethod
    @at_any_depth
    def from_json(cls, text: str) -> Entities:
        """Read an entity document without a schema (spec 05 §2); raises `EntitiesError`."""
        from .documents.entity_json import read_entities

        return read_entities(text_of(text, "an entity document"))

    @at_any_depth
    def add(self, entities: Iterable[Entity]) -> Entities:
        """This store and `entities`; one already there is ignored if deeply equal, else an error (spec 05
        §3).
        """
        builder = StoreBuilder(self._attributes.copy(), self._parents.copy(), self._tags.copy())
        for entity in iterable_of(entities, "entities"):
            instance_of(entity, Entity, "an entity")
            builder.add(entity.uid, entity._attributes, entity.parents, entity._tags)
        return builder.store()

    @at_any_depth
    def upsert(self, entities: Iterable[Entity]) -> Entities:
        """This store with `entities` put in, each in place of the one with its uid."""
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
        """This store without these entities, also as parents of others; unknown uids are ignored."""
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
        """The entity of this uid, if the store has it."""
        attributes = self._attributes.get(instance_of(uid, Uid, "uid"))
        if attributes is None:
            return None
        return make_entity(uid, attributes, self._parents[uid], self._tags.get(uid, NO_TAGS))

    def ancestors(self, uid: Uid) -> frozenset[Uid]:
        """All proper ancestors of `uid`; none for one that is not in the store."""
        return self._above[instance_of(uid, Uid, "uid")]

    def __contains__(self, uid: object) -> bool:
        return uid in self._attributes

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
            known = make_entity(uid, self._attributes[uid], self._parents[uid], self._tags.get(uid, NO_TAGS))
            check_duplicate(make_entity(uid, attributes, parents, tags), known)
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
        return make_store(self._attributes, self._parents, self._tags)


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
        or not equal(entity._attributes, known._attributes)
        or not equal(entity._tags, known._tags)
    ):
        raise EntitiesError(f"two different entities are {entity.uid!r}")
