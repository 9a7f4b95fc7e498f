"""The scope of a policy as conditions, to be type-checked like any other (spec 01 §5)."""

from __future__ import annotations

from collections.abc import Iterator

from ..language.nodes import Binary, Condition, Constant, Is, Node, SetOf, Variable, VariableName
from ..language.policies import ActionScope, Policy, Scope, Slot
from ..language.uids import Uid


def scope_conditions(policy: Policy) -> Iterator[Condition]:
    """Yield one condition for each constraint, in the order principal, action, resource.

    A slot stands for an entity of a type that the variable has or can be in, so that the constraint is a Bool
    in every environment; the variable itself is such an entity (spec 08 §2).
    """
    for body in (
        _entity_constraint("principal", policy.principal),
        _action_constraint(policy.action),
        _entity_constraint("resource", policy.resource),
    ):
        if body is not None:
            yield Condition("when", body)


def lists_oddly(policy: Policy) -> bool:
    """Return whether the action constraint is a list that may be no set literal.

    That is empty, or of several types.
    """
    return policy.action.op == "in" and len({uid.type for uid in policy.action.entities}) != 1


def _entity_constraint(name: VariableName, scope: Scope) -> Node | None:
    variable = Variable(name)
    other = None if scope.entity is None else _entity(name, scope.entity)
    if scope.op == "is":
        assert scope.type_name is not None
        return Is(variable, scope.type_name, other)
    if other is None:
        return None
    return Binary("==" if scope.op == "==" else "in", variable, other)


def _entity(name: VariableName, entity: Uid | Slot) -> Node:
    return Variable(name) if isinstance(entity, Slot) else Constant(entity)


def _action_constraint(scope: ActionScope) -> Node | None:
    match scope.op:
        case "All":
            return None
        case "==":
            return Binary("==", Variable("action"), Constant(scope.entities[0]))
        case _:
            return Binary("in", Variable("action"), SetOf(tuple(map(Constant, scope.entities))))
