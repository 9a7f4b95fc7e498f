"""`drt prove --mutants`: each mutant is planted in a process of its own and must break a theorem that names its function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from drt.engines.sandbox import Completed, ProcessDied, in_child
from drt.proofs.equivalents import EQUIVALENT
from drt.proofs.live import NotPlanted
from drt.proofs.mutation import Mutant, mutants
from drt.proofs.prover import prove
from drt.proofs.rewriting import planted
from drt.proofs.theorem import Theorem

SECONDS = 60.0
ENOUGH = 0.95
"""The part of the mutants that must be killed, beside those that mean the same."""
Fate = Literal["killed", "survived", "equivalent"]


@dataclass(frozen=True, slots=True)
class Mutation:
    """What became of a mutant: by which theorem and counterexample it was killed, or why it survived."""

    name: str
    fate: Fate
    why: str


def are_killed(mutations: Sequence[Mutation]) -> bool:
    """Return whether enough of the mutants that mean something else are killed."""
    counted = [one for one in mutations if one.fate != "equivalent"]
    return sum(one.fate == "killed" for one in counted) >= ENOUGH * len(counted)


def functions_of(theorems: Sequence[Theorem]) -> dict[str, list[Theorem]]:
    """Return the functions that theorems name, each with those that name it, the most specific first."""
    found: dict[str, list[Theorem]] = {}
    for one in sorted(theorems, key=lambda one: (len(one.functions), "exact" not in one.name.lower())):
        for function in one.functions:
            found.setdefault(function, []).append(one)
    return found


def mutations_of(function: str, theorems: Sequence[Theorem]) -> list[Mutation]:
    """Plant every mutant of a function, and look which theorem each breaks."""
    return [_fate(one, theorems) for one in mutants(function)]


def _fate(mutant: Mutant, theorems: Sequence[Theorem]) -> Mutation:
    reason = EQUIVALENT.get((f"{mutant.module}.{mutant.function}", mutant.change))
    if reason is not None:
        return Mutation(mutant.name, "equivalent", reason)
    answer = in_child(lambda _: _broken(mutant, theorems), (), SECONDS)
    match answer:
        case Completed((killed, why)):
            return Mutation(mutant.name, "killed" if killed else "survived", why)
        case ProcessDied(cause):
            return Mutation(mutant.name, "killed", f"the code does not end: {cause}")
        case other:
            return Mutation(mutant.name, "survived", getattr(other, "error", ""))


def _broken(mutant: Mutant, theorems: Sequence[Theorem]) -> tuple[bool, str]:
    """Return whether a theorem breaks, and the counterexample or the answers of all."""
    reasons = []
    try:
        with planted(mutant.module, mutant.tree):
            for one in theorems:
                verdict = prove(one)
                shown = verdict.counterexample
                if verdict.answer == "refuted" and shown is not None and shown.confirmed:
                    return True, f"{one.name}: {shown.description}"
                reasons.append(f"{one.name}: {verdict.answer} {verdict.reason}".strip())
    except NotPlanted as reason:
        return False, str(reason)
    return False, "; ".join(dict.fromkeys(reasons))
