"""A figure: a number, one sentence that explains it, and perhaps a limit and a stretch goal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from msgspec import Struct

from drt.bench.race import Measured

ATTEMPTS = 3
"""A missed limit counts when it was missed so many times."""

Direction = Literal["at least", "at most"]

Verdict = Literal["stretch", "kept", "missed", "measured"]
"""`measured`: a figure without a limit."""


@dataclass(frozen=True, slots=True)
class Limit:
    """The limit of a figure, and its stretch goal."""

    direction: Direction
    must: float
    stretch: float | None = None

    def keeps(self, value: float, bound: float) -> bool:
        """Whether a value is on the right side of a bound."""
        return value >= bound if self.direction == "at least" else value <= bound

    def verdict(self, value: float) -> Verdict:
        """Judge a value."""
        if not self.keeps(value, self.must):
            return "missed"
        return "stretch" if self.stretch is not None and self.keeps(value, self.stretch) else "kept"


def at_least(must: float, stretch: float | None = None) -> Limit:
    """Make a limit: the more the better."""
    return Limit("at least", must, stretch)


def at_most(must: float, stretch: float | None = None) -> Limit:
    """Make a limit: the less the better."""
    return Limit("at most", must, stretch)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure to measure.

    `measure` is given whether to be quick; `medians` names the unit of the medians that a ratio is made of;
    `quick` puts the figure into the quick part of the table.
    """

    name: str
    group: str
    says: str
    measure: Callable[[bool], Measured]
    limit: Limit | None = None
    unit: str = "×"
    medians: str = "µs a request"
    quick: bool = False


class Row(Struct, frozen=True, omit_defaults=True):
    """A figure and what came out in its best attempt; the last three fields are its limit, if it has one."""

    figure: str
    group: str
    says: str
    value: float
    unit: str
    spread: float
    verdict: Verdict
    attempts: int
    rounds: int
    medians: Mapping[str, float]
    medians_unit: str
    direction: Direction | None = None
    must: float | None = None
    stretch: float | None = None

    @property
    def limit(self) -> Limit | None:
        """The limit, if the figure has one."""
        if self.direction is None or self.must is None:
            return None
        return Limit(self.direction, self.must, self.stretch)

    @property
    def good(self) -> bool:
        """Whether no limit is missed."""
        return self.verdict != "missed"


def measured(figure: Figure, quick: bool) -> Row:
    """Measure the figure; a miss is measured again, and the best attempt is reported."""
    results: list[Measured] = []
    limit = figure.limit
    while len(results) < ATTEMPTS:
        results.append(figure.measure(quick))
        if limit is None or limit.keeps(results[-1].value, limit.must):
            break
    best = max if limit and limit.direction == "at least" else min
    result = best(results, key=lambda each: each.value)
    return Row(
        figure=figure.name,
        group=figure.group,
        says=figure.says,
        value=result.value,
        unit=figure.unit,
        spread=result.spread,
        verdict=limit.verdict(result.value) if limit else "measured",
        attempts=len(results),
        rounds=result.rounds,
        medians=result.medians,
        medians_unit=figure.medians,
        direction=limit.direction if limit else None,
        must=limit.must if limit else None,
        stretch=limit.stretch if limit else None,
    )
