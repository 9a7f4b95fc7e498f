"""A benchmark fails when engines disagree, and when a limit is missed three times."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from drt.bench import grants
from drt.bench.applications import tinytodo
from drt.bench.contestants.contestant import Answer, Prepared
from drt.bench.contestants.production import Production
from drt.bench.figure import ATTEMPTS, Figure, measured
from drt.bench.race import Disagreement, Ratio, prepared_for, race, ratio
from drt.bench.workload import Workload


@dataclass(frozen=True)
class Lying:
    """Production, but for one answer."""

    name: str = "lying"

    def prepare(self, workload: Workload) -> Prepared:
        honest = Production().prepare(workload)
        last = honest.questions[-1]

        def ask(question: object) -> tuple[object, bool]:
            return honest.ask(question), question is last

        def read(asked: tuple[object, bool]) -> Answer:
            answer = honest.read(asked[0])
            return replace(answer, erring=frozenset({"policy0"})) if asked[1] else answer

        return Prepared(ask, honest.questions, read)


def test_a_contestant_that_answers_otherwise_is_not_raced() -> None:
    with pytest.raises(Disagreement, match="lying"):
        prepared_for(tinytodo(10), [Production(), Lying()])


def test_contestants_that_agree_are_raced() -> None:
    prepared = prepared_for(grants.direct(10), [Production(), Production(plain=True)])
    native, plain = race(prepared, 3)
    assert len(native.rounds) == len(plain.rounds) == 3
    assert ratio(plain, native).value > 0


@pytest.mark.parametrize(
    ("direction", "values", "good", "told", "attempts"),
    [
        ("at least", [30.0], True, 30.0, 1),
        ("at least", [10.0, 20.0, 24.0], False, 24.0, ATTEMPTS),
        ("at least", [10.0, 26.0], True, 26.0, 2),
        ("at most", [50.0, 60.0, 25.0], True, 25.0, 3),
        ("at most", [50.0, 26.0, 60.0], False, 26.0, ATTEMPTS),
    ],
)
def test_a_limit_is_missed_when_it_was_missed_every_time(
    direction: str, values: list[float], good: bool, told: float, attempts: int
) -> None:
    left = iter(values)
    figure = Figure("toy", direction, 25, None, lambda quick: Ratio(next(left), 0.0))
    row = measured(figure, quick=True)
    assert (row.good, row.result.value, row.attempts) == (good, told, attempts)
