"""Versions of one engine side by side: which release changed which recorded verdict.

A verdict is compared with that of the last earlier version that answered: one that does not support the
question, or died, neither mends nor breaks anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from drt.assess.survey.table import Column, Feature, Survey, Wrong
from drt.engines.releases import release

Key = tuple[Feature, str]
"""A verdict: the feature and the place in the material."""


@dataclass(frozen=True, slots=True)
class Change:
    """Recorded verdicts that changed between two versions.

    `mended` are right since, `broken` wrong, `otherwise` were wrong before and are since wrong in another
    way. `older` says that the second version is the older one.
    """

    engine: str
    before: str
    after: str
    mended: tuple[Wrong, ...] = ()
    broken: tuple[Wrong, ...] = ()
    otherwise: tuple[Wrong, ...] = ()
    older: bool = False

    def sides(self) -> dict[str, tuple[Wrong, ...]]:
        """Return the verdicts by what they are since."""
        return {
            "right since": self.mended,
            "wrong since": self.broken,
            "wrong in another way since": self.otherwise,
        }

    def to_json(self) -> dict[str, object]:
        """Return the change for programs."""
        return {
            "engine": self.engine,
            "before": self.before,
            "after": self.after,
            "older": self.older,
            **{
                name: [f"{one.feature.name}: {one.place}" for one in side]
                for name, side in self.sides().items()
            },
        }


class Verdicts:
    """The verdicts of one version on everything that is recorded."""

    def __init__(self, column: Column) -> None:
        self.column = column
        self.wrong: dict[Key, list[Wrong]] = {}
        for one in column.wrong:
            if one.answered:
                self.wrong.setdefault((one.feature, one.place), []).append(one)
        silent = column.lacked | {one.place for one in column.wrong if not one.answered}
        answered = self.wrong.keys() | column.right
        self._whole = {place for _, place in answered} - silent

    def at(self, key: Key) -> list[Wrong] | None:
        """Return what is wrong with a verdict, nothing where it is right; None where there is no answer.

        Some comparisons are made only where an earlier one of the same record fails: without one, an engine
        that answered all of the record is right.
        """
        if key in self.wrong:
            return self.wrong[key]
        return [] if key in self.column.right or key[1] in self._whole else None

    def agree(self, other: Verdicts) -> bool:
        """Whether both versions answer the same questions, and those alike."""
        keys = self.wrong.keys() | other.wrong.keys() | self.column.right | other.column.right
        return all(_answers(self.at(key)) == _answers(other.at(key)) for key in keys)


@dataclass(slots=True)
class _Sides:
    mended: list[Wrong] = field(default_factory=list)
    broken: list[Wrong] = field(default_factory=list)
    otherwise: list[Wrong] = field(default_factory=list)

    def add(self, before: list[Wrong], after: list[Wrong]) -> None:
        if before and after:
            self.otherwise += after
        else:
            self.mended += before
            self.broken += after


def changes(survey: Survey) -> list[Change]:
    """Compare each verdict with that of the last version of the same engine that answered."""
    by_engine: dict[str, list[Column]] = {}
    for column in survey.columns:
        by_engine.setdefault(column.engine, []).append(column)
    return [change for columns in by_engine.values() for change in _changes(columns)]


def _changes(columns: Sequence[Column]) -> Iterator[Change]:
    versions = [Verdicts(column) for column in columns]
    found: dict[tuple[int, int], _Sides] = {}
    for key in dict.fromkeys(key for version in versions for key in version.wrong):
        last, before = 0, None
        for number, version in enumerate(versions):
            after = version.at(key)
            if after is None:
                continue
            if before is not None and _answers(before) != _answers(after):
                found.setdefault((number, last), _Sides()).add(before, after)
            last, before = number, after
    for number, last in sorted(found):
        yield _change(columns[last], columns[number], found[number, last])


def _change(before: Column, after: Column, sides: _Sides) -> Change:
    return Change(
        before.engine,
        before.release,
        after.release,
        tuple(sides.mended),
        tuple(sides.broken),
        tuple(sides.otherwise),
        is_older(after, before),
    )


def is_older(column: Column, other: Column) -> bool:
    """Whether a version is an earlier release than another; versions without numbers are not."""
    first, last = release(column.version), release(other.version)
    return first is not None and last is not None and first < last


def _answers(wrong: list[Wrong] | None) -> list[str] | None:
    return None if wrong is None else [one.answer or one.got for one in wrong]
