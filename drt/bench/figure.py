"""A figure: a number with a limit that must be kept and one to stretch for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from drt.bench.race import Ratio

ATTEMPTS = 3
"""A missed limit counts when it was missed so many times."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What is measured, and what it must be: at least or at most `must`, better `stretch`."""

    name: str
    direction: Literal["at least", "at most"]
    must: float
    stretch: float | None
    measure: Callable[[bool], Ratio]
    quick: bool = False

    def kept(self, value: float, limit: float) -> bool:
        """Whether a value is within a limit."""
        return value >= limit if self.direction == "at least" else value <= limit


@dataclass(frozen=True, slots=True)
class Row:
    """A figure and what came out in its best attempt."""

    figure: Figure
    result: Ratio
    attempts: int

    @property
    def good(self) -> bool:
        """Whether the limit that must be kept is kept."""
        return self.figure.kept(self.result.value, self.figure.must)

    @property
    def stretched(self) -> bool:
        """Whether the better limit is kept too."""
        stretch = self.figure.stretch
        return stretch is not None and self.figure.kept(self.result.value, stretch)

    def to_json(self) -> dict[str, Any]:
        """The row as plain data."""
        figure = self.figure
        return {
            "figure": figure.name,
            "direction": figure.direction,
            "must": figure.must,
            "stretch": figure.stretch,
            "value": self.result.value,
            "spread": self.result.spread,
            "attempts": self.attempts,
            "good": self.good,
        }


def measured(figure: Figure, quick: bool) -> Row:
    """The figure measured; a miss is measured again, and the best attempt is told."""
    results: list[Ratio] = []
    while len(results) < ATTEMPTS:
        results.append(figure.measure(quick))
        if figure.kept(results[-1].value, figure.must):
            break
    best = max if figure.direction == "at least" else min
    return Row(figure, best(results, key=lambda each: each.value), len(results))
