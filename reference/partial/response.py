"""Partial responses, and what residual policies answer to concrete requests (spec 09 §5 to §7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from reference.authorizer import respond
from reference.entities import Entities
from reference.names import is_action_type
from reference.partial.errors import Refusal
from reference.partial.evaluator import PartialEvaluator
from reference.partial.request import PartialRequest, check_complete, check_request
from reference.partial.residuals import Failing, Known, Residual, ResidualEvaluator, expression
from reference.partial.store import PartialEntities, everything_known
from reference.partial.typed import typed_condition
from reference.policies import Anything, Body, Clause, Effect, Policies, Policy
from reference.policy_set import PolicySet
from reference.request import Request
from reference.response import Decision, Response
from reference.schema.schema import Schema
from reference.text.uid_text import show
from reference.validation.entities import action_problem, entity_problem
from reference.validation.requests import request_problem
from reference.values import Bool

Class = Literal["true", "false", "error", "residual"]


@dataclass(frozen=True, slots=True)
class ResidualPolicy:
    """What is left of a policy: the body of the policy, and the residual of its condition."""

    body: Body
    residual: Residual

    @property
    def effect(self) -> Effect:
        """Return the effect of the policy."""
        return self.body.effect

    @property
    def residual_class(self) -> Class:
        """Return the class of the policy (spec 09 §6)."""
        match self.residual:
            case Known(Bool(True)):
                return "true"
            case Known(Bool(False)):
                return "false"
            case Failing():
                return "error"
            case _:
                return "residual"

    def policy(self) -> Body:
        """Return the residual as a policy: without constraints, with one `when` clause (spec 09 §5)."""
        annotations = tuple([(key, value or "") for key, value in self.body.annotations])
        clause = Clause("when", expression(self.residual))
        return Body(self.effect, annotations, Anything(), Anything(), Anything(), (clause,))


@dataclass(frozen=True, slots=True)
class PartialResponse:
    """The residual policies by id, and what they are residuals for."""

    policies: Mapping[str, ResidualPolicy]
    request: PartialRequest
    entities: PartialEntities
    schema: Schema

    def ids(self, residual_class: Class, effect: Effect) -> frozenset[str]:
        """Collect the ids of the policies of a class and an effect."""
        return frozenset(
            policy_id
            for policy_id, policy in self.policies.items()
            if policy.residual_class == residual_class and policy.effect == effect
        )

    @property
    def decision(self) -> Decision | None:
        """Return the decision that every consistent completion has, None if there is none (spec 09 §6)."""
        if self.ids("true", "forbid"):
            return "deny"
        if not self.ids("true", "permit") and not self.ids("residual", "permit"):
            return "deny"
        if self.ids("residual", "forbid"):
            return None
        if not self.ids("true", "permit"):
            return None
        return "allow"

    @property
    def reason(self) -> frozenset[str] | None:
        """Return the policies that made the decision, None if there is none."""
        match self.decision:
            case "allow":
                return self.ids("true", "permit")
            case "deny":
                return self.ids("true", "forbid")
            case None:
                return None

    def with_more(self, entities: PartialEntities) -> PartialResponse:
        """Evaluate the residuals again with more entities known (spec 09 §9)."""
        evaluator = PartialEvaluator(self.request, entities, self.schema)
        policies = {
            policy_id: replace(policy, residual=evaluator.pe(policy.residual))
            for policy_id, policy in self.policies.items()
        }
        return replace(self, policies=policies, entities=entities)

    def reauthorize(self, request: Request, entities: Entities) -> Response:
        """Authorize a completion with the residual policies (spec 09 §7).

        Raises:
            Refusal: stage `reauthorize`, with the first check that fails.
        """
        problem = request_problem(request, self.schema)
        if problem is not None:
            raise Refusal("reauthorize", "request", problem)
        problem = next(_store_problems(entities, self.schema), None)
        if problem is not None:
            raise Refusal("reauthorize", "entities", problem)
        problem = next(self.differences(entities), None)
        if problem is not None:
            raise Refusal("reauthorize", "inconsistent_entities", problem)
        if not self.request.admits(request):
            message = "the request is no completion of the partial request"
            raise Refusal("reauthorize", "inconsistent_request", message)
        return self.authorize(request, entities)

    def authorize(self, request: Request, entities: Entities) -> Response:
        """Authorize a completion with the residual policies, without checks."""
        policies = Policies(
            tuple(
                Policy(policy_id, policy.effect, expression(policy.residual))
                for policy_id, policy in self.policies.items()
            )
        )
        return respond(policies, ResidualEvaluator(request, entities))

    def differences(self, entities: Entities) -> Iterator[str]:
        """List what is known of entities and is otherwise in a concrete store."""
        for known in self.entities.by_uid.values():
            if entities.find(known.uid) is None:
                yield f"{show(known.uid)} is missing"
            whole = everything_known(known.uid, entities)
            for part in ("attrs", "ancestors", "tags"):
                if getattr(known, part) not in (None, getattr(whole, part)):
                    yield f"{show(known.uid)} has other {part}"


def partially_authorize(
    policies: PolicySet, request: PartialRequest, entities: PartialEntities, schema: Schema
) -> PartialResponse:
    """Return the partial response to a request (spec 09 §6).

    Raises:
        Refusal: stage `schema`, `request` or `policies`.
    """
    check_complete(schema)
    check_request(request, schema)
    evaluator = PartialEvaluator(request, entities, schema)
    conditions = {
        policy_id: (body, typed_condition(policy_id, body, {}, request, schema))
        for policy_id, body in policies.static.items()
    }
    for policy_id, link in policies.links.items():
        body = policies.templates[link.template_id]
        conditions[policy_id] = body, typed_condition(policy_id, body, link.values, request, schema)
    residuals = {
        policy_id: ResidualPolicy(body, evaluator.pe(typed))
        for policy_id, (body, typed) in conditions.items()
    }
    return PartialResponse(residuals, request, entities, schema)


def _store_problems(entities: Entities, schema: Schema) -> Iterator[str]:
    for entity in entities:
        if is_action_type(entity.uid.type):
            problem = action_problem(entity, entities, schema)
        else:
            problem = entity_problem(entity, schema)
        if problem is not None:
            yield f"{show(entity.uid)}: {problem}"
