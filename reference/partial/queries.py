"""Permission queries: the principals, resources and actions that are permitted (spec 09 §8)."""

from __future__ import annotations

from collections.abc import Callable

from reference.entities import Entities
from reference.partial.errors import Refusal
from reference.partial.request import (
    PartialRequest,
    Participant,
    check_complete,
    check_request,
    request_problem,
)
from reference.partial.response import PartialResponse, partially_authorize
from reference.partial.store import PartialEntities, known_store
from reference.policy_set import PolicySet
from reference.request import Request
from reference.response import Decision
from reference.schema.schema import Schema
from reference.validation.entities import completed
from reference.values import EntityUid, Record

Completion = Callable[[EntityUid], Request]
"""The concrete request about a candidate."""


def query_resource(
    policies: PolicySet,
    principal: EntityUid,
    action: EntityUid,
    resource_type: str,
    context: Record,
    entities: Entities,
    schema: Schema,
) -> frozenset[EntityUid]:
    """Return the resources of a type in the store for which a request is allowed.

    Raises:
        Refusal: stage `schema`, `request` or `query`.
    """
    known = Participant(principal.type, principal.id)
    request = PartialRequest(known, action, Participant(resource_type), context)
    return _permitted(
        policies,
        request,
        resource_type,
        lambda candidate: Request(principal, action, candidate, context),
        entities,
        schema,
    )


def query_principal(
    policies: PolicySet,
    principal_type: str,
    action: EntityUid,
    resource: EntityUid,
    context: Record,
    entities: Entities,
    schema: Schema,
) -> frozenset[EntityUid]:
    """Return the principals of a type in the store for which a request is allowed.

    Raises:
        Refusal: stage `schema`, `request` or `query`.
    """
    known = Participant(resource.type, resource.id)
    request = PartialRequest(Participant(principal_type), action, known, context)
    return _permitted(
        policies,
        request,
        principal_type,
        lambda candidate: Request(candidate, action, resource, context),
        entities,
        schema,
    )


def query_action(
    policies: PolicySet,
    principal: Participant,
    resource: Participant,
    context: Record | None,
    entities: PartialEntities,
    schema: Schema,
) -> dict[EntityUid, Decision | None]:
    """Return the actions that are not certainly denied, each with Allow or None.

    Raises:
        Refusal: stage `schema` or `query`.
    """
    check_complete(schema)
    found: dict[EntityUid, Decision | None] = {}
    for action in schema.actions:
        request = PartialRequest(principal, action, resource, context)
        if request_problem(request, schema) is None:
            decision = _response(policies, request, entities, schema).decision
            if decision != "deny":
                found[action] = decision
    return found


def _permitted(
    policies: PolicySet,
    request: PartialRequest,
    wanted: str,
    completion: Completion,
    entities: Entities,
    schema: Schema,
) -> frozenset[EntityUid]:
    """Return the candidates of the wanted type: all, none, or those that the residual policies allow."""
    check_complete(schema)
    check_request(request, schema)
    try:
        known = known_store(entities, schema)
    except Refusal as error:
        raise Refusal("query", "entities", error.message) from None
    response = _response(policies, request, known, schema)
    candidates = frozenset(uid for uid in entities.by_uid if uid.type == wanted)
    match response.decision:
        case "allow":
            return candidates
        case "deny":
            return frozenset()
        case None:
            store = completed(entities, schema)
            return frozenset(
                uid for uid in candidates if response.authorize(completion(uid), store).decision == "allow"
            )


def _response(
    policies: PolicySet, request: PartialRequest, entities: PartialEntities, schema: Schema
) -> PartialResponse:
    try:
        return partially_authorize(policies, request, entities, schema)
    except Refusal as error:
        raise Refusal("query", "policies", error.message) from None
