"""The table of a survey: what each engine answered right, wrong or not at all, by feature."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

Part = Literal["seed cases", "recorded", "drawn"]

PARTS: Mapping[Part, str] = {
    "seed cases": "Hand-written cases, by topic; expected outcomes come from the language guide.",
    "recorded": "Recorded verdicts, by what is compared; declared differences count as right.",
    "drawn": "Cases drawn in the time given, by target; compared with the reference, which is compared with "
    "production.",
}
"""The parts of a survey, each with a sentence."""


class Feature(NamedTuple):
    """A row: the part of the survey and what it is about."""

    part: Part
    name: str


@dataclass(frozen=True, slots=True)
class Cell:
    """Answers of one engine about one feature; declared differences count as right."""

    right: int = 0
    wrong: int = 0
    unsupported: int = 0

    def __add__(self, other: Cell) -> Cell:
        return Cell(self.right + other.right, self.wrong + other.wrong, self.unsupported + other.unsupported)

    def __bool__(self) -> bool:
        return bool(self.right or self.wrong or self.unsupported)


class Wrong(NamedTuple):
    """A wrong answer: the feature, the place in the material, what was expected and what came.

    `answer` is equal for equal answers in other words; `answered` is false where the engine died at every
    question of a kind.
    """

    feature: Feature
    place: str
    expected: str
    got: str
    answer: str = ""
    answered: bool = True


@dataclass(frozen=True, slots=True)
class Column:
    """The answers of one engine; `wrong` lists those not as recorded, `died` is what it died of.

    `right` are the places of right answers, `lacked` those at which it does not support something; `named` is
    its name on the command line, set where another column has the same engine and version.
    """

    engine: str
    version: str
    cells: Mapping[Feature, Cell] = field(default_factory=dict)
    wrong: tuple[Wrong, ...] = ()
    died: str = ""
    right: frozenset[tuple[Feature, str]] = frozenset()
    lacked: frozenset[str] = frozenset()
    named: str = ""

    @property
    def release(self) -> str:
        """The version, with the name where that is needed to distinguish it."""
        return f"{self.version} ({self.named})" if self.named else self.version

    @property
    def title(self) -> str:
        """The engine with its release."""
        return f"{self.engine} {self.release}"

    @property
    def total(self) -> Cell:
        """All answers together."""
        return sum(self.cells.values(), Cell())

    def to_json(self) -> dict[str, Any]:
        """Return the column for programs."""
        return {
            "engine": self.engine,
            "version": self.version,
            "named": self.named,
            "died": self.died,
            "features": [
                {
                    "part": feature.part,
                    "feature": feature.name,
                    "right": cell.right,
                    "wrong": cell.wrong,
                    "unsupported": cell.unsupported,
                }
                for feature, cell in self.cells.items()
            ],
            "wrong": [
                {"feature": one.feature.name, "place": one.place, "expected": one.expected, "got": one.got}
                for one in self.wrong
            ],
        }


def distinguish(columns: Sequence[Column], names: Sequence[str]) -> tuple[Column, ...]:
    """Name the columns of equal engine and version as they were named on the command line."""
    titles = Counter(column.title for column in columns)
    return tuple(
        replace(column, named=name) if titles[column.title] > 1 else column
        for column, name in zip(columns, names, strict=True)
    )


@dataclass(frozen=True, slots=True)
class Survey:
    """The columns in the order in which the engines were named.

    `material` says what they were asked, `left` names the engines of which an interrupt left no column.
    Of a bisection, `skipped` names the versions between two that answer alike, and `unstarted` has a sentence
    for each version that could not start.
    """

    columns: tuple[Column, ...]
    material: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    unstarted: tuple[str, ...] = ()

    def features(self, part: Part) -> Iterator[Feature]:
        """Yield the features of a part that any engine was asked about, by name."""
        yield from sorted({each for column in self.columns for each in column.cells if each.part == part})

    def cells(self, feature: Feature) -> list[Cell]:
        """Return one cell per engine."""
        return [column.cells.get(feature, Cell()) for column in self.columns]

    def to_json(self) -> dict[str, Any]:
        """Return the survey for programs."""
        return {
            "material": list(self.material),
            "engines": [column.to_json() for column in self.columns],
            "left": list(self.left),
            "skipped": list(self.skipped),
            "unstarted": list(self.unstarted),
        }
