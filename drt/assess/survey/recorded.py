"""The recorded part of a survey: seed cases by topic, and conformance records by what is compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from drt.assess.conformance import Mismatch, Report, run_with
from drt.assess.survey.deaths import Deaths
from drt.assess.survey.table import Cell, Column, Feature, Part, Wrong
from drt.engines.observed import ObservedEngine
from drt.model.engine import Engine

RECORD_SECONDS = 60.0
"""What one record may take; one that hangs is wrong."""

OF_THE_MATERIAL = frozenset(["missing-case", "missing-record", "schema", "unknown-record"])
"""What a conformance report lists as unsupported though the material lacks it, and not the engine."""


@dataclass(frozen=True, slots=True)
class Material:
    """What is recorded: a folder of seed cases by topic, and paths of conformance records."""

    seeds: Path | None
    records: tuple[Path, ...] = ()

    def pieces(self) -> Iterator[tuple[Part, str, Path]]:
        """Yield each piece with its part and, for seed cases, its topic."""
        topics = [] if self.seeds is None else sorted(path for path in self.seeds.iterdir() if path.is_dir())
        yield from (("seed cases", topic.name, topic) for topic in topics)
        yield from (("recorded", "", path) for path in self.records)


@dataclass(slots=True)
class _Answers:
    """Answers of an engine so far."""

    cells: dict[Feature, Cell] = field(default_factory=dict)
    wrong: list[tuple[Feature, Mismatch]] = field(default_factory=list)
    right: set[tuple[Feature, str]] = field(default_factory=set)
    lacked: set[str] = field(default_factory=set)

    def add(self, part: Part, topic: str, report: Report) -> None:
        for check, cell in _cells(report).items():
            feature = Feature(part, topic or check)
            self.cells[feature] = self.cells.get(feature, Cell()) + cell
        self.wrong += ((Feature(part, topic or one.check), one) for one in report.mismatches)
        self.right |= {(Feature(part, topic or check), place) for check, place in report.right}
        self.lacked |= report.lacked


def ask_recorded(engine: Engine, material: Material) -> Column:
    """Put all that is recorded to an engine; raises `InputProblem` for material that cannot be used."""
    answers, deaths = _Answers(), Deaths()
    observed = ObservedEngine(engine, deaths.before, deaths.after)
    for part, topic, path in material.pieces():
        answers.add(part, topic, run_with([path], observed, RECORD_SECONDS))
    return Column(
        engine.name,
        engine.version,
        answers.cells,
        tuple(_wrong(feature, one, deaths) for feature, one in answers.wrong),
        deaths.sentence(),
        right=frozenset(answers.right),
        lacked=frozenset(answers.lacked),
    )


def _wrong(feature: Feature, one: Mismatch, deaths: Deaths) -> Wrong:
    answer = sha256((one.answer or one.got).encode(errors="surrogatepass")).hexdigest()
    answered = not (one.broke and deaths.always())
    return Wrong(feature, one.place, one.expected, one.got, answer, answered)


def _cells(report: Report) -> dict[str, Cell]:
    """Return the counts of a report by check."""
    cells = {check: Cell(checked - wrong, wrong) for check, checked, wrong in report.by_check}
    for check, count in report.lacking:
        if check not in OF_THE_MATERIAL:
            cells[check] = cells.get(check, Cell()) + Cell(unsupported=count)
    return cells
