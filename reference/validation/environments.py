"""Request environments: the kinds of request a policy is checked for (spec 08 §2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from reference.policies import Body, Equals, OfTypeWithin, ScopeConstraint, Within
from reference.schema.schema import Schema
from reference.schema.types import RecordType
from reference.syntax import Slot, SlotName
from reference.values import EntityUid


@dataclass(frozen=True, slots=True)
class Environment:
    """The types of the variables, the exact action, and the types of the slots of a template."""

    principal: str
    action: EntityUid
    resource: str
    context: RecordType
    slots: Mapping[SlotName, str] = field(default_factory=dict)


def environments(body: Body, schema: Schema) -> Iterator[Environment]:
    """Every environment of the schema; for a template, with every combination of slot types."""
    for uid in sorted(schema.actions, key=lambda uid: (uid.type, uid.id)):
        action = schema.actions[uid]
        for principal, resource in product(sorted(action.principals), sorted(action.resources)):
            for_principal = slot_types(body.principal, principal, schema)
            for_resource = slot_types(body.resource, resource, schema)
            for left, right in product(for_principal, for_resource):
                yield Environment(principal, uid, resource, action.context, {**left, **right})


def slot_types(constraint: ScopeConstraint, variable: str, schema: Schema) -> list[dict[SlotName, str]]:
    """Return the possible types of the slot in a constraint on a variable of the given type (spec 08 §2)."""
    match constraint:
        case Equals(Slot(name)):
            return [{name: variable}]
        case Within(Slot(name)) | OfTypeWithin(_, Slot(name)):
            return [{name: t} for t in sorted(schema.entity_ancestors(variable) | {variable})]
        case _:
            return [{}]
