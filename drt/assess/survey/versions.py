"""Versions of one engine side by side: which release changed which recorded verdict.

A bisection asks as few versions as possible: between two that answer alike nothing is looked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from drt.assess.survey.table import Column, Survey, Wrong
from drt.model.errors import InputProblem


@dataclass(frozen=True, slots=True)
class Change:
    """Recorded verdicts that changed between two versions: `mended` are right since, `broken` wrong."""

    engine: str
    before: str
    after: str
    mended: tuple[Wrong, ...] = ()
    broken: tuple[Wrong, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return the change for programs."""
        sides = {"right since": self.mended, "wrong since": self.broken}
        return {
            "engine": self.engine,
            "before": self.before,
            "after": self.after,
            **{name: [f"{one.feature.name}: {one.place}" for one in side] for name, side in sides.items()},
        }


def changes(survey: Survey) -> list[Change]:
    """Compare each column with the next one of the same engine; leave out those without a difference."""
    by_engine: dict[str, list[Column]] = {}
    for column in survey.columns:
        by_engine.setdefault(column.engine, []).append(column)
    pairs = (pair for columns in by_engine.values() for pair in pairwise(columns))
    return [change for before, after in pairs if (change := _change(before, after))]


def bisect_versions(names: Sequence[str], ask: Callable[[str], Column]) -> Survey:
    """Ask the first and the last of several versions and, where verdicts differ, those between.

    `names` are in the order of their release. Raises `InputProblem` where they are not of one engine, or one
    is named twice.
    """
    if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
        raise InputProblem(f"--bisect takes versions of one engine, each once: {twice[0]} is named twice")
    asked: dict[int, Column] = {}

    def column(number: int) -> Column:
        if number not in asked:
            asked[number] = ask(names[number])
        return asked[number]

    def narrow(low: int, high: int) -> None:
        if column(low).engine != column(high).engine:
            both = f"{column(low).engine} and {column(high).engine}"
            raise InputProblem(f"--bisect takes versions of one engine, not {both}")
        if high - low > 1 and _places(column(low)) != _places(column(high)):
            middle = (low + high) // 2
            narrow(low, middle)
            narrow(middle, high)

    narrow(0, len(names) - 1)
    return Survey(tuple(asked[number] for number in sorted(asked)))


def _places(column: Column) -> frozenset[tuple[object, str]]:
    return frozenset((one.feature, one.place) for one in column.wrong)


def _change(before: Column, after: Column) -> Change | None:
    mended = tuple(_only_in(before, after))
    broken = tuple(_only_in(after, before))
    if not mended and not broken:
        return None
    return Change(before.engine, before.version, after.version, mended, broken)


def _only_in(column: Column, other: Column) -> Iterator[Wrong]:
    elsewhere = _places(other)
    return (one for one in column.wrong if (one.feature, one.place) not in elsewhere)
