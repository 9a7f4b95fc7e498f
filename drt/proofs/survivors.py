"""`drt prove --mutants`: each mutant is planted in a process of its own and must break a theorem about its module."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import process_time
from typing import Literal

from drt.engines.sandbox import Completed, HarnessError, ProcessDied, in_child
from drt.proofs.equivalents import same_because
from drt.proofs.live import NotPlanted
from drt.proofs.mutation import Mutant, mutants
from drt.proofs.prover import prove
from drt.proofs.rewriting import planted
from drt.proofs.theorem import PROVED, Theorem

HOURS = 3_600.0
"""What a mutant may take by the clock, on whatever machine; what counts is its share of the processor."""
SPARE, TIMES = 3.0, 5.0
ENOUGH = 0.95
"""The part of the mutants that must be killed, beside those that mean the same."""
Fate = Literal["killed", "survived", "equivalent"]


@dataclass(frozen=True, slots=True)
class Mutation:
    """The fate of a mutant: the theorem and counterexample that killed it, or why it survived."""

    function: str
    name: str
    fate: Fate
    why: str


@dataclass(frozen=True, slots=True)
class Tally:
    """The fates of some mutants; the share that is killed leaves out those that mean the same."""

    killed: int
    survived: int
    equivalent: int

    @property
    def share(self) -> float:
        """The part that is killed; 1 of none."""
        counted = self.killed + self.survived
        return self.killed / counted if counted else 1.0

    @property
    def is_enough(self) -> bool:
        """Whether so many are killed as must be."""
        return self.share >= ENOUGH


def tally(mutations: Iterable[Mutation]) -> Tally:
    """Count the fates of mutants."""
    fates = Counter(one.fate for one in mutations)
    return Tally(fates["killed"], fates["survived"], fates["equivalent"])


def tallies(mutations: Sequence[Mutation]) -> dict[str, Tally]:
    """Count the fates of mutants by function, the least killed first."""
    functions = dict.fromkeys(one.function for one in mutations)
    found = {each: tally(one for one in mutations if one.function == each) for each in functions}
    return dict(sorted(found.items(), key=lambda item: item[1].share))


def proved_functions(theorems: Sequence[Theorem]) -> frozenset[str]:
    """Return the functions that theorems name which are proved, not tried or tested."""
    return frozenset(each for one in theorems if one.kind in PROVED for each in one.functions)


def functions_of(theorems: Sequence[Theorem]) -> dict[str, list[Theorem]]:
    """Return the functions that theorems name, each with the theorems about its module."""
    modules = {one.name: {module_of(each) for each in one.functions} for one in theorems}
    return {
        function: [one for one in theorems if module_of(function) in modules[one.name]]
        for function in dict.fromkeys(each for one in theorems for each in one.functions)
    }


def module_of(function: str) -> str:
    """Return the module of a function or method, by its full name: classes begin with a capital."""
    *parts, _ = function.split(".")
    return ".".join(part for part in parts if part.lstrip("_").islower())


def mutations_of(function: str, theorems: Sequence[Theorem]) -> list[Mutation]:
    """Plant every mutant of a function, and find a theorem that it breaks.

    Those that name the function are tried first, the fast before the slow.
    """
    for one in theorems:
        _measure(one)
    ordered = sorted(theorems, key=lambda one: (function not in one.functions, _usual[one.name]))
    return [_fate(function, one, ordered) for one in mutants(function)]


def _fate(function: str, mutant: Mutant, theorems: Sequence[Theorem]) -> Mutation:
    match in_child(lambda _: _broken(mutant, theorems), (), HOURS):
        case Completed((True, why)):
            return Mutation(function, mutant.name, "killed", why)
        case ProcessDied(cause):
            return Mutation(function, mutant.name, "killed", f"the process dies: {cause}")
        case Completed((_, why)):
            reason = same_because(function, mutant.change)
            return Mutation(
                function, mutant.name, "survived" if reason is None else "equivalent", reason or why
            )
        case HarnessError(error):
            return Mutation(function, mutant.name, "survived", error)
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
