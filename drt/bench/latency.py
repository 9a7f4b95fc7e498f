"""Figures about the slowest requests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from statistics import median
from time import perf_counter_ns
from typing import Any

from drt.bench.applications import APPLICATIONS
from drt.bench.contestants.production import Production
from drt.bench.figure import Figure, at_most
from drt.bench.race import Measured, middle
from drt.bench.workload import Maker

ROUNDS, QUICK_ROUNDS = 15, 7
ASKED = 20_000
"""Single questions that a tail is read off."""


def tail(make: Maker, quick: bool) -> Measured:
    """Measure the 99th percentile of single questions by their median, garbage collection on.

    The quietest round counts: what an engine itself does to the slowest of 20,000 requests it does in every
    round.
    """
    prepared = Production().prepare(make(1_000))
    ratios: list[float] = []
    percentiles: dict[str, list[float]] = {"p50": [], "p99": [], "p99.9": []}
    _spent(prepared.ask, prepared.questions, 10 * len(prepared.questions))
    for _ in range(QUICK_ROUNDS if quick else ROUNDS):
        clock = median(_spent(_nothing, prepared.questions, ASKED // 10))
        times = sorted(_spent(prepared.ask, prepared.questions, ASKED))
        for found, part in zip(percentiles.values(), (500, 990, 999), strict=True):
            found.append((times[ASKED * part // 1_000] - clock) / 1_000)
        ratios.append(percentiles["p99"][-1] / percentiles["p50"][-1])
    _, spread = middle(ratios)
    return Measured(
        min(ratios), spread, {name: median(each) for name, each in percentiles.items()}, len(ratios)
    )


def _spent(ask: Callable[[Any], object], questions: Sequence[Any], count: int) -> list[int]:
    """Nanoseconds of each single question."""
    times = []
    for number in range(count):
        question = questions[number % len(questions)]
        started = perf_counter_ns()
        ask(question)
        times.append(perf_counter_ns() - started)
    return times


def _nothing(question: object) -> object:
    return question


def figures() -> list[Figure]:
    """List the figures of this module."""
    says = (
        "single requests at 1,000 entities, wall time less that of an empty call, garbage collection on; "
        "the quietest of several rounds, for a neighbour only ever adds"
    )
    return [
        Figure(
            f"p99 ÷ p50, {name}",
            "tails",
            says,
            partial(tail, make),
            at_most(4, 2.5),
            quick=name in ("tinytodo", "abac"),
        )
        for name, make in APPLICATIONS.items()
    ]
