"""Progress of a run: what the coordinator shows while it goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from drt.run.options import RunOptions
from drt.run.records import Found


@dataclass(frozen=True, slots=True)
class Status:
    """Progress of a run.

    `finds` are the buckets so far; `stalled` are the seconds since something was last reached or found for
    the first time, `features` how many were reached, and `streams` the cases of each stream.
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
    """A view of a run while it goes on."""

    def begin(self, options: RunOptions) -> None:
        """Show a run that begins."""

    def update(self, status: Status) -> None:
        """Show how far the run is."""

    def find(self, event: Found) -> None:
        """Show a new finding."""

    def end(self) -> None:
        """Show no more."""
