"""A run of the benchmark as one record, saved as JSON and read again; every view is made from it.

The record names the machine's kind and the versions, and nothing that identifies a machine or a person.
"""

from __future__ import annotations

import datetime
import platform
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field, to_builtins

from drt.bench.curve import Curve
from drt.bench.figure import Row
from drt.model.records import from_json

FORMAT = 1


class UnreadableReport(Exception):
    """A file is no report of a benchmark."""


class Report(Struct, frozen=True, kw_only=True):
    """The date, machine, results and missing contestants of a run of the benchmark."""

    format: int = FORMAT
    date: str
    quick: bool
    machine: Mapping[str, str | int]
    contestants: Mapping[str, str]
    absent: tuple[str, ...]
    rows: tuple[Row, ...] = field(name="figures")
    curves: tuple[Curve, ...]

    @property
    def good(self) -> bool:
        """Whether no limit was missed."""
        return all(row.good for row in self.rows)

    @property
    def summary(self) -> str:
        """One line about all figures."""
        limited = [row for row in self.rows if row.limit is not None]
        missed = [row.figure for row in limited if not row.good]
        stretched = sum(row.verdict == "stretch" for row in limited)
        unlimited = len(self.rows) - len(limited)
        parts = [f"{len(limited) - len(missed)} kept ({stretched} stretched)", f"{len(missed)} missed"]
        if unlimited:
            parts.append(f"{unlimited} without a limit")
        if self.curves:
            parts.append(f"{len(self.curves)} curves")
        names = f": {'; '.join(missed)}" if missed else ""
        return f"{len(self.rows)} figures: {', '.join(parts)}{names}"

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON; `from_json` reads it."""
        return {**to_builtins(self), "good": self.good, "summary": self.summary}

    @classmethod
    def from_json(cls, data: Any) -> Report:
        """Read the report that `to_json` wrote; raises `UnreadableReport`."""
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise UnreadableReport(f"expected a report of drt bench, format {FORMAT}")
        try:
            return from_json(data, cls)
        except ValueError as error:
            raise UnreadableReport(f"a report of drt bench with a broken part: {error}") from error


def made(
    measured: Sequence[Row | Curve],
    *,
    quick: bool,
    cores: int,
    contestants: Mapping[str, str],
    absent: Sequence[str] = (),
) -> Report:
    """Make the report of what was measured just now, here."""
    now = datetime.datetime.now(datetime.UTC)
    return Report(
        date=f"{now:%Y-%m-%d %H:%M} UTC",
        quick=quick,
        machine={
            "cores": cores,
            "python": f"{platform.python_implementation()} {platform.python_version()}",
            "platform": f"{platform.system()} {platform.machine()}",
        },
        contestants=contestants,
        absent=tuple(absent),
        rows=tuple(each for each in measured if isinstance(each, Row)),
        curves=tuple(each for each in measured if isinstance(each, Curve)),
    )
