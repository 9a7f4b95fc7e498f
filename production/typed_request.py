"""Whether a schema admits a request (spec 05 §9.1)."""

from __future__ import annotations

from production.errors import RequestError
from production.schema_errors import near_name
from production.schema_model import Action, SchemaModel
from production.typed_values import misfit, unlisted
from production.uids import Uid
from production.values import Record


def declared_action(model: SchemaModel, action: Uid) -> Action:
    """The declaration of a request's action. Raises `RequestError` if there is none."""
    declared = model.actions.get((action.type, action.id))
    if declared is None:
        known = (f"{type_name}::{action_id}" for type_name, action_id in model.actions)
        raise RequestError(
            f"the action {action!r} is not declared{near_name(f'{action.type}::{action.id}', known)}"
        )
    return declared


def check_request(model: SchemaModel, principal: Uid, action: Uid, resource: Uid, context: Record) -> None:
    """Raise `RequestError`, saying what does not fit, unless the schema has an environment for the request."""
    declared = declared_action(model, action)
    _check_entity(model, "principal", principal, declared.principals, action)
    _check_entity(model, "resource", resource, declared.resources, action)
    wrong = misfit(context, declared.context, model)
    if wrong:
        raise RequestError(f"the context does not fit the action {action!r}: {wrong}")


def _check_entity(model: SchemaModel, role: str, uid: Uid, allowed: frozenset[str], action: Uid) -> None:
    if uid.type not in model.entity_types:
        hint = near_name(uid.type, model.entity_types)
        raise RequestError(f"the {role}'s type {uid.type} is not a declared entity type{hint}")
    unknown = unlisted(uid, model)
    if unknown:
        raise RequestError(f"the {role}: {unknown}")
    if uid.type not in allowed:
        fitting = ", ".join(sorted(allowed)) or "nothing"
        raise RequestError(f"the action {action!r} does not take a {role} of type {uid.type}, but {fitting}")
