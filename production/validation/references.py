"""Reference checks (spec 08 §3): every type, enumerated id and action that a policy names is declared.

One walk over a policy's conditions, unreached code included; it also notes which variables they mention:
that decides how many environments really differ for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from production.names import is_action_type
from production.nodes import Constant, Is, Node, Variable, postorder
from production.policies import Policy, Slot
from production.schema_errors import near_name
from production.schema_model import SchemaModel
from production.typed_values import unlisted
from production.uids import Uid
from production.validation.problems import Fault, Faults


@dataclass(frozen=True, slots=True)
class Mentioned:
    """The variables that conditions mention (`action` also for any action literal)."""

    variables: frozenset[str]
    scope_is_declared: bool


def check_references(policy: Policy, model: SchemaModel, faults: Faults) -> Mentioned:
    """Report what the policy names without a declaration."""
    for uid in _scope_uids(policy):
        _report(faults, undeclared(uid, model))
    for scope in (policy.principal, policy.resource):
        if scope.type_name is not None:
            _report(faults, undeclared_type(scope.type_name, model))
    scope_is_declared = not any(untypable(uid, model) for uid in _scope_uids(policy))
    variables: set[str] = set()
    for body in policy.expressions():
        for node in postorder(body):
            _look_at(node, model, variables, faults)
    return Mentioned(frozenset(variables), scope_is_declared)


def _look_at(node: Node, model: SchemaModel, variables: set[str], faults: Faults) -> None:
    if isinstance(node, Variable):
        variables.add(node.name)
    elif isinstance(node, Constant):
        if isinstance(node.value, Uid):
            _report(faults, undeclared(node.value, model), node)
            if is_action_type(node.value.type):
                variables.add("action")
    elif isinstance(node, Is):
        _report(faults, undeclared_type(node.type_name, model), node)


def _report(faults: Faults, fault: Fault | None, node: Node | None = None) -> None:
    if fault is not None:
        faults.add(fault.kind, fault.message, node)


def _scope_uids(policy: Policy) -> Iterator[Uid]:
    for scope in (policy.principal, policy.resource):
        if scope.entity is not None and not isinstance(scope.entity, Slot):
            yield scope.entity
    yield from policy.action.entities


def untypable(uid: Uid, model: SchemaModel) -> bool:
    """Whether an entity literal has no type: it names no declared type or action (spec 08 §6.1).

    An unlisted id of an enumerated type is an error, but has this type.
    """
    return uid.type not in model.entity_types and (uid.type, uid.id) not in model.actions


def undeclared(uid: Uid, model: SchemaModel) -> Fault | None:
    """What is wrong with an entity literal, or `None`."""
    if is_action_type(uid.type):
        if (uid.type, uid.id) in model.actions:
            return None
        known = (f"{type_name}::{action_id}" for type_name, action_id in model.actions)
        hint = near_name(f"{uid.type}::{uid.id}", known)
        return Fault("unrecognized_action", f"unrecognized action {uid!r}{hint}")
    fault = undeclared_type(uid.type, model)
    if fault is not None:
        return fault
    message = unlisted(uid, model)
    return None if message is None else Fault("invalid_enum_entity", message)


def undeclared_type(name: str, model: SchemaModel) -> Fault | None:
    """What is wrong with an entity type name, or `None`; any action type passes (spec 08 §3)."""
    if name in model.entity_types or is_action_type(name):
        return None
    hint = near_name(name, model.entity_types)
    return Fault("unrecognized_entity_type", f"unrecognized entity type {name}{hint}")
