"""Requests that a schema admits (spec 05 §9.1)."""

from __future__ import annotations

from reference.errors import InputError
from reference.request import Request
from reference.schema.schema import Schema
from reference.text.uid_text import show
from reference.validation.conformance import record_problem, uid_problem, uids_problem
from reference.values import EntityUid


def check_request(request: Request, schema: Schema) -> None:
    """Raise `InputError`, part `request`, with the first of the eight checks that fails."""
    problem = request_problem(request, schema)
    if problem is not None:
        raise InputError("request", problem)


def request_problem(request: Request, schema: Schema) -> str | None:
    """Why the schema does not admit the request, or None."""
    action = schema.actions.get(request.action)
    problem = (
        _participant_problem("principal", request.principal, schema)
        or _participant_problem("resource", request.resource, schema)
        or _action_problem(request.action, schema)
    )
    if problem is not None or action is None:
        return problem
    if request.principal.type not in action.principals:
        return f"{show(request.action)} takes no principal of type {request.principal.type}"
    if request.resource.type not in action.resources:
        return f"{show(request.action)} takes no resource of type {request.resource.type}"
    problem = uids_problem(request.context, schema) or record_problem(request.context.fields, action.context)
    return None if problem is None else f"context: {problem}"


def _participant_problem(role: str, uid: EntityUid, schema: Schema) -> str | None:
    if uid.type not in schema.entity_types:
        return f"the {role}'s type {uid.type} is not declared"
    return uid_problem(uid, schema)


def _action_problem(uid: EntityUid, schema: Schema) -> str | None:
    action = schema.actions.get(uid)
    if action is not None:
        return external_action(uid) if action.external else None
    return f"the action {show(uid)} is not declared"


def external_action(uid: EntityUid) -> str:
    """Return the problem of a request whose action is external."""
    return f"the action {show(uid)} is external: the schema does not define it"
