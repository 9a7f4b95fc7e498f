"""Stress test: each family of hostile inputs on each engine, in a child process: answers, cost, growth.

Defines the verdict on a row. Cost is the processor time and the memory of the one question; the input is made
before. Growth is the exponent of the cost between the two largest sizes with a measurable cost: one is
linear.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from drt.engines.guard import Guarded, GuardedSession
from drt.engines.memory import level, peak
from drt.engines.sandbox import Completed, HarnessError, ProcessDied, in_child
from drt.hostile.family import Family, Hostile
from drt.model.outcome import (
    Accepted,
    Authorized,
    Crashed,
    ExceededBudget,
    Failed,
    Outcome,
    Printed,
    Rejected,
    Unsupported,
    Validated,
)
from drt.model.question import Authorize, Evaluate, FormatPolicies, Validate
from drt.oracles.comparing import difference

SECONDS, MEBIBYTES = 300.0, 6_000
TRIES = 3
"""A growth that looks steeper than linear must do so three times; the least cost of a size counts."""

NOTICED = 0.05
"""Seconds below which a cost says nothing about growth."""

NOTICED_MEMORY = 16 * 1024
"""Kibibytes, likewise."""

STEEPEST = 1.35
"""The exponent that still passes for linear: caches and a noisy machine bend a straight line."""

QUICKEST = 20
"""`quick` leaves out sizes beyond the largest divided by this."""

CHARACTERS = 400


@dataclass(frozen=True, slots=True)
class Cost:
    """One question: its outcome, processor seconds, and kibibytes of memory beyond what there was."""

    size: int
    outcome: Outcome
    seconds: float = 0.0
    kibibytes: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A family before an engine. `problem` is empty where all is well."""

    family: str
    engine: str
    costs: tuple[Cost, ...]
    time_growth: float | None
    memory_growth: float | None
    verdict: str
    problem: str = ""

    @property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problem

    def to_json(self) -> dict[str, Any]:
        """Return the row as the command prints it for programs."""
        return {
            "family": self.family,
            "engine": self.engine,
            "sizes": [cost.size for cost in self.costs],
            "seconds": [round(cost.seconds, 4) for cost in self.costs],
            "kibibytes": [cost.kibibytes for cost in self.costs],
            "answers": [type(cost.outcome).__name__ for cost in self.costs],
            "time_growth": self.time_growth,
            "memory_growth": self.memory_growth,
            "verdict": self.verdict,
            "problem": self.problem,
        }


def measured(
    families: Sequence[Family], engines: Sequence[str], *, quick: bool = False, jobs: int = 1
) -> Iterator[Row]:
    """One row a family and engine, in order; each question in a process of its own, `jobs` at a time."""
    asked_for = [
        (family, engine, _quick(family.sizes) if quick else family.sizes)
        for family in families
        for engine in engines
    ]
    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(lambda one: row(*one), asked_for)


def _quick(sizes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(size for size in sizes if size * QUICKEST <= sizes[-1]) or sizes[:1]


def row(family: Family, engine: str, sizes: Sequence[int]) -> Row:
    """Measure all sizes; again where the growth looks steep, since this machine may have been busy."""
    costs, problems = _asked_once(family, engine, sizes)
    for _ in range(TRIES - 1):
        if problems or not _steep(costs):
            break
        again, problems = _asked_once(family, engine, sizes)
        costs = again if problems else list(map(_least, costs, again))
    if not problems and _steep(costs):
        problems.append(f"grows steeper than its input (exponent {max(_growths(costs)):.2f})")
    time_growth, memory_growth = growth(costs, "seconds"), growth(costs, "kibibytes")
    problem = problems[0] if problems else ""
    verdict = problem or _verdict(costs[-1].outcome)
    return Row(family.name, engine, tuple(costs), time_growth, memory_growth, verdict, problem)


def _asked_once(family: Family, engine: str, sizes: Sequence[int]) -> tuple[list[Cost], list[str]]:
    """Run every size; return its cost, and what is wrong with the answers."""
    costs = [_cost(family, engine, size) for size in sizes]
    wrong = (_wrong(family.make(cost.size), cost.outcome) for cost in costs)
    return costs, [problem for problem in wrong if problem is not None]


def _least(one: Cost, other: Cost) -> Cost:
    return replace(
        one, seconds=min(one.seconds, other.seconds), kibibytes=min(one.kibibytes, other.kibibytes)
    )


def _cost(family: Family, engine: str, size: int) -> Cost:
    hostile = family.make(size)

    def ask(engines: Sequence[Guarded]) -> tuple[Outcome, float, int]:
        before = level()
        started = time.process_time()
        outcome = asked(engines[0], hostile)
        spent = time.process_time() - started
        return _small(outcome), spent, peak() - before

    answer = in_child(ask, (engine,), SECONDS, MEBIBYTES)
    match answer:
        case Completed((outcome, seconds, kibibytes)):
            return Cost(size, outcome, seconds, kibibytes)
        case ProcessDied():
            return Cost(size, answer.outcome)
        case HarnessError(error):
            return Cost(size, Crashed(error))
    raise AssertionError(answer)


def asked(engine: Guarded, hostile: Hostile) -> Outcome:
    """Run a hostile input on the engine."""
    if hostile.question == "format":
        printed = engine.ask(FormatPolicies(hostile.case.policies.text, 80, 2))
        return Accepted() if isinstance(printed, Printed) else printed
    loaded = engine.load(hostile.case)
    if not isinstance(loaded, GuardedSession):
        return loaded
    if hostile.question == "validate":
        return loaded.ask(Validate())
    request = hostile.case.requests[0]
    if hostile.case.expressions:
        return loaded.ask(Evaluate(hostile.case.expressions[0], request))
    return loaded.ask(Authorize(request))


def _small(outcome: Outcome) -> Outcome:
    """Without words for people, which may be long."""
    match outcome:
        case Rejected(part, detail):
            return Rejected(part, detail[:CHARACTERS])
        case Validated(valid, policies):
            return Validated(valid, policies)
        case _:
            return outcome


def _wrong(hostile: Hostile, outcome: Outcome) -> str | None:
    """Say what is wrong with an answer; a kept limit is no fault, an allow beyond it is."""
    match outcome:
        case Crashed(error):
            return f"dies: {error}"
        case ExceededBudget(resource_name):
            return f"runs out of {resource_name}"
        case Unsupported("format") if hostile.question == "format":
            return None
        case Unsupported(feature):
            return f"does not do this ({feature})"
        case Failed("recursion-limit"):
            return None
        case Rejected(part) if hostile.expected != outcome:
            return f"refuses the {part}: {outcome.detail[:80]}"
    try:
        if difference(hostile.expected, outcome) is None:
            return None
    except ValueError:
        pass
    return f"answers {_said(outcome)} where {_said(hostile.expected)} is right"


def _said(outcome: Outcome) -> str:
    match outcome:
        case Authorized(decision):
            return decision
        case Rejected(part):
            return f"a refusal of the {part}"
        case Validated(valid):
            return "valid" if valid else "invalid"
        case _:
            return str(outcome)[:60]


def _verdict(outcome: Outcome) -> str:
    match outcome:
        case Rejected() | Failed("recursion-limit"):
            return "clean error"
        case _:
            return "answered"


def growth(costs: Sequence[Cost], what: str) -> float | None:
    """Return the exponent between the two largest sizes that cost something; None where too little does."""
    least = NOTICED if what == "seconds" else NOTICED_MEMORY
    costly = [(cost.size, getattr(cost, what)) for cost in costs if getattr(cost, what) >= least]
    if len(costly) < 2:
        return None
    (small, low), (large, high) = costly[-2:]
    return round(math.log(high / low) / math.log(large / small), 2)


def _growths(costs: Sequence[Cost]) -> list[float]:
    return [value for what in ("seconds", "kibibytes") if (value := growth(costs, what)) is not None]


def _steep(costs: Sequence[Cost]) -> bool:
    return any(value > STEEPEST for value in _growths(costs))
