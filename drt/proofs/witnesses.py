"""Counterexamples put to the running authorizers: what the prover foretells must happen.

Owns the way from a model to policies and to what both authorizers answer, beside what the definition says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

from drt.proofs.policies import ERRORS, REQUEST, STORE
from drt.proofs.theorem import Counterexample
from production.errors import FALSE, STATUS_OF_KIND, TRUE
from production.response import combine
from reference.authorizer import authorize
from reference.errors import ErrorKind
from reference.policies import Effect, Policies, Policy
from reference.syntax import Lit
from reference.values import FALSE as REFERENCE_FALSE
from reference.values import TRUE as REFERENCE_TRUE

Status = Literal["satisfied", "unsatisfied", "erring"]


@dataclass(frozen=True, slots=True)
class OneOfMany:
    """A policy of a model: its effect, its outcome, and to which sets it belongs."""

    effect: Effect
    status: Status
    error: ErrorKind = "type"
    in_set: bool = True
    in_others: bool = False
    added: bool = False

    def description(self) -> str:
        """Return it in words."""
        error = f" ({self.error})" if self.status == "erring" else ""
        return f"{self.effect} {self.status}{error}"


Answer = tuple[str, list[str], dict[str, str]]
"""A decision, the sorted ids of the determining policies, and the kinds of the errors."""


def confirmed(policies: Sequence[OneOfMany]) -> Counterexample:
    """Put the sets of a model to both authorizers: one of them must differ from the definition on some."""
    groups = (
        [one for one in policies if one.in_set],
        [one for one in policies if one.in_set or one.added],
        [one for one in policies if one.in_set and one.status != "erring"],
        [one for one in policies if one.in_others],
    )
    for group in groups:
        found = wrong(group)
        if found is not None:
            return found
    shown = ", ".join(one.description() for one in policies)
    return search() or Counterexample(f"[{shown}], on which both engines are right", False)


def search() -> Counterexample | None:
    """Try sets of up to three policies, and long ones that differ in the last policy alone."""
    return next(filter(None, map(wrong, _tried())), None)


def _tried() -> Iterator[list[OneOfMany]]:
    effects: tuple[Effect, ...] = ("permit", "forbid")
    statuses: tuple[Status, ...] = ("satisfied", "unsatisfied", "erring")
    errors = [OneOfMany(effect, "erring", error) for effect in effects for error in ERRORS]
    kinds = [OneOfMany(effect, status) for effect, status in product(effects, statuses)]
    for size in range(4):
        yield from map(list, product(kinds, repeat=size))
    for one in errors:
        yield [one]
    for size in (16, 64, 1_000):
        for first, last in product(kinds, repeat=2):
            yield [*[first] * size, last]


def wrong(policies: Sequence[OneOfMany]) -> Counterexample | None:
    """Show the set if one of the authorizers does otherwise than the definition on it."""
    named = [(f"p{place}", one) for place, one in enumerate(policies)]
    right = _definition(named)
    ours, theirs = _answered(_reference, named), _answered(_production, named)
    if ours == right and theirs == right:
        return None
    count = f"{len(named)} policies, the last of them " if len(named) > 3 else ""
    shown = ", ".join(one.description() for _, one in named[-3:]) or "no policies"
    said = f"reference {_said(ours)}; production {_said(theirs)}; by definition {_said(right)}"
    return Counterexample(f"{count}[{shown}] -> {said}", True)


Named = Sequence[tuple[str, OneOfMany]]


def _definition(policies: Named) -> Answer:
    satisfied = [(name, one.effect) for name, one in policies if one.status == "satisfied"]
    effects = {effect for _, effect in satisfied}
    decision, decides = ("allow", "permit") if effects == {"permit"} else ("deny", "forbid")
    errors = {name: str(one.error) for name, one in policies if one.status == "erring"}
    return decision, sorted(name for name, effect in satisfied if effect == decides), errors


def _reference(policies: Named) -> Any:
    conditions = {"satisfied": Lit(REFERENCE_TRUE), "unsatisfied": Lit(REFERENCE_FALSE)}
    members = [
        Policy(name, one.effect, conditions.get(one.status) or ERRORS[one.error]) for name, one in policies
    ]
    return authorize(Policies(tuple(members)), REQUEST, STORE)


def _production(policies: Named) -> Any:
    statuses = {"satisfied": TRUE, "unsatisfied": FALSE}
    return combine(
        (name, one.effect == "permit", statuses.get(one.status, STATUS_OF_KIND[one.error]))
        for name, one in policies
    )


def _answered(ask: Any, policies: Named) -> Answer:
    """Return what an authorizer answers; an exception of its own is an answer that no definition gives."""
    try:
        found = ask(policies)
        return found.decision, sorted(found.determining), dict(found.errors)
    except Exception as error:
        return f"{type(error).__name__}: {error}", [], {}


def _said(answer: Answer) -> str:
    decision, determining, errors = answer
    because = ", ".join(determining) or "nothing"
    erring = ", ".join(f"{name} ({error})" for name, error in errors.items())
    return f"{decision} because of {because}{f', errors {erring}' if erring else ''}"
