"""Membership by type, and of actions by name (spec 08 §6.5)."""

from __future__ import annotations

from reference.schema.schema import Schema, reachable
from reference.schema.types import (
    BOOL,
    FALSE,
    TRUE,
    EntityType,
    NeverType,
    SetType,
    Type,
    UnknownType,
)
from reference.syntax import SetOf
from reference.validation.judgement import ENTITY, Checker, Sort, Typed
from reference.values import EntityUid


def membership(left: Typed, right: Typed, check: Checker) -> Type:
    """Compute the type of `a in b`."""
    member, group = check.expect(left, ENTITY), check.expect(right, ENTITIES)
    if isinstance(member, UnknownType) or _is_unknown(group):
        return BOOL
    decided = action_membership(left, right, check)
    if decided is not None:
        return decided
    return BOOL if _can_be_in(member, group, check.schema) else FALSE


def _are_entities(t: Type) -> bool:
    match t:
        case EntityType() | SetType(EntityType() | NeverType() | UnknownType()):
            return True
        case _:
            return False


ENTITIES = Sort("an entity or a set of entities", _are_entities)


def _is_unknown(group: Type) -> bool:
    match group:
        case UnknownType() | SetType(UnknownType()):
            return True
        case _:
            return False


def action_membership(left: Typed, right: Typed, check: Checker) -> Type | None:
    """Decide membership where both sides are literals and the left one is an action, otherwise None."""
    member = check.literal(left.expr)
    if not isinstance(member, EntityUid) or member not in check.schema.actions:
        return None
    elements = right.expr.elements if isinstance(right.expr, SetOf) else (right.expr,)
    groups = [check.literal(element) for element in elements]
    if not all(isinstance(group, EntityUid) for group in groups):
        return None
    ancestors = check.schema.action_ancestors(member) | {member}
    return TRUE if any(group in ancestors for group in groups) else FALSE


def _can_be_in(member: Type, group: Type, schema: Schema) -> bool:
    match member, group:
        case _, SetType(NeverType()):
            return True
        case _, SetType(element):
            return _can_be_in(member, element, schema)
        case EntityType(names), EntityType(others):
            return any(not others.isdisjoint(ancestor_types(name, schema)) for name in names)
        case _:
            return False


def ancestor_types(name: str, schema: Schema) -> frozenset[str]:
    """Return the type itself and every type that an ancestor of an entity of this type can have."""
    if name in schema.entity_types:
        return schema.entity_ancestors(name) | {name}
    actions = [uid for uid in schema.actions if uid.type == name]
    groups = reachable(actions, lambda uid: schema.actions[uid].parents)
    return frozenset(uid.type for uid in groups) | {name}
