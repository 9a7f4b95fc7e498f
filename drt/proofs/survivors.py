"""`drt prove --mutants`: each mutant is planted in a process of its own and must break a theorem that names its function."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import process_time
from typing import Literal

from drt.engines.sandbox import Completed, HarnessError, ProcessDied, in_child
from drt.proofs.equivalents import EQUIVALENT
from drt.proofs.live import NotPlanted
from drt.proofs.mutation import Mutant, mutants
from drt.proofs.prover import prove
from drt.proofs.rewriting import planted
from drt.proofs.theorem import Theorem

HOURS = 3_600.0
"""What a mutant may take by the clock, on whatever machine; what counts is its share of the processor."""
SPARE, TIMES = 3.0, 5.0
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
    """Return the functions that theorems name, each with the theorems about its module.

    Those that name the function itself come first, the most specific of them before the others.
    """
    ordered = sorted(theorems, key=lambda one: (len(one.functions), "exact" not in one.name.lower()))
    modules = {one.name: {module_of(each) for each in one.functions} for one in ordered}
    return {
        function: [
            *(one for one in ordered if function in one.functions),
            *(
                one
                for one in ordered
                if function not in one.functions and module_of(function) in modules[one.name]
            ),
        ]
        for function in dict.fromkeys(each for one in ordered for each in one.functions)
    }


def module_of(function: str) -> str:
    """Return the module of a function or method, by its full name: classes begin with a capital."""
    *parts, _ = function.split(".")
    return ".".join(part for part in parts if part.lstrip("_").islower())


def mutations_of(function: str, theorems: Sequence[Theorem]) -> list[Mutation]:
    """Plant every mutant of a function, and look which theorem each breaks."""
    for one in theorems:
        _measure(one)
    return [_fate(one, theorems) for one in mutants(function)]


def _fate(mutant: Mutant, theorems: Sequence[Theorem]) -> Mutation:
    match in_child(lambda _: _broken(mutant, theorems), (), HOURS):
        case Completed((True, why)):
            return Mutation(mutant.name, "killed", why)
        case ProcessDied(cause):
            return Mutation(mutant.name, "killed", f"the process dies: {cause}")
        case Completed((_, why)):
            reason = EQUIVALENT.get((f"{mutant.module}.{mutant.function}", mutant.change))
            return Mutation(mutant.name, "survived" if reason is None else "equivalent", reason or why)
        case HarnessError(error):
            return Mutation(mutant.name, "survived", error)
    raise AssertionError("a child answers, dies or fails")


class _EndlessError(BaseException):
    """A theorem takes much longer under a mutant than of the shipped code."""


_usual: dict[str, float] = {}
"""The processor time of each theorem of the shipped code, by name, measured before any mutant is planted."""


def _measure(theorem: Theorem) -> None:
    if theorem.name not in _usual:
        started = process_time()
        prove(theorem)
        _usual[theorem.name] = process_time() - started


@contextmanager
def _limited(theorem: Theorem) -> Iterator[None]:
    """Raise an error in a block that takes many times the processor time that the theorem usually takes."""
    usual = _usual[theorem.name]
    limit = SPARE + TIMES * usual

    def end(*_: object) -> None:
        raise _EndlessError(
            f"no end after {limit:.0f} s of processor time, where the shipped code takes {usual:.1f} s"
        )

    before = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, limit)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _broken(mutant: Mutant, theorems: Sequence[Theorem]) -> tuple[bool, str]:
    """Return whether a theorem breaks, and the counterexample or the answers of all."""
    reasons = []
    try:
        with planted(mutant.module, mutant.tree):
            for one in theorems:
                try:
                    with _limited(one):
                        verdict = prove(one)
                except _EndlessError as reason:
                    return True, f"{one.name}: {reason}"
                shown = verdict.counterexample
                if verdict.answer == "refuted" and shown is not None and shown.confirmed:
                    return True, f"{one.name}: {shown.description}"
                reasons.append(f"{one.name}: {verdict.answer} {verdict.reason}".strip())
    except NotPlanted as reason:
        return False, str(reason)
    return False, "; ".join(dict.fromkeys(reasons))
