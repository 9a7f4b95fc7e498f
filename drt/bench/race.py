"""Rounds in which contestants take turns, so that a busy neighbour hurts all of them alike.

Answers are compared before anything is timed: a race between engines that disagree is not run.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from time import process_time_ns

from drt.bench.contestants.contestant import Contestant, Prepared
from drt.bench.workload import Workload

SHORTEST_NS = 2_000_000
"""A contestant repeats its questions until a turn takes about so long."""


class Disagreement(Exception):
    """Two contestants answer a request differently."""


@dataclass(frozen=True, slots=True)
class Timing:
    """CPU microseconds a request, one figure a round."""

    rounds: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.rounds)


@dataclass(frozen=True, slots=True)
class Ratio:
    """The median of a ratio over rounds, and the share of it that the middle half of the rounds spans."""

    value: float
    spread: float


def compare(names: Sequence[str], prepared: Sequence[Prepared], workload: Workload) -> None:
    """Raises `Disagreement` at the first request that two contestants answer differently."""
    answers = [each.answers() for each in prepared]
    for name, others in zip(names[1:], answers[1:], strict=True):
        for question, ours, theirs in zip(workload.requests, answers[0], others, strict=True):
            if ours != theirs:
                raise Disagreement(
                    f"{workload.name}: {names[0]} and {name} differ on {question}: {ours} and {theirs}"
                )


def prepared_for(workload: Workload, contestants: Sequence[Contestant]) -> list[Prepared]:
    """The contestants, ready for the workload, after their answers were compared."""
    prepared = [each.prepare(workload) for each in contestants]
    compare([each.name for each in contestants], prepared, workload)
    return prepared


def race(prepared: Sequence[Prepared], rounds: int) -> list[Timing]:
    """The time of each contestant in every round."""
    repeats = [_repeats(each) for each in prepared]
    turns: list[list[float]] = [[] for _ in prepared]
    gc.collect()
    for number in range(rounds):
        order = range(len(prepared)) if number % 2 else reversed(range(len(prepared)))
        for at in order:
            spent = _turn(prepared[at], repeats[at])
            turns[at].append(spent / repeats[at] / len(prepared[at].questions) / 1_000)
    return [Timing(tuple(each)) for each in turns]


def ratio(upper: Timing, lower: Timing) -> Ratio:
    """How many times `lower` goes into `upper`, round by round."""
    each = sorted(a / b for a, b in zip(upper.rounds, lower.rounds, strict=True))
    middle = median(each)
    return Ratio(middle, (each[len(each) * 3 // 4] - each[len(each) // 4]) / middle)


def _repeats(prepared: Prepared) -> int:
    """How often the questions are asked in one turn; asking them also warms the engine."""
    _turn(prepared, 1)
    return max(1, round(SHORTEST_NS / max(1, _turn(prepared, 1))))


def _turn(prepared: Prepared, repeats: int) -> int:
    """CPU nanoseconds of asking all questions so many times."""
    ask, questions = prepared.ask, prepared.questions
    started = process_time_ns()
    for _ in range(repeats):
        for question in questions:
            ask(question)
    return process_time_ns() - started
