"""Tests of membership on an attribute of principal or resource: a set of entities, often empty, or an action.

Partial evaluation has rules of its own for them: no entity is in an empty set, whatever is known of it, and a
schema's actions are in their groups, whether a store holds them or not (spec 09 §4.3, §8).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from generators.choice.sources import Source
from generators.draw.syntax import (
    Binary,
    Condition,
    Expr,
    GetAttr,
    Is,
    Lit,
    Policy,
    RecordV,
    SetV,
    Uid,
    Var,
)
from generators.draw.world import Attr, Entity, EntityT, EntityType, Schema, SetT, Type

ATTRIBUTE = "held"


@dataclass(frozen=True, slots=True)
class Member:
    """An attribute of an entity type, and what is looked for in it or above it."""

    entity_type: str
    type: Type
    uid: Uid
    values: tuple[Uid, ...]
    """Those that the attribute may hold."""

    def test(self, role: str) -> Expr:
        """Write the test, guarded by the type of principal or resource, so that any environment takes it."""
        attribute = GetAttr(Var(role), ATTRIBUTE)
        operands = (Lit(self.uid), attribute) if isinstance(self.type, SetT) else (attribute, Lit(self.uid))
        return Binary("&&", Is(Var(role), self.entity_type), Binary("in", *operands))


def draw_member(source: Source, schema: Schema, entities: Iterable[Entity]) -> Member | None:
    """Draw what an entity type may hold in one more attribute: a set of entities, or an action."""
    types = [one.name for one in schema.entity_types if _is_standard(one)]
    if not types:
        return None
    holder = source.choice(types)
    actions = tuple(schema.actions_by_uid)
    groups = [parent for action in schema.actions for parent in action.parents]
    if groups and len({action.type for action in actions}) == 1 and source.boolean(0.4):
        return Member(holder, EntityT(actions[0].type), source.choice(groups), actions)
    held = source.choice(types)
    uids = tuple(entity.uid for entity in entities if entity.uid.type == held)
    wanted = Uid(held, "nobody") if not uids or source.boolean() else source.choice(uids)
    return Member(holder, SetT(EntityT(held)), wanted, uids)


def with_attribute(schema: Schema, member: Member) -> Schema:
    """Declare the attribute."""
    attr = Attr(ATTRIBUTE, member.type)
    types = (
        replace(one, shape=replace(one.shape, attrs=(*one.shape.attrs, attr), alias=None))
        if one.name == member.entity_type
        else one
        for one in schema.entity_types
    )
    return replace(schema, entity_types=tuple(types))


def with_values(source: Source, entities: Iterable[Entity], member: Member) -> tuple[Entity, ...]:
    """Give the attribute to the entities of its type; a set is empty as often as not."""
    return tuple(
        replace(entity, attrs=RecordV((*entity.attrs.items, (ATTRIBUTE, _value(source, member)))))
        if entity.uid.type == member.entity_type
        else entity
        for entity in entities
    )


def _value(source: Source, member: Member) -> SetV | Uid:
    if not isinstance(member.type, SetT):
        return source.choice(member.values)
    return SetV((source.choice(member.values),) if member.values and source.boolean() else ())


def with_member_test(source: Source, policy: Policy, member: Member) -> Policy:
    """Put a test of membership before the last condition of a policy, or make it one."""
    test = member.test(source.choice(("principal", "resource")))
    if not policy.conditions:
        return replace(policy, conditions=(Condition("when", test),))
    *others, last = policy.conditions
    body = Binary(source.choice(("&&", "||")), test, last.body)
    return replace(policy, conditions=(*others, Condition(last.kind, body)))


def _is_standard(one: EntityType) -> bool:
    names = {attr.name for attr in one.shape.attrs}
    return not (one.enum or one.external or ATTRIBUTE in names)
