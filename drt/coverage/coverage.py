"""Coverage of the language by a run: bins hit per operator, outcomes seen, what is missing.

Owns the comparison of a run's bins with those that exist.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, get_args

from drt.coverage.bins import UNREACHABLE, bins
from drt.coverage.events import VALIDATION
from drt.coverage.input_classes import INPUT_CLASSES
from drt.coverage.partial_rows import PARTIAL_ROWS
from drt.model.outcome import ErrorKind


@dataclass(frozen=True, slots=True)
class OperatorRow:
    """One operator, function or scope constraint: its outcomes over all kinds, and its bins."""

    name: str
    reached: tuple[str, ...]
    missing: tuple[str, ...]
    bins_reached: int
    bins: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """The coverage of a run.

    `missing` are bins in order. `unexpected` are bins that should not exist: the table, or the reference, is
    then wrong. `validation` counts the reports of validators and linkers, `partial` the rows
    of partial evaluation, `inputs` the bins of documents by their class.
    """

    rows: tuple[OperatorRow, ...]
    error_kinds: Mapping[str, int]
    validation: Mapping[str, int]
    partial: Mapping[str, int]
    inputs: Mapping[str, Mapping[str, int]]
    reached: int
    total: int
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]

    @property
    def percent(self) -> float:
        """The share of bins that were hit."""
        return 100 * self.reached / self.total

    @property
    def partial_reached(self) -> int:
        """How many rows of partial evaluation were reached."""
        return sum(count > 0 for count in self.partial.values())

    @property
    def complete(self) -> bool:
        """Whether every operator had each of its outcomes, and every error kind that can occur did."""
        kinds = (kind for kind in get_args(ErrorKind) if kind not in UNREACHABLE)
        return not any(row.missing for row in self.rows) and all(self.error_kinds[kind] for kind in kinds)

    def to_json(self) -> dict[str, Any]:
        """Return the form that `drt coverage --json` prints."""
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
                    "cells": row.bins,
                    "cells_reached": row.bins_reached,
                }
                for row in self.rows
            ],
            "error_kinds": dict(self.error_kinds),
            "validation": dict(self.validation),
            "partial_evaluation": dict(self.partial),
            "inputs": {name: dict(counts) for name, counts in self.inputs.items()},
            "unreachable": UNREACHABLE,
            "missing": list(self.missing),
            "unexpected": list(self.unexpected),
        }


def coverage(hits: Mapping[str, int], events: Mapping[str, int] | None = None) -> Coverage:
    """Compare the hit counts of bins with the bins that exist; `events` are those of the oracles."""
    known = bins()
    seen = {name for name, count in hits.items() if count}
    members: dict[str, list[str]] = {}
    for one in sorted(known):
        members.setdefault(one.rsplit("|", 2)[0], []).append(one)
    errors = dict.fromkeys(get_args(ErrorKind), 0)
    for one, count in hits.items():
        outcome = _outcome(one)
        if outcome in errors:
            errors[outcome] += count
    return Coverage(
        rows=tuple(_row(name, own, seen) for name, own in members.items()),
        error_kinds=errors,
        validation={name: (events or {}).get(name, 0) for name in VALIDATION},
        partial={name: (events or {}).get(name, 0) for name in PARTIAL_ROWS},
        inputs={
            kind: {name: (events or {}).get(name, 0) for name in names}
            for kind, names in INPUT_CLASSES.items()
        },
        reached=len(known & seen),
        total=len(known),
        missing=tuple(sorted(known - seen)),
        unexpected=tuple(sorted(seen - known)),
    )


def _row(name: str, own: Sequence[str], seen: Set[str]) -> OperatorRow:
    hit = [one for one in own if one in seen]
    outcomes = sorted(set(map(_outcome, own)))
    reached = set(map(_outcome, hit))
    return OperatorRow(
        name,
        tuple(outcome for outcome in outcomes if outcome in reached),
        tuple(outcome for outcome in outcomes if outcome not in reached),
        len(hit),
        len(own),
    )


def _outcome(name: str) -> str:
    return name.rpartition("|")[2]
