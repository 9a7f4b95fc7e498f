"""Which entities can be in which, by type, and which actions are in which (spec 08 §6.5)."""

from __future__ import annotations

from reference.schema import Schema, reachable
from reference.syntax import SetOf
from reference.validation.judgement import IllTyped, Setting, Typed
from reference.validation.types import BOOL, FALSE, TRUE, EntityType, NeverType, SetType, Type, describe
from reference.values import EntityUid


def membership(left: Typed, right: Typed, setting: Setting) -> Type:
    """The type of `a in b`."""
    match left.type, right.type:
        case EntityType(), (EntityType() | SetType(EntityType() | NeverType())):
            pass
        case EntityType(), u:
            raise IllTyped(f"expected an entity or a set of entities after `in`, found {describe(u)}")
        case t, _:
            raise IllTyped(f"expected an entity before `in`, found {describe(t)}")
    decided = action_membership(left, right, setting)
    if decided is not None:
        return decided
    return BOOL if _can_be_in(left.type, right.type, setting.schema) else FALSE


def action_membership(left: Typed, right: Typed, setting: Setting) -> Type | None:
    """True or False where both sides are literals and the left one is an action; None where they are not."""
    member = setting.literal(left.expr)
    if not isinstance(member, EntityUid) or member not in setting.schema.actions:
        return None
    elements = right.expr.elements if isinstance(right.expr, SetOf) else (right.expr,)
    groups = [setting.literal(element) for element in elements]
    if not all(isinstance(group, EntityUid) for group in groups):
        return None
    ancestors = setting.schema.action_ancestors(member) | {member}
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
    """The type itself and every type that an ancestor of an entity of this type can have."""
    if name in schema.entity_types:
        return schema.entity_ancestors(name) | {name}
    actions = [uid for uid in schema.actions if uid.type == name]
    groups = reachable(actions, lambda uid: schema.actions[uid].parents)
    return frozenset(uid.type for uid in groups) | {name}
