"""Reference checks (spec 08 §3): every type, enumerated id and action that a policy names is declared.

One walk over a policy, unreached code included; it also notes which variables the conditions mention: that
decides how many environments really differ for them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..language.names import is_action_type
from ..language.near_names import near_name
from ..language.nodes import Constant, Is, Node, Variable
from ..language.strings import quoted
from ..language.uids import Uid
from ..schema.model import SchemaModel
from ..schema.typed_values import unlisted
from .problems import Fault, Faults

_NAMING = (Constant, Is)


@dataclass(frozen=True, slots=True)
class Mentioned:
    """The variables that conditions mention (`action` also for any action literal)."""

    variables: frozenset[str]
    scope_is_declared: bool


def check_references(
    scope: Iterable[Node], conditions: Iterable[Node], model: SchemaModel, faults: Faults
) -> Mentioned:
    """Report what the expressions of a policy's scope and conditions name without a declaration."""
    scope_is_declared = True
    for node in scope:
        _check(node, model, faults)
        if isinstance(node, Constant) and isinstance(node.value, Uid):
            scope_is_declared = scope_is_declared and not untypable(node.value, model)
    variables: set[str] = set()
    for node in conditions:
        if isinstance(node, Variable):
            variables.add(node.name)
        elif isinstance(node, _NAMING):
            _check(node, model, faults)
            if isinstance(node, Constant) and isinstance(node.value, Uid) and is_action_type(node.value.type):
                variables.add("action")
    return Mentioned(frozenset(variables), scope_is_declared)


def _check(node: Node, model: SchemaModel, faults: Faults) -> None:
    fault = None
    if isinstance(node, Constant):
        fault = undeclared(node.value, model) if isinstance(node.value, Uid) else None
    elif isinstance(node, Is):
        fault = undeclared_type(node.type_name, model)
    if fault is not None:
        faults.add(fault.kind, fault.message, node)


def untypable(uid: Uid, model: SchemaModel) -> bool:
    """Return whether an entity literal has no type: it names no declared type or action (spec 08 §6.1).

    An unlisted id of an enumerated type is an error, but has this type.
    """
    return uid.type not in model.entity_types and (uid.type, uid.id) not in model.actions


def undeclared(uid: Uid, model: SchemaModel) -> Fault | None:
    """Return what is wrong with an entity literal, or `None`."""
    if is_action_type(uid.type):
        if (uid.type, uid.id) in model.actions:
            return None
        known = (f"{type_name}::{quoted(action_id)}" for type_name, action_id in model.actions)
        hint = near_name(repr(uid), known)
        return Fault("unrecognized_action", f"unrecognized action {uid!r}{hint}")
    fault = undeclared_type(uid.type, model)
    if fault is not None:
        return fault
    message = unlisted(uid, model)
    return None if message is None else Fault("invalid_enum_entity", message)


def undeclared_type(name: str, model: SchemaModel) -> Fault | None:
    """Return what is wrong with an entity type name, or `None`; any action type passes (spec 08 §3)."""
    if name in model.entity_types or is_action_type(name):
        return None
    hint = near_name(name, model.entity_types)
    return Fault("unrecognized_entity_type", f"unrecognized entity type {name}{hint}")
