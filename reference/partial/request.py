"""Partial requests and their checks (spec 09 §1.1)."""

from __future__ import annotations

from dataclasses import dataclass

from reference.partial.errors import Kind, Refusal
from reference.request import Request
from reference.schema.schema import Schema
from reference.syntax import Variable
from reference.text.uid_text import show
from reference.validation.conformance import record_problem, uid_problem, uids_problem
from reference.validation.requests import external_action
from reference.values import EntityUid, Record, Value


@dataclass(frozen=True, slots=True)
class Participant:
    """A principal or resource: its type, and its id if that is known."""

    type: str
    id: str | None = None

    @property
    def uid(self) -> EntityUid | None:
        """Return the uid if the id is known."""
        return None if self.id is None else EntityUid(self.type, self.id)


@dataclass(frozen=True, slots=True)
class PartialRequest:
    """A request of which the ids of principal and resource, and the context as a whole, may be unknown."""

    principal: Participant
    action: EntityUid
    resource: Participant
    context: Record | None = None

    def variable(self, name: Variable) -> Value | None:
        """Return what a variable stands for, None if that is unknown."""
        match name:
            case "principal":
                return self.principal.uid
            case "action":
                return self.action
            case "resource":
                return self.resource.uid
            case "context":
                return self.context

    def admits(self, request: Request) -> bool:
        """Return whether a concrete request is a completion of this one."""
        return (
            _admits(self.principal, request.principal)
            and _admits(self.resource, request.resource)
            and request.action == self.action
            and self.context in (None, request.context)
        )


def everything_known(request: Request) -> PartialRequest:
    """Return a concrete request as a partial one."""
    principal, resource = request.principal, request.resource
    return PartialRequest(
        Participant(principal.type, principal.id),
        request.action,
        Participant(resource.type, resource.id),
        request.context,
    )


def check_complete(schema: Schema) -> None:
    """Raise `Refusal` for a schema with external declarations."""
    externals = schema.externals()
    if externals:
        raise Refusal("schema", "incomplete_schema", f"the schema does not define `{externals[0]}`")


def check_request(request: PartialRequest, schema: Schema) -> None:
    """Raise `Refusal`, stage `request`, with the first of the six checks that fails."""
    problem = request_problem(request, schema)
    if problem is not None:
        raise Refusal("request", *problem)


def request_problem(request: PartialRequest, schema: Schema) -> tuple[Kind, str] | None:
    """Return the class of the first check that fails and why, or None."""
    action = schema.actions.get(request.action)
    if action is None:
        return "undeclared_action", f"the action {show(request.action)} is not declared"
    if action.external:
        return "undeclared_action", external_action(request.action)
    for name, participant, types in (
        ("principal", request.principal, action.principals),
        ("resource", request.resource, action.resources),
    ):
        if participant.type not in types:
            kind: Kind = "principal_type" if name == "principal" else "resource_type"
            return kind, f"{show(request.action)} takes no {name} of type {participant.type}"
    for uid in (request.principal.uid, request.resource.uid):
        problem = None if uid is None else uid_problem(uid, schema)
        if problem is not None:
            return "enumerated_id", problem
    if request.context is None:
        return None
    problem = record_problem(request.context.fields, action.context) or uids_problem(request.context, schema)
    return None if problem is None else ("context", problem)


def _admits(participant: Participant, uid: EntityUid) -> bool:
    return participant.type == uid.type and participant.id in (None, uid.id)
