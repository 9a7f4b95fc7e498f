"""Any collection of policies, as symbols: what `decide` of the reference sees in a proof.

Owns the stand-in for a collection. It is given by a membership predicate that nothing is known of, so it has
any size; `where` runs the caller's own predicate on one policy that nothing is known of, and adds that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import z3

from drt.proofs.explore import Path, Truth, explore, summary

Policy = z3.DeclareSort("Policy")
Id = z3.DeclareSort("PolicyId")
Status, (SATISFIED, UNSATISFIED, ERRING) = z3.EnumSort("Status", ["satisfied", "unsatisfied", "erring"])
STATUSES = {"satisfied": SATISFIED, "not satisfied": UNSATISFIED, "erring": ERRING}

forbids = z3.Function("forbids", Policy, z3.BoolSort())
status = z3.Function("status", Policy, Status)
name = z3.Function("id", Policy, Id)

Member = Callable[[Any], Any]


class Effect:
    """The effect of a symbolic policy; it can only be compared with a word."""

    def __init__(self, policy: Any) -> None:
        self.policy = policy

    def __eq__(self, word: object) -> Truth:  # type: ignore[override]  # the answer is a symbol
        return Truth({"forbid": forbids(self.policy), "permit": z3.Not(forbids(self.policy))}[str(word)])

    __hash__ = None  # type: ignore[assignment]


class StatusOf:
    """The status of a symbolic policy, likewise."""

    def __init__(self, policy: Any) -> None:
        self.policy = policy

    def __eq__(self, word: object) -> Truth:  # type: ignore[override]
        return Truth(status(self.policy) == STATUSES[str(word)])

    def __ne__(self, word: object) -> Truth:  # type: ignore[override]
        return Truth(status(self.policy) != STATUSES[str(word)])

    __hash__ = None  # type: ignore[assignment]


class OnePolicy:
    """A policy of which nothing is known."""

    def __init__(self, term: Any) -> None:
        self.term = term
        self.effect = Effect(term)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a symbolic policy."""

    status: StatusOf


def outcome_of(policy: OnePolicy) -> Outcome:
    """Return the outcome of a symbolic policy."""
    return Outcome(StatusOf(policy.term))


class AnyPolicies:
    """The policies of which `member` is true."""

    def __init__(self, member: Member) -> None:
        self.member = member

    def where(self, test: Callable[[Any], Any]) -> AnyPolicies:
        one = z3.FreshConst(Policy, "policy")
        chosen = summary(lambda: test(OnePolicy(one)))
        return AnyPolicies(lambda other: z3.And(self.member(other), z3.substitute(chosen, (one, other))))

    def is_empty(self) -> Truth:
        one = z3.FreshConst(Policy, "policy")
        return Truth(z3.Not(z3.Exists([one], self.member(one))))

    def ids(self) -> Member:
        """Return the predicate of being an id of one of them."""
        one = z3.FreshConst(Policy, "policy")
        return lambda wanted: z3.Exists([one], z3.And(self.member(one), name(one) == wanted))


@dataclass(frozen=True, slots=True)
class Response:
    """What `decide` says of a collection, over all its paths: a formula and two predicates of ids."""

    allow: Any
    determining: Member
    erring: Member


def response(decide: Callable[[Any, Any], Any], member: Member) -> Response:
    """Run the function itself on any collection with this membership."""
    paths = explore(lambda: decide(AnyPolicies(member), outcome_of))

    def merged(part: Callable[[Path], Any]) -> Any:
        return z3.Or(*(z3.And(path.condition, part(path)) for path in paths))

    return Response(
        merged(lambda path: z3.BoolVal(path.value.decision == "allow")),
        lambda wanted: merged(lambda path: path.value.determining(wanted)),
        lambda wanted: merged(lambda path: path.value.erring(wanted)),
    )
