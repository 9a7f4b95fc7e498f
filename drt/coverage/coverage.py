"""How much of the language a run has reached: cells by operator, outcomes by feature, what is missing.

Owns the comparison of a run's features with the table of cells that exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from drt.coverage.cells import UNREACHABLE, cells
from drt.coverage.events import VALIDATION
from drt.model.outcome import ErrorKind

Feature = tuple[str, str, str]
"""Operator or scope constraint, kinds of operands, outcome."""


@dataclass(frozen=True, slots=True)
class FeatureRow:
    """One operator, function or scope constraint: its outcomes over all kinds, and its cells."""

    name: str
    reached: tuple[str, ...]
    missing: tuple[str, ...]
    cells_reached: int
    cells: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a run reached. `missing` are cells in order; `unexpected` ones that the table does not have: the
    table, or the reference, is then wrong. `validation` counts what validators and linkers reported."""

    rows: tuple[FeatureRow, ...]
    error_kinds: Mapping[str, int]
    validation: Mapping[str, int]
    reached: int
    total: int
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]

    @property
    def percent(self) -> float:
        return 100 * self.reached / self.total

    @property
    def complete(self) -> bool:
        """Whether every feature was reached in each of its outcomes, and every error kind that exists."""
        kinds = (kind for kind in get_args(ErrorKind) if kind not in UNREACHABLE)
        return not any(row.missing for row in self.rows) and all(self.error_kinds[kind] for kind in kinds)

    def to_json(self) -> dict[str, Any]:
        return {
            "percent": round(self.percent, 2),
            "complete": self.complete,
            "cells": self.total,
            "reached": self.reached,
            "features": [
                {
                    "name": row.name,
                    "reached": list(row.reached),
                    "missing": list(row.missing),
                    "cells": row.cells,
                    "cells_reached": row.cells_reached,
                }
                for row in self.rows
            ],
            "error_kinds": dict(self.error_kinds),
            "validation": dict(self.validation),
            "unreachable": UNREACHABLE,
            "missing": list(self.missing),
            "unexpected": list(self.unexpected),
        }


def coverage(features: Mapping[str, int], events: Mapping[str, int] | None = None) -> Coverage:
    """Compare features, counted by name, with the language; `events` are those of the oracles."""
    known = cells()
    seen = {feature for feature, count in features.items() if count}
    by_name: dict[str, list[Feature]] = {}
    for cell in sorted(known):
        name, kinds, outcome = _parts(cell)
        by_name.setdefault(name, []).append((name, kinds, outcome))
    rows = tuple(_row(name, members, seen) for name, members in by_name.items())
    errors = dict.fromkeys(get_args(ErrorKind), 0)
    for feature, count in features.items():
        outcome = _parts(feature)[2]
        if outcome in errors:
            errors[outcome] += count
    missing = tuple(sorted(known - seen))
    validation = {name: (events or {}).get(name, 0) for name in VALIDATION}
    return Coverage(
        rows, errors, validation, len(known & seen), len(known), missing, tuple(sorted(seen - known))
    )


def _row(name: str, members: list[Feature], seen: set[str]) -> FeatureRow:
    outcomes = sorted({outcome for _, _, outcome in members})
    hit = {outcome for member in members if "|".join(member) in seen for outcome in member[2:]}
    count = sum(1 for member in members if "|".join(member) in seen)
    return FeatureRow(
        name,
        tuple(outcome for outcome in outcomes if outcome in hit),
        tuple(outcome for outcome in outcomes if outcome not in hit),
        count,
        len(members),
    )


def _parts(feature: str) -> Feature:
    """The parts of a cell's name; the operator may itself hold a bar."""
    name, kinds, outcome = feature.rsplit("|", 2)
    return name, kinds, outcome
