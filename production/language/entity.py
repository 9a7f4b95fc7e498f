"""Entities, and the maps by uid that a store of them is made of (spec 05)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ..errors import EntitiesError
from .arguments import instance_of, iterable_of
from .hierarchy import NOBODY
from .names import is_action_type
from .uids import Uid
from .values import Record, equal, plain_record
from .views import View

NO_TAGS: Final[Record] = {}


class Entity:
    """One entity: its uid, attributes, direct parents and tags. Immutable.

    The constructor copies attributes and tags, and raises `ArgumentError` for what is no Cedar value.
    """

    __slots__ = ("_attributes", "_tags", "parents", "uid")

    uid: Uid
    """Type and id."""
    parents: frozenset[Uid]
    """The direct parents."""
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
    """Return an entity of parts that are checked; it takes them over."""
    made = _new(Entity)
    _set_uid(made, uid)
    _set_attributes(made, attributes)
    _set_parents(made, parents)
    _set_tags(made, tags)
    return made


def uids_of(uids: Iterable[Uid], what: str) -> frozenset[Uid]:
    """Return an argument that holds uids alone; raise `ArgumentError`."""
    listed = [instance_of(uid, Uid, f"{what}[{n}]") for n, uid in enumerate(iterable_of(uids, what))]
    return uids if type(uids) is frozenset else frozenset(listed)


class StoreBuilder:
    """Three maps on their way to become a store, filled entity by entity; `tags` leaves out those without."""

    __slots__ = ("_shared", "attributes", "parents", "tags")

    def __init__(
        self,
        attributes: dict[Uid, Record],
        parents: dict[Uid, frozenset[Uid]],
        tags: dict[Uid, Record],
    ) -> None:
        self.attributes = attributes
        self.parents = parents
        self.tags = tags
        self._shared: dict[frozenset[Uid], frozenset[Uid]] = {}

    def add(self, uid: Uid, attributes: Record, parents: frozenset[Uid], tags: Record) -> None:
        """Put in one entity; one that is there is ignored if deeply equal, else an `EntitiesError`."""
        if uid in self.attributes:
            known = make_entity(uid, self.attributes[uid], self.parents[uid], self.tags.get(uid, NO_TAGS))
            check_duplicate(make_entity(uid, attributes, parents, tags), known)
            return
        if parents:
            if is_action_type(uid.type):
                check_parents(uid, parents)
            parents = self._shared.setdefault(parents, parents)
        self.attributes[uid] = attributes
        self.parents[uid] = parents
        if tags:
            self.tags[uid] = tags


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
