"""Counterexamples put to the running engines: what the prover foretells must happen.

Owns the way from a model to policies, to a case, and to what both engines answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from drt.engines.production_engine import ProductionEngine
from drt.model.case import Case, Request, Source
from drt.model.outcome import Authorized, ErrorKind
from drt.proofs.code import Code
from drt.proofs.theorem import Counterexample
from reference.entities import EMPTY
from reference.evaluator import Evaluator
from reference.json.requests import read_request
from reference.policy_set import from_bodies
from reference.text.parser import parse_policies

CLAUSES = {"satisfied": "", "unsatisfied": " when { false }", "erring": " when { 1 }"}
REQUEST = Request(
    '{"principal": {"type": "U", "id": "a"}, "action": {"type": "Action", "id": "x"},'
    ' "resource": {"type": "R", "id": "r"}}'
)


@dataclass(frozen=True, slots=True)
class OneOfMany:
    """A policy of a model: effect and status, and to which sets it belongs."""

    effect: str
    status: str
    in_set: bool
    in_others: bool
    added: bool

    def text(self) -> str:
        """Write the policy."""
        return f"{self.effect}(principal, action, resource){CLAUSES[self.status]};"

    def description(self) -> str:
        """Describe the policy."""
        return f"{self.effect} {self.status}"


def confirmed(code: Code, policies: Sequence[OneOfMany]) -> Counterexample:
    """Put the sets of a model to the authorizer under proof and to production.

    The theorems hold of production, so the two must differ on one of the sets.
    """
    groups = (
        [one for one in policies if one.in_set],
        [one for one in policies if one.in_set or one.added],
        [one for one in policies if one.in_set and one.status != "erring"],
        [one for one in policies if one.in_others],
    )
    for group in groups:
        case = Case(Source("\n".join(one.text() for one in group)), requests=(REQUEST,))
        ours, other = _authorized(code, case), _production(case)
        if ours != other:
            description = ", ".join(one.description() for one in group) or "no policies"
            return Counterexample(f"[{description}] -> {_said(ours)}; production: {_said(other)}", True)
    shown = ", ".join(one.description() for one in policies)
    return Counterexample(f"[{shown}], on which both engines agree", False)


def _authorized(code: Code, case: Case) -> Authorized:
    """Return what `decide` itself says; the error kinds are those of the policies."""
    authorizer = code.module("reference.authorizer")
    policies = from_bodies(parse_policies(case.policies.text)).policies()
    request = read_request(case.requests[0].text)
    evaluator = Evaluator(request, EMPTY)
    verdict = authorizer.decide(policies, lambda policy: authorizer.outcome(policy, evaluator))
    erring: tuple[tuple[str, ErrorKind], ...] = tuple((policy, "type") for policy in sorted(verdict.erring))
    return Authorized(verdict.decision, tuple(sorted(verdict.determining)), erring)


def _production(case: Case) -> Authorized:
    loaded = ProductionEngine().load(case)
    answer = loaded.authorize(case.requests[0]) if hasattr(loaded, "authorize") else loaded
    assert isinstance(answer, Authorized)
    return answer


def _said(response: Authorized) -> str:
    because = ", ".join(response.determining) or "nothing"
    errors = f", errors of {', '.join(policy for policy, _ in response.erring)}" if response.erring else ""
    return f"{response.decision} because of {because}{errors}"
