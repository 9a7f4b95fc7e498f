"""Rounds in which contestants take turns, so that a busy neighbour slows all of them alike.

Answers are compared before anything is timed: a race between engines that disagree is not run.
"""

from __future__ import annotations

import gc
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median
from time import process_time_ns
from typing import TypeVar

from drt.bench.contestants.contestant import Contestant, Prepared
from drt.bench.workload import Workload

Key = TypeVar("Key", bound=Hashable)

SHORTEST_NS = 8_000_000
"""A contestant repeats its questions until a turn takes about so long; another's turn leaves caches cold."""


class Disagreement(Exception):
    """Two contestants answer a request differently."""


@dataclass(frozen=True, slots=True)
class Timing:
    """CPU microseconds per request, one figure per round."""

    rounds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median of the rounds."""
        return median(self.rounds)


@dataclass(frozen=True, slots=True)
class Measured:
    """A measurement: the value, its spread, and the medians that it was made of, by contestant.

    The spread is how far the middle half of the rounds spans, as a share of the value.
    """

    value: float
    spread: float
    medians: Mapping[str, float] = field(default_factory=dict)
    rounds: int = 1


def compare(prepared: Mapping[str, Prepared], workload: Workload) -> None:
    """Compare answers; raises `Disagreement` at the first request that two contestants answer differently."""
    answers = {name: each.answers() for name, each in prepared.items()}
    for (one, ours), (other, theirs) in pairwise(answers.items()):
        for question, left, right in zip(workload.requests, ours, theirs, strict=True):
            if not left.agrees(right):
                raise Disagreement(
                    f"{workload.name}: {one} says {left}, {other} says {right}, asked {_shown(question)}"
                )


def _shown(question: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {_plain(value)}" for name, value in question.items())


def _plain(value: object) -> str:
    match value:
        case {"type": str(type_name), "id": str(entity_id)}:
            return f'{type_name}::"{entity_id}"'
    return str(value)


def prepared_for(workload: Workload, contestants: Iterable[Contestant]) -> dict[str, Prepared]:
    """Prepare the contestants for the workload, and compare their answers."""
    prepared = {each.name: each.prepare(workload) for each in contestants}
    compare(prepared, workload)
    return prepared


def race(prepared: Mapping[Key, Prepared], rounds: int) -> dict[Key, Timing]:
    """Time each contestant in every round."""
    repeats = {name: _repeats(each) for name, each in prepared.items()}
    turns: dict[Key, list[float]] = {name: [] for name in prepared}
    gc.collect()
    for number in range(rounds):
        for name in _order(list(prepared), number):
            spent = _turn(prepared[name], repeats[name])
            turns[name].append(spent / repeats[name] / len(prepared[name].questions) / 1_000)
    return {name: Timing(tuple(each)) for name, each in turns.items()}


def ratio(timings: Mapping[str, Timing], upper: str, lower: str) -> Measured:
    """How many times `lower` goes into `upper`, round by round."""
    pairs = zip(timings[upper].rounds, timings[lower].rounds, strict=True)
    value, spread = middle([above / below for above, below in pairs])
    medians = {name: timings[name].median for name in (upper, lower)}
    return Measured(value, spread, medians, len(timings[upper].rounds))


def quickest(timings: Mapping[str, Timing], upper: str, lower: str) -> Measured:
    """How many times the quickest turn of `lower` goes into that of `upper`.

    For one engine at two sizes: a neighbour who empties the caches slows the large size down more.
    """
    least = {name: min(timings[name].rounds) for name in (upper, lower)}
    return replace(ratio(timings, upper, lower), value=least[upper] / least[lower], medians=least)


def middle(values: Sequence[float]) -> tuple[float, float]:
    """Return the median, and the share of it that the middle half spans."""
    each = sorted(values)
    found = median(each)
    return found, (each[len(each) * 3 // 4] - each[len(each) // 4]) / found if found else 0.0


def _order(names: list[Key], number: int) -> list[Key]:
    return names if number % 2 else names[::-1]


def _repeats(prepared: Prepared) -> int:
    """Choose how often a turn repeats the questions; doing so also warms the engine.

    The quickest of some turns counts: any turn may be slowed by the garbage collector, or by caches being
    filled.
    """
    _turn(prepared, 1)
    return max(1, round(SHORTEST_NS / max(1, min(_turn(prepared, 1) for _ in range(3)))))


def _turn(prepared: Prepared, repeats: int) -> int:
    """CPU nanoseconds of asking all questions so many times."""
    if prepared.turn is not None:
        return prepared.turn(repeats)
    ask, questions = prepared.ask, prepared.questions
    started = process_time_ns()
    for _ in range(repeats):
        for question in questions:
            ask(question)
    return process_time_ns() - started
