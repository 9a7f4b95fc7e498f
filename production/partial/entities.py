"""Partial entities (spec 09 §1.2): each part of an entity is known as a whole or unknown as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from ..entities import Entities
from ..errors import EntitiesError, PartialEntitiesError
from ..language.arguments import instance_of, iterable_of
from ..language.deep_stack import at_any_depth
from ..language.entity import NO_TAGS, uids_of
from ..language.hierarchy import NOBODY, Ancestors, check_acyclic
from ..language.names import is_action_type
from ..language.near_names import near_name
from ..language.strings import counted
from ..language.uids import Uid
from ..language.values import Record, plain_record
from ..language.views import View
from ..schema.model import EnumeratedEntityType, SchemaModel, StandardEntityType
from ..schema.typed_values import misfit, near_action, unlisted
from ..text.json_writer import write_json
from .rules import Known
from .written import known_json


class PartialEntity:
    """An entity of which some parts may be unknown. Immutable.

    `attributes`, `ancestors` and `tags` are `None` where they are unknown; known ancestors are all ancestors.
    The constructor copies the parts, and raises `ArgumentError` for what is no Cedar value.
    """

    __slots__ = ("_attributes", "_tags", "ancestors", "uid")

    uid: Uid
    """Type and id."""
    ancestors: frozenset[Uid] | None
    """All ancestors, if they are known."""
    _attributes: Record | None
    _tags: Record | None

    def __init__(
        self,
        uid: Uid,
        attributes: Mapping[str, Any] | None = None,
        ancestors: Iterable[Uid] | None = None,
        tags: Mapping[str, Any] | None = None,
    ) -> None:
        set_field = object.__setattr__
        set_field(self, "uid", instance_of(uid, Uid, "uid"))
        set_field(self, "_attributes", None if attributes is None else plain_record(attributes, "attributes"))
        set_field(self, "ancestors", None if ancestors is None else uids_of(ancestors, "ancestors"))
        set_field(self, "_tags", None if tags is None else plain_record(tags, "tags"))

    def __init_subclass__(cls) -> None:
        raise TypeError("partial entities have no subclasses")

    @property
    def attributes(self) -> View[str] | None:
        """A read-only view of the attributes, if they are known."""
        return None if self._attributes is None else View(self._attributes)

    @property
    def tags(self) -> View[str] | None:
        """A read-only view of the tags, if they are known."""
        return None if self._tags is None else View(self._tags)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a partial entity is immutable")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("a partial entity is immutable")

    def __repr__(self) -> str:
        parts = f"{self._attributes!r}, {self.ancestors!r}, {self._tags!r}"
        return f"PartialEntity({self.uid!r}, {parts})"


class PartialEntities:
    """A closed store of partial entities that fit a schema, its action entities included. Immutable.

    Made by `Schema.partial_entities` and `Schema.read_partial_entities`. An entity that the store lacks is
    unknown in all its parts.
    """

    __slots__ = ("_known", "_mentioned")

    _known: Known
    _mentioned: frozenset[Uid]

    def __init__(self) -> None:
        raise TypeError("make partial entities by `Schema.partial_entities`")

    def __init_subclass__(cls) -> None:
        raise TypeError("partial entities have no subclasses")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("partial entities are immutable")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("partial entities are immutable")

    def __copy__(self) -> PartialEntities:
        return self

    def __deepcopy__(self, memo: object) -> PartialEntities:
        return self

    def __contains__(self, uid: object) -> bool:
        return uid in self._mentioned

    def __len__(self) -> int:
        return len(self._mentioned)

    def __iter__(self) -> Iterator[PartialEntity]:
        known = self._known
        for uid in self._mentioned:
            ancestors = known.ancestors.get(uid)
            yield PartialEntity(uid, known.attributes.get(uid), ancestors, known.tags.get(uid))

    @at_any_depth
    def to_json(self) -> str:
        """Return the document that `Schema.read_partial_entities` reads; actions are the schema's.

        Raises `PrintError`.
        """
        uids = (uid for uid in self._mentioned if not is_action_type(uid.type))
        return write_json(known_json(self._known, uids))

    def __repr__(self) -> str:
        return f"<PartialEntities: {counted(len(self), 'entity', 'entities')}>"


def _store(known: Known, mentioned: Iterable[Uid]) -> PartialEntities:
    made = PartialEntities.__new__(PartialEntities)
    object.__setattr__(made, "_known", known)
    object.__setattr__(made, "_mentioned", frozenset(mentioned))
    return made


def _by_uid(listed: Iterable[PartialEntity]) -> dict[Uid, PartialEntity]:
    by_uid: dict[Uid, PartialEntity] = {}
    for entity in listed:
        if entity.uid in by_uid:
            raise PartialEntitiesError("duplicate", f"the entity {entity.uid!r} comes twice")
        by_uid[entity.uid] = entity
    return by_uid


class PartialEntityChecker:
    """A maker of partial entities that fit one schema."""

    def __init__(self, model: SchemaModel) -> None:
        self._model = model

    # Made when first asked for: of a chain of actions the ancestors are quadratically many.

    @cached_property
    def actions(self) -> dict[Uid, frozenset[Uid]]:
        """All ancestors of every action."""
        reach = self._model.action_ancestors
        return {Uid(*uid): frozenset(Uid(*above) for above in reach.of(uid)) for uid in self._model.actions}

    @cached_property
    def nothing(self) -> Known:
        """What is known of entities when nothing but the schema is."""
        return self.known({}, {}, {})

    def require_complete(self) -> None:
        """Raise `PartialEntitiesError` for a schema that has external declarations."""
        if not self._model.is_complete:
            raise PartialEntitiesError("incomplete_schema", "the schema has external declarations")

    def constructed(self, entities: Iterable[PartialEntity]) -> PartialEntities:
        """Return a store of entities that were made by constructor; raise `PartialEntitiesError`."""
        self.require_complete()
        listed = [
            instance_of(one, PartialEntity, "a partial entity") for one in iterable_of(entities, "entities")
        ]
        for entity in listed:
            self.check(entity)
        return self._closed(_by_uid(listed))

    def read(self, listed: list[PartialEntity]) -> PartialEntities:
        """Return a store of entities that were read from a document; raise `PartialEntitiesError`."""
        by_uid = _by_uid(listed)
        for entity in listed:
            self.check(entity)
        return self._closed(by_uid)

    def _closed(self, by_uid: dict[Uid, PartialEntity]) -> PartialEntities:
        """Return a store of entities that fit, closed, with the schema's actions in place of those given."""
        parents: dict[Uid, frozenset[Uid]] = {}
        for uid, entity in by_uid.items():
            if entity.ancestors is not None:
                parents[uid] = entity.ancestors
                self._check_known(uid, entity.ancestors, by_uid)
        try:
            check_acyclic(parents)
        except EntitiesError as error:
            raise PartialEntitiesError("cycle", str(error)) from None
        above = Ancestors(parents)
        given = [entity for uid, entity in by_uid.items() if uid not in self.actions]
        known = self.known(
            {entity.uid: entity._attributes for entity in given if entity._attributes is not None},
            {entity.uid: above[entity.uid] for entity in given if entity.ancestors is not None},
            {entity.uid: entity._tags for entity in given if entity._tags is not None},
        )
        return _store(known, (*by_uid, *self.actions))

    def known(
        self,
        attributes: dict[Uid, Record],
        ancestors: dict[Uid, frozenset[Uid]],
        tags: dict[Uid, Record],
    ) -> Known:
        """Return what is known of entities by these maps, with the schema's actions; it takes them over."""
        attributes.update(dict.fromkeys(self.actions, NO_TAGS))
        ancestors.update(self.actions)
        tags.update(dict.fromkeys(self.actions, NO_TAGS))
        return Known(self._model, attributes, ancestors, tags)

    def _check_known(self, uid: Uid, ancestors: frozenset[Uid], by_uid: Mapping[Uid, PartialEntity]) -> None:
        for ancestor in ancestors:
            above = by_uid.get(ancestor)
            if above is not None and above.ancestors is None:
                message = f"{uid!r}: the ancestor {ancestor!r} is listed with unknown ancestors"
                raise PartialEntitiesError("unknown_ancestors", message)

    def concrete(self, entities: Entities) -> PartialEntities:
        """Return a store in which every part of these entities is known; raise `PartialEntitiesError`."""
        self.check_concrete(entities)
        attributes, tags, above = entities._attributes, entities._tags, entities._above
        ancestors = {uid: above[uid] for uid in attributes}
        known_tags = {uid: tags.get(uid, NO_TAGS) for uid in attributes}
        return _store(self.known(attributes.copy(), ancestors, known_tags), (*attributes, *self.actions))

    def check_concrete(self, entities: Entities) -> None:
        """Raise `PartialEntitiesError` unless all of these entities fit the schema."""
        self.require_complete()
        for uid, record in entities._attributes.items():
            self.check_parts(uid, record, entities._above[uid], entities._tags.get(uid))

    # Whether an entity fits (spec 09 §1.2 step 4)

    def check(self, entity: PartialEntity) -> None:
        """Raise `PartialEntitiesError` unless the known parts of an entity fit the schema."""
        self.check_parts(entity.uid, entity._attributes, entity.ancestors, entity._tags)

    def check_parts(
        self, uid: Uid, attributes: Record | None, ancestors: frozenset[Uid] | None, tags: Record | None
    ) -> None:
        """Check as `check` does."""
        if is_action_type(uid.type):
            self._check_action(uid, attributes, ancestors, tags)
            return
        problem = self._problem(uid, attributes, ancestors, tags)
        if problem is not None:
            raise PartialEntitiesError("invalid", f"{uid!r}: {problem}")

    def _problem(
        self, uid: Uid, attributes: Record | None, ancestors: frozenset[Uid] | None, tags: Record | None
    ) -> str | None:
        declared = self._model.entity_types.get(uid.type)
        if declared is None:
            hint = near_name(uid.type, self._model.entity_types)
            return f"the entity type {uid.type} is not declared{hint}"
        if isinstance(declared, StandardEntityType):
            problem = misfit(attributes, declared.shape, self._model) if attributes is not None else None
            return problem or self._tags(tags, declared) or self._ancestors(uid, ancestors or NOBODY)
        assert isinstance(declared, EnumeratedEntityType)
        if attributes or ancestors or tags:
            return "an entity of an enumerated type has no attributes, tags or parents"
        return unlisted(uid, self._model)

    def _tags(self, tags: Record | None, declared: StandardEntityType) -> str | None:
        if not tags:
            return None
        if declared.tags is None:
            return f"entities of type {declared.name} have no tags"
        for name, value in tags.items():
            problem = misfit(value, declared.tags, self._model)
            if problem is not None:
                return f"the tag {name!r}: {problem}"
        return None

    def _ancestors(self, uid: Uid, ancestors: frozenset[Uid]) -> str | None:
        allowed = self._model.entity_ancestors.of(uid.type)
        for ancestor in ancestors:
            if ancestor.type not in allowed:
                return f"a {uid.type} cannot be in {ancestor!r}"
            problem = unlisted(ancestor, self._model)
            if problem is not None:
                return problem
        return None

    def _check_action(
        self, uid: Uid, attributes: Record | None, ancestors: frozenset[Uid] | None, tags: Record | None
    ) -> None:
        declared = self.actions.get(uid)
        if declared is None:
            message = f"the action {uid!r} is not declared{near_action(uid, self._model)}"
            raise PartialEntitiesError("invalid", message)
        if attributes or tags:
            raise PartialEntitiesError("invalid", f"the action {uid!r} has attributes or tags")
        if ancestors is not None and ancestors != declared:
            message = f"the action {uid!r} is not in the groups that the schema declares for it"
            raise PartialEntitiesError("action_ancestors", message)
