"""Conformance of entities to a schema, and the action entities that a schema defines (spec 05 §6, §7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reference.entities import Entities, Entity, store
from reference.errors import InputError
from reference.names import is_action_type
from reference.schema.schema import (
    Action,
    ExternalEntityType,
    Schema,
    StandardEntityType,
)
from reference.schema.types import EMPTY_RECORD
from reference.text.uid_text import show
from reference.validation.conformance import (
    record_problem,
    uid_problem,
    uids_problem,
    value_problem,
)
from reference.values import EntityUid, Record, Value


def conforming_store(entities: Iterable[Entity], schema: Schema) -> Entities:
    """Return the store of these entities and the schema's actions.

    Raises:
        InputError: part `entities`, if an entity does not conform or the store itself is refused.
    """
    listed = list(entities)
    for entity in listed:
        if not is_action_type(entity.uid.type):
            _refuse(entity, entity_problem(entity, schema))
    document = store(listed)
    for entity in document:
        if is_action_type(entity.uid.type):
            _refuse(entity, action_problem(entity, document, schema))
    return completed(document, schema)


def completed(document: Entities, schema: Schema) -> Entities:
    """Return a store with the schema's actions, in place of those that it has."""
    others = (entity for entity in document if not is_action_type(entity.uid.type))
    return store([*others, *action_entities(schema)])


def action_entities(schema: Schema) -> list[Entity]:
    """List the schema's actions as entities; as their groups are listed too, direct parents suffice."""
    return [Entity(uid, {}, action.parents, {}) for uid, action in schema.actions.items()]


def entity_problem(entity: Entity, schema: Schema) -> str | None:
    """Why an entity that is no action does not conform, or None."""
    uid = entity.uid
    return (
        declaration_problem(uid, schema)
        or attrs_problem(uid, entity.attrs, schema)
        or ancestors_problem(uid, entity.parents, schema)
        or tags_problem(uid, entity.tags, schema)
    )


def declaration_problem(uid: EntityUid, schema: Schema) -> str | None:
    """Why the schema knows no such entity, or None."""
    match schema.entity_types.get(uid.type):
        case None:
            return f"the entity type {uid.type} is not declared"
        case ExternalEntityType():
            return f"the entity type {uid.type} is external: the schema does not define it"
        case _:
            return uid_problem(uid, schema)


def attrs_problem(uid: EntityUid, attrs: Mapping[str, Value], schema: Schema) -> str | None:
    """Why these are not the attributes of an entity of a declared type, or None."""
    match schema.entity_types.get(uid.type):
        case StandardEntityType(shape):
            return record_problem(attrs, shape) or uids_problem(Record(attrs), schema)
        case _:
            return record_problem(attrs, EMPTY_RECORD)


def ancestors_problem(uid: EntityUid, ancestors: Iterable[EntityUid], schema: Schema) -> str | None:
    """Why an entity cannot have these ancestors, or None."""
    for ancestor in ancestors:
        if not schema.admits_ancestor(uid.type, ancestor.type):
            return f"the parent {show(ancestor)} is not of a type that the schema allows"
        problem = uid_problem(ancestor, schema)
        if problem is not None:
            return f"parent: {problem}"
    return None


def tags_problem(uid: EntityUid, tags: Mapping[str, Value], schema: Schema) -> str | None:
    """Why these are not the tags of an entity of a declared type, or None."""
    declared = schema.entity_types.get(uid.type)
    expected = declared.tags if isinstance(declared, StandardEntityType) else None
    for name, value in tags.items():
        problem = f"{uid.type} has no tags" if expected is None else value_problem(value, expected)
        problem = problem or uids_problem(value, schema)
        if problem is not None:
            return f"tag {name!r}: {problem}"
    return None


def action_problem(entity: Entity, document: Entities, schema: Schema) -> str | None:
    """Why an action of the document is not identical to the schema's, or None."""
    action = schema.actions.get(entity.uid)
    if action is None:
        return uid_problem(entity.uid, schema)
    if entity.attrs or entity.tags:
        return "actions have no attributes and no tags"
    if _has_its_parents(entity, action, document, schema):
        return None
    if document.ancestors(entity.uid) != schema.action_ancestors(entity.uid):
        return "its ancestors are not exactly the groups that the schema gives it"
    return None


def _has_its_parents(entity: Entity, action: Action, document: Entities, schema: Schema) -> bool:
    """Check that a document gives an action its declared parents, and entries for those that have parents.

    Then its ancestors are right if theirs are, and theirs are checked too; so a long chain of groups takes
    linear time.
    """
    return entity.parents == action.parents and all(
        parent in document.by_uid or not schema.actions[parent].parents for parent in action.parents
    )


def _refuse(entity: Entity, problem: str | None) -> None:
    if problem is not None:
        raise InputError("entities", f"{show(entity.uid)}: {problem}")
