"""The recorded part of a survey: seed cases by topic, and conformance records by what is compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from drt.assess.conformance import Report, run_with
from drt.assess.survey.table import Cell, Feature, Part, Wrong
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


Asked = tuple[dict[Feature, Cell], list[Wrong]]


def ask_recorded(engine: Engine, material: Material) -> Asked:
    """Put all that is recorded to an engine; raises `InputProblem` for material that cannot be used."""
    cells: dict[Feature, Cell] = {}
    wrong: list[Wrong] = []
    for part, topic, path in material.pieces():
        report = run_with([path], engine, RECORD_SECONDS)
        for check, cell in _cells(report).items():
            feature = Feature(part, topic or check)
            cells[feature] = cells.get(feature, Cell()) + cell
        wrong += (
            Wrong(Feature(part, topic or one.check), f"{one.file}: {one.id}", one.expected, one.got)
            for one in report.mismatches
        )
    return cells, wrong


def _cells(report: Report) -> dict[str, Cell]:
    """Return the counts of a report by check."""
    cells = {check: Cell(checked - wrong, wrong) for check, checked, wrong in report.by_check}
    for check, count in report.lacking:
        if check not in OF_THE_MATERIAL:
            cells[check] = cells.get(check, Cell()) + Cell(unsupported=count)
    return cells
