"""Partial entities: what is known of them, and the checks of a store (spec 09 §1.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from reference.entities import Entities
from reference.names import is_action_type
from reference.partial.errors import Refusal
from reference.schema.schema import Schema, reachable
from reference.text.uid_text import show
from reference.validation.conformance import uid_problem
from reference.validation.entities import (
    ancestors_problem,
    attrs_problem,
    declaration_problem,
    tags_problem,
)
from reference.values import EntityUid, Value

Fields = Mapping[str, Value]
Ancestors = frozenset[EntityUid]


@dataclass(frozen=True, slots=True)
class PartialEntity:
    """An entity; None is a part that is unknown. `ancestors` are all ancestors."""

    uid: EntityUid
    attrs: Fields | None = None
    ancestors: Ancestors | None = None
    tags: Fields | None = None


@dataclass(frozen=True, slots=True)
class PartialEntities:
    """A store. INVARIANT: ancestors are closed, and the schema's action entities are in it."""

    by_uid: Mapping[EntityUid, PartialEntity]

    def attrs(self, uid: EntityUid) -> Fields | None:
        """Return the attributes of an entity, None if they are unknown."""
        return self.by_uid[uid].attrs if uid in self.by_uid else None

    def ancestors(self, uid: EntityUid) -> Ancestors | None:
        """Return all ancestors of an entity, None if they are unknown."""
        return self.by_uid[uid].ancestors if uid in self.by_uid else None

    def tags(self, uid: EntityUid) -> Fields | None:
        """Return the tags of an entity, None if they are unknown."""
        return self.by_uid[uid].tags if uid in self.by_uid else None

    def having(self, entities: Iterable[PartialEntity]) -> PartialEntities:
        """Return the store with more entities; those that are there already are kept as they are."""
        return PartialEntities({**{entity.uid: entity for entity in entities}, **self.by_uid})


def partial_store(entities: Iterable[PartialEntity], schema: Schema) -> PartialEntities:
    """Return the store of these entities and the schema's actions: steps 3 to 7.

    Raises:
        Refusal: stage `entities`, with the first check that fails.
    """
    by_uid: dict[EntityUid, PartialEntity] = {}
    for entity in entities:
        if entity.uid in by_uid:
            raise Refusal("entities", "duplicate", f"{show(entity.uid)} is there twice")
        by_uid[entity.uid] = entity
    for entity in by_uid.values():
        check_entity(entity, schema)
    return action_store(schema).having(_closed(by_uid))


def known_store(entities: Entities, schema: Schema) -> PartialEntities:
    """Return concrete entities as a partial store in which they are known: steps 4, 5 and 7.

    Raises:
        Refusal: stage `entities`, with the first check that fails.
    """
    known = [everything_known(uid, entities) for uid in entities.by_uid]
    for entity in known:
        check_entity(entity, schema)
    return action_store(schema).having(known)


def action_store(schema: Schema) -> PartialEntities:
    """Return the store of the action entities alone."""
    actions = [PartialEntity(uid, {}, schema.action_ancestors(uid), {}) for uid in schema.actions]
    return PartialEntities({action.uid: action for action in actions})


def everything_known(uid: EntityUid, entities: Entities) -> PartialEntity:
    """Return an entity of a concrete store; one that is not there has nothing."""
    attrs, tags = entities.attrs_or_empty(uid), entities.tags_or_empty(uid)
    return PartialEntity(uid, attrs, entities.ancestors(uid), tags)


def check_entity(entity: PartialEntity, schema: Schema) -> None:
    """Raise `Refusal` if what is known of an entity does not conform (step 4)."""
    check = _action_problem if is_action_type(entity.uid.type) else _entity_problem
    problem = check(entity, schema)
    if problem is not None:
        raise Refusal("entities", "invalid", f"{show(entity.uid)}: {problem}")
    known = entity.ancestors
    if is_action_type(entity.uid.type) and known not in (None, schema.action_ancestors(entity.uid)):
        message = f"{show(entity.uid)}: its ancestors are not exactly the groups that the schema gives it"
        raise Refusal("entities", "action_ancestors", message)


def _entity_problem(entity: PartialEntity, schema: Schema) -> str | None:
    uid = entity.uid
    return (
        declaration_problem(uid, schema)
        or (None if entity.attrs is None else attrs_problem(uid, entity.attrs, schema))
        or (None if entity.ancestors is None else ancestors_problem(uid, entity.ancestors, schema))
        or (None if entity.tags is None else tags_problem(uid, entity.tags, schema))
    )


def _action_problem(entity: PartialEntity, schema: Schema) -> str | None:
    if entity.attrs or entity.tags:
        return "actions have no attributes and no tags"
    return uid_problem(entity.uid, schema)


def _closed(by_uid: Mapping[EntityUid, PartialEntity]) -> list[PartialEntity]:
    """Add to the ancestors of every entity those of its ancestors (steps 5 and 6)."""
    for entity in by_uid.values():
        for ancestor in entity.ancestors or ():
            if ancestor in by_uid and by_uid[ancestor].ancestors is None:
                message = (
                    f"{show(ancestor)} is an ancestor of {show(entity.uid)}: its ancestors must be known"
                )
                raise Refusal("entities", "unknown_ancestors", message)

    def above(uid: EntityUid) -> Ancestors:
        return (by_uid[uid].ancestors if uid in by_uid else None) or frozenset()

    closed = []
    for entity in by_uid.values():
        if entity.ancestors is not None:
            ancestors = reachable(entity.ancestors, above)
            if entity.uid in ancestors:
                raise Refusal("entities", "cycle", f"{show(entity.uid)} is its own ancestor")
            entity = replace(entity, ancestors=ancestors)
        closed.append(entity)
    return closed
