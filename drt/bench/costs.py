"""Figures beside the usual answer: reading, cold start, the slowest requests, policies that all err."""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import partial
from statistics import median
from time import perf_counter_ns, process_time_ns

from drt.bench import grants
from drt.bench.applications import APPLICATIONS
from drt.bench.contestants import cedarpy, production
from drt.bench.contestants.production import Production
from drt.bench.figure import Figure
from drt.bench.race import Ratio, Timing, prepared_for, race, ratio
from drt.bench.workload import Workload

ROUNDS = 7
ASKED = 20_000
"""Single questions that a tail is read off."""


def once(theirs: Callable[[], object], ours: Callable[[], object], quick: bool) -> Ratio:
    """Our time by theirs, for work that is done once; the two take turns."""
    turns: tuple[list[float], list[float]] = ([], [])
    for _ in range(3 if quick else ROUNDS):
        for work, spent in zip((theirs, ours), turns, strict=True):
            gc.collect()
            started = process_time_ns()
            made = work()
            spent.append(float(process_time_ns() - started))
            del made
    return ratio(Timing(tuple(turns[1])), Timing(tuple(turns[0])))


def parse(make: Callable[[int], Workload], size: int, quick: bool) -> Ratio:
    """Reading policies, production's time by cedarpy's; small texts are read a hundred times."""
    made = make(size)
    repeats = max(1, 400 // made.policy_count)

    def theirs() -> None:
        for _ in range(repeats):
            cedarpy.read_policies(made)

    def ours() -> None:
        for _ in range(repeats):
            production.read_policies(made.policies)

    return once(theirs, ours, quick)


def cold_start(quick: bool) -> Ratio:
    """From the text of 5,000 policies to the first decision; the store is read beforehand by both."""
    made = grants.many(5_000)
    first = made.requests[0]
    return once(
        partial(cedarpy.first_answer(made), first), partial(production.first_answer(made), first), quick
    )


def load(make: Callable[[int], Workload], size: int, quick: bool) -> Ratio:
    """Reading entities, production's time by cedarpy's."""
    text = make(size).entities
    return once(partial(cedarpy.read_entities, text), partial(production.read_entities, text), quick)


def tail(make: Callable[[int], Workload], quick: bool) -> Ratio:
    """The 99th percentile of single questions by their median, garbage collection on."""
    prepared = Production().prepare(make(1_000))
    ask, questions = prepared.ask, prepared.questions
    found = []
    for _ in range(3 if quick else ROUNDS):
        times = []
        for number in range(ASKED):
            question = questions[number % len(questions)]
            started = perf_counter_ns()
            ask(question)
            times.append(perf_counter_ns() - started)
        times.sort()
        found.append(times[ASKED * 99 // 100] / times[ASKED // 2])
    found.sort()
    return Ratio(median(found), (found[-1] - found[0]) / median(found))


def erring(quick: bool) -> Ratio:
    """Eight policies that all err, production's time by that of its own plain evaluator without a plan's
    generated code.
    """
    walk, ours = race(
        prepared_for(grants.erring(8), [Production(tier="machine"), Production()]), 5 if quick else 11
    )
    return ratio(ours, walk)


def figures() -> list[Figure]:
    """The figures of this module."""
    found = [
        Figure(f"parse ÷ cedarpy, {name}", "at most", 1, 0.6, partial(parse, make, 10), True)
        for name, make in APPLICATIONS.items()
    ]
    found.append(
        Figure("parse ÷ cedarpy, 1,000 many", "at most", 1, 0.6, partial(parse, grants.many, 1_000), True)
    )
    found.append(Figure("cold start ÷ cedarpy, 5,000 many", "at most", 1.5, 1, cold_start))
    for name, make in APPLICATIONS.items():
        found.append(
            Figure(f"entity load ÷ cedarpy, {name}", "at most", 0.6, 0.4, partial(load, make, 10_000))
        )
        found.append(Figure(f"p99 ÷ p50, {name}", "at most", 4, 2.5, partial(tail, make)))
    found.append(Figure("all err ÷ plain evaluator", "at most", 1, 0.5, erring, True))
    return found
