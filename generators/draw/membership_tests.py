"""Tests of membership on attributes of principal and resource: sets of entities, often empty, and actions.

Partial evaluation has rules of its own for them: no entity is in an empty set, whatever is known of it, and a
schema's actions are in their groups, whether a store holds them or not (spec 09 §4.3, §8).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
from generators.draw.world import Entity, EntityT, Schema, SetT

EMPTY = 0.5
"""The share of entities whose set is made empty where a policy looks into it."""


@dataclass(frozen=True, slots=True)
class Member:
    """A required attribute of an entity type: a set of entities, or an action."""

    entity_type: str
    attr: str
    uid: Uid
    """Looked for in the set; or the group in which the action may be."""
    in_set: bool

    def test(self, role: str) -> Expr:
        """Write the test, guarded by the type of principal or resource, for any environment to take it."""
        attribute = GetAttr(Var(role), self.attr)
        left, right = (Lit(self.uid), attribute) if self.in_set else (attribute, Lit(self.uid))
        return Binary("&&", Is(Var(role), self.entity_type), Binary("in", left, right))


def members_of(schema: Schema) -> tuple[Member, ...]:
    """List the attributes of a schema that hold sets of entities or actions."""
    return tuple(_members(schema))


def _members(schema: Schema) -> Iterator[Member]:
    groups = [parent for action in schema.actions for parent in action.parents]
    for one in schema.entity_types:
        for attr in one.shape.attrs if not one.external else ():
            match attr.type:
                case SetT(EntityT(name)) if attr.required and name in schema.types:
                    enum = schema.types[name].enum
                    yield Member(one.name, attr.name, Uid(name, enum[0] if enum else "nobody"), True)
                case EntityT(name) if attr.required and groups and name not in schema.types:
                    yield Member(one.name, attr.name, groups[0], False)


def with_member_test(source: Source, policy: Policy, member: Member) -> Policy:
    """Put a test of membership before the last condition of a policy, or make it one."""
    test = member.test(source.choice(("principal", "resource")))
    if not policy.conditions:
        return replace(policy, conditions=(Condition("when", test),))
    *others, last = policy.conditions
    body = Binary(source.choice(("&&", "||")), test, last.body)
    return replace(policy, conditions=(*others, Condition(last.kind, body)))


def with_empty_sets(source: Source, entities: Iterable[Entity], member: Member) -> tuple[Entity, ...]:
    """Make the set empty in some of the entities."""
    return tuple(
        _emptied(entity, member)
        if member.in_set and entity.uid.type == member.entity_type and source.boolean(EMPTY)
        else entity
        for entity in entities
    )


def _emptied(entity: Entity, member: Member) -> Entity:
    items = ((name, SetV(()) if name == member.attr else value) for name, value in entity.attrs.items)
    return replace(entity, attrs=RecordV(tuple(items)))
