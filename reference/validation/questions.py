"""Questions about schemas and policies that need no evaluation (spec 13 §1 to §3)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from reference.policies import (
    Body,
    condition,
)
from reference.schema.schema import ExternalEntityType, Schema
from reference.schema.types import FALSE
from reference.support.recursion import deep_recursion
from reference.support.traversal import children
from reference.syntax import (
    IsIn,
    Lit,
)
from reference.validation.environments import Environment
from reference.validation.policies import check_everywhere
from reference.values import EntityUid

# About a schema (§1). Actions and types are the declared ones, external declarations included.


def action_groups(schema: Schema) -> frozenset[EntityUid]:
    """Return the actions that some other action has among its ancestors."""
    return frozenset().union(*(schema.action_ancestors(uid) for uid in schema.actions))


def principals(schema: Schema) -> frozenset[str]:
    """Return the types in the principal list of some action."""
    return frozenset().union(*(action.principals for action in schema.actions.values()))


def resources(schema: Schema) -> frozenset[str]:
    """Return the types in the resource list of some action."""
    return frozenset().union(*(action.resources for action in schema.actions.values()))


def principals_for_action(schema: Schema, uid: EntityUid) -> frozenset[str] | None:
    """Return the principal list of an action; None if it is not declared."""
    action = schema.actions.get(uid)
    return None if action is None else action.principals


def resources_for_action(schema: Schema, uid: EntityUid) -> frozenset[str] | None:
    """Return the resource list of an action; None if it is not declared."""
    action = schema.actions.get(uid)
    return None if action is None else action.resources


def actions_for_principal_and_resource(schema: Schema, principal: str, resource: str) -> frozenset[EntityUid]:
    """Return the actions that list the principal type and the resource type."""
    return frozenset(
        uid
        for uid, action in schema.actions.items()
        if principal in action.principals and resource in action.resources
    )


def request_environments(schema: Schema) -> Iterator[tuple[str, EntityUid, str]]:
    """Every principal type, action and resource type of which a request can be."""
    for uid, action in schema.actions.items():
        for principal, resource in product(action.principals, action.resources):
            yield principal, uid, resource


def ancestors(schema: Schema, name: str) -> frozenset[str] | None:
    """Return the types that an entity of a type can have as ancestor; None if the type is not declared."""
    return schema.entity_ancestors(name) if name in schema.entity_types else None


def action_entities(schema: Schema) -> dict[EntityUid, frozenset[EntityUid]]:
    """Return the ancestors of each action that the schema defines."""
    return {uid: schema.action_ancestors(uid) for uid in schema.actions.keys() - external_actions(schema)}


def external_entity_types(schema: Schema) -> frozenset[str]:
    """Return the entity types that are declared and not defined."""
    return frozenset(
        name for name, declared in schema.entity_types.items() if isinstance(declared, ExternalEntityType)
    )


def external_actions(schema: Schema) -> frozenset[EntityUid]:
    """Return the actions that are declared and not defined."""
    return frozenset(uid for uid, action in schema.actions.items() if action.external)


def is_complete(schema: Schema) -> bool:
    """Return whether nothing is external."""
    return not schema.externals()


# About a policy (§2). The scope of a link is that of its body with the slots filled; its literals are those
# of the template.


def has_non_scope_constraint(body: Body) -> bool:
    """Return whether there is any `when` or `unless`."""
    return bool(body.clauses)


def entity_literals(body: Body) -> list[EntityUid]:
    """List the literals of the condition without sugar, scope included, each as often as it stands there."""
    found: list[EntityUid] = []
    waiting = [condition(body)]
    while waiting:
        match waiting.pop():
            case Lit(EntityUid() as uid):
                found.append(uid)
            case IsIn(operand, _, ancestor):  # stands for `operand is T && operand in ancestor` (01 §5)
                waiting += (operand, operand, ancestor)
            case node:
                waiting += children(node)
    return found


# About a policy under a schema (§3).


def valid_request_environments(body: Body, schema: Schema) -> list[Environment]:
    """Return the environments in which a policy or template is type-correct and can make a difference.

    Reference checks are not made: a literal of an undeclared type has no type, and excludes what reaches it.
    An incomplete schema has none.
    """
    if not is_complete(schema):
        return []
    with deep_recursion():
        return [
            checked.environment
            for checked in check_everywhere(body, condition(body), schema, permissive=False)
            if not checked.failed and checked.typed.type != FALSE
        ]
