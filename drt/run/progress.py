"""Progress of a run: what the coordinator shows while the run is going on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from drt.run.options import RunOptions
from drt.run.records import Found


@dataclass(frozen=True, slots=True)
class Status:
    """Progress of a run.

    `finds` are the buckets so far; `stalled` are the seconds since the last new feature or bucket, `features`
    the number of features reached, and `streams` the number of cases by stream.
    """

    elapsed: float
    cases: int
    decisions: int
    divergences: int
    workers: int
    finds: tuple[str, ...] = ()
    deaths: int = 0
    ending: bool = False
    stalled: float = 0.0
    features: int = 0
    streams: Mapping[str, int] = field(default_factory=dict)


class ProgressView(Protocol):
    """A view of a running run."""

    def begin(self, options: RunOptions) -> None:
        """Show the beginning of a run."""

    def update(self, status: Status) -> None:
        """Show the progress."""

    def find(self, event: Found) -> None:
        """Show a new finding."""

    def end(self) -> None:
        """Close the view."""
