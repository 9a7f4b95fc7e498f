"""Authorization (spec 04 §2, §3): two selections and one test.

The only place where an evaluation error is caught. Policies are an unordered collection, read with
`where`, `is_empty` and `ids` alone, so nothing can depend on their order or number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from reference.entities import Entities
from reference.errors import ErrorKind, EvaluationError
from reference.evaluator import Evaluator
from reference.policies import Policies, Policy
from reference.request import Request
from reference.response import Decision, Response
from reference.values import Bool

Status = Literal["satisfied", "not satisfied", "erring"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Outcome of one policy; `error` is the error kind of an erring one."""

    status: Status
    error: ErrorKind | None = None


SATISFIED = Outcome("satisfied")
NOT_SATISFIED = Outcome("not satisfied")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision and the ids of the policies that made it."""

    decision: Decision
    determining: frozenset[str]


def authorize(policies: Policies, request: Request, entities: Entities) -> Response:
    """Return the response to a request."""
    return respond(policies, Evaluator(request, entities))


def respond(policies: Policies, evaluator: Evaluator) -> Response:
    """Evaluate every policy and combine the outcomes."""
    outcomes = {policy.id: outcome(policy, evaluator) for policy in policies}
    verdict = decide(policies, lambda policy: outcomes[policy.id])
    errors = {policy_id: found.error for policy_id, found in outcomes.items() if found.error is not None}
    return Response(verdict.decision, verdict.determining, errors)


def decide(policies: Policies, outcome_of: Callable[[Policy], Outcome]) -> Verdict:
    """Combine the outcomes of policies: forbid overrides permit, and nothing permits by default."""
    forbids = policies.where(lambda p: p.effect == "forbid" and outcome_of(p).status == "satisfied")
    permits = policies.where(lambda p: p.effect == "permit" and outcome_of(p).status == "satisfied")
    if forbids.is_empty() and not permits.is_empty():
        return Verdict("allow", permits.ids())
    return Verdict("deny", forbids.ids())


def outcome(policy: Policy, evaluator: Evaluator) -> Outcome:
    """Evaluate the policy's condition, scope and clauses in one chain."""
    try:
        value = evaluator.value(policy.condition)
    except EvaluationError as error:
        return Outcome("erring", error.kind)
    match value:
        case Bool(truth):
            return SATISFIED if truth else NOT_SATISFIED
        case _:
            return Outcome("erring", "type")
