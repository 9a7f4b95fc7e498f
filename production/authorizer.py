"""Answering requests (spec 04): policies, entities, and whatever was prepared for the two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from production.entities import Entities
from production.errors import TRUE, EvaluationError
from production.lowering import lower_expression
from production.machine import Frame, run
from production.nodes import Node
from production.policies import Policy
from production.policy_set import PolicySet
from production.requests import Request
from production.responses import Response, combine
from production.values import Value


class Authorizer:
    """Answers requests about one policy set and one store."""

    def __init__(self, policies: PolicySet, entities: Entities, *, tier: str = "auto") -> None:
        self.tier = tier
        self.policies = policies
        self.entities = entities

    def authorize(self, request: Request) -> Response:
        """The response to one request."""
        frame = Frame(request.principal, request.action, request.resource, request.context, self.entities)
        return combine(self._statuses(frame))

    def authorize_many(self, requests: Iterable[Request]) -> list[Response]:
        """The responses to many requests, in order."""
        return [self.authorize(request) for request in requests]

    def evaluate(self, expression: Node, request: Request) -> Value:
        """The value of one expression under a request; raises `EvaluationError`."""
        frame = Frame(request.principal, request.action, request.resource, request.context, self.entities)
        return run(lower_expression(expression), frame)

    def _statuses(self, frame: Frame) -> Iterator[tuple[str, bool, int]]:
        for policy_id, policy in self.policies.policies():
            yield policy_id, policy.effect == "permit", status_of(policy, frame)


def status_of(policy: Policy, frame: Frame) -> int:
    """The status of one policy for one request, by the machine (spec 04 §2)."""
    above = frame.entities.above
    for scope, uid in ((policy.principal, frame.principal), (policy.resource, frame.resource)):
        if scope.op == "is" and scope.type_name != uid.type:
            return 0
        if scope.op == "==" and scope.entity is not uid:
            return 0
        if scope.op != "==" and scope.entity is not None:
            if scope.entity is not uid and scope.entity not in above[uid]:
                return 0
    action, entities = frame.action, policy.action.entities
    if policy.action.op == "==" and action is not entities[0]:
        return 0
    if policy.action.op == "in" and action not in entities and above[action].isdisjoint(entities):
        return 0
    try:
        return TRUE if run(policy.code, frame) else 0
    except EvaluationError as error:
        return error.status
