"""Requests under a schema (spec 05 §8, §9.1): the context read by type, and the check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..documents.request_json import context_error, exact, read_context, read_role
from ..documents.typed_json import read_typed
from ..errors import JsonError, RequestError
from ..language.near_names import near_name
from ..language.uids import Uid
from ..language.values import Record
from ..request import Request, make_request
from ..schema.model import Action, SchemaModel
from ..schema.typed_values import misfit, near_action, unlisted
from ..text.json_text import read_json


def declared_action(model: SchemaModel, action: Uid) -> Action:
    """Return the declaration of a request's action. Raises `RequestError` if there is none."""
    declared = model.actions.get((action.type, action.id))
    if declared is None:
        raise RequestError(f"the action {action!r} is not declared{near_action(action, model)}")
    return declared


def read_request(model: SchemaModel, data: Mapping[str, Any], *, check: bool = True) -> Request:
    """Return a request from the members of its JSON object, as in `Request.from_dict`. Raises `RequestError`.

    Without `check` the schema only says how to read the context, if it declares the action at all.
    """
    principal, action, resource = (read_role(data, name) for name in ("principal", "action", "resource"))
    node = exact(data.get("context", {}), "context")
    known = check or (action.type, action.id) in model.actions
    context = read_typed_context(model, node, action) if known else read_context(node)
    if check:
        check_request(model, principal, action, resource, context)
    return make_request(principal, action, resource, context)


def read_typed_context(model: SchemaModel, node: Any, action: Uid) -> Record:
    """Return a context, an object or the text of one, read by the action's context type.

    Raises `RequestError`.
    """
    declared = declared_action(model, action)
    if declared.is_external:
        raise RequestError(f"the action {action!r} is external: its context is not defined here")
    try:
        value = read_typed(read_json(node) if isinstance(node, str) else node, declared.context, 0)
    except JsonError as error:
        raise context_error(node, error) from None
    assert isinstance(value, dict)
    return value


def check_request(model: SchemaModel, principal: Uid, action: Uid, resource: Uid, context: Record) -> None:
    """Raise `RequestError`, saying what does not fit, unless the schema has an environment for it."""
    declared = declared_action(model, action)
    if declared.is_external:
        raise RequestError(f"the action {action!r} is external: it is not defined here")
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
