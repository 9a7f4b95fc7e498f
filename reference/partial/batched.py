"""Batched authorization: entities are loaded in rounds, as residuals need them (spec 09 §9)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reference.partial.errors import BatchRefusal, Refusal
from reference.partial.request import check_complete, everything_known
from reference.partial.residuals import uids_of
from reference.partial.response import PartialResponse, partially_authorize
from reference.partial.store import PartialEntity, action_store, check_entity
from reference.policy_set import PolicySet
from reference.request import Request
from reference.response import Decision
from reference.schema.schema import Schema
from reference.text.uid_text import show
from reference.values import EntityUid

Answers = Mapping[EntityUid, PartialEntity | None]
"""Loaded entities with all their ancestors; None is an entity that does not exist."""

Loader = Callable[[frozenset[EntityUid]], Answers]


def authorize_batched(
    policies: PolicySet, request: Request, schema: Schema, loader: Loader, max_iters: int
) -> Decision | None:
    """Return the decision on a request after at most `max_iters` calls of the loader; None: not enough.

    What the loader answers beyond the uids that it is asked for is ignored.

    Raises:
        Refusal: stage `schema`.
        BatchRefusal: the request, a policy or a loaded entity is refused.
    """
    check_complete(schema)
    response = _first_response(policies, request, schema)
    for _ in range(max_iters):
        if response.decision is not None:
            break
        needed = uids_of(policy.residual for policy in response.policies.values())
        asked = needed - response.entities.by_uid.keys()
        answers = loader(asked)
        loaded = [_entity(uid, answers[uid], schema) for uid in asked if uid in answers]
        response = response.with_more(response.entities.having(loaded))
    return response.decision


def _first_response(policies: PolicySet, request: Request, schema: Schema) -> PartialResponse:
    try:
        return partially_authorize(policies, everything_known(request), action_store(schema), schema)
    except Refusal as error:
        raise BatchRefusal("policies" if error.stage == "policies" else "request", error.message) from None


def _entity(uid: EntityUid, answer: PartialEntity | None, schema: Schema) -> PartialEntity:
    if answer is None:
        return PartialEntity(uid, {}, frozenset(), {})
    try:
        check_entity(answer, schema)
    except Refusal as error:
        raise BatchRefusal("entities", error.message) from None
    if answer.uid != uid:
        raise BatchRefusal("entities", f"the loader has {show(answer.uid)} in place of {show(uid)}")
    return answer
