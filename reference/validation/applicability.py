"""Applicability: the requests of a schema that a scope admits, by types (spec 08 §4)."""

from __future__ import annotations

from collections.abc import Mapping

from reference.policies import (
    ActionConstraint,
    ActionEquals,
    ActionIn,
    Anything,
    Body,
    Equals,
    OfType,
    OfTypeWithin,
    ScopeConstraint,
    Within,
)
from reference.schema.schema import Schema
from reference.syntax import Slot, SlotName
from reference.values import EntityUid

SlotValues = Mapping[SlotName, EntityUid]


def applies(body: Body, schema: Schema, values: SlotValues | None = None) -> bool:
    """Return whether some action of the scope takes some principal and resource type of the scope.

    `values` are those of a linked policy; the slots of a template may be anything.
    """
    principals = matching_types(body.principal, schema, values or {})
    resources = matching_types(body.resource, schema, values or {})
    return any(
        not action.principals.isdisjoint(principals) and not action.resources.isdisjoint(resources)
        for uid in matching_actions(body.action, schema)
        if (action := schema.actions.get(uid)) is not None
    )


def matching_actions(constraint: ActionConstraint, schema: Schema) -> frozenset[EntityUid]:
    """List the actions that satisfy a constraint, with members of groups; none if one is undeclared."""
    match constraint:
        case Anything():
            return frozenset(schema.actions)
        case ActionEquals(uid):
            return frozenset({uid})
        case ActionIn(uids) if not all(uid in schema.actions for uid in uids):
            return frozenset()
        case ActionIn(uids):
            return frozenset(uids) | schema.action_descendants(uids)


def matching_types(constraint: ScopeConstraint, schema: Schema, values: SlotValues) -> frozenset[str]:
    """Return the declared entity types that can satisfy the constraint on principal or resource."""
    declared = frozenset(schema.entity_types)
    match constraint:
        case Anything():
            return declared
        case OfType(name):
            return declared & {name}
        case Equals(target):
            uid = _value(target, values)
            return declared if uid is None else declared & {uid.type}
        case Within(target):
            uid = _value(target, values)
            return declared if uid is None else declared & _types_in(uid, schema)
        case OfTypeWithin(name, target):
            uid = _value(target, values)
            return declared & {name} if uid is None else declared & {name} & _types_in(uid, schema)


def _types_in(uid: EntityUid, schema: Schema) -> frozenset[str]:
    return schema.entity_descendants(uid.type) | {uid.type}


def _value(target: EntityUid | Slot, values: SlotValues) -> EntityUid | None:
    return values.get(target.name) if isinstance(target, Slot) else target
