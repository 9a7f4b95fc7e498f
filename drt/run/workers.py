"""Workers of a run as its coordinator sees them, wherever they are."""

from __future__ import annotations

from typing import Protocol

from drt.run.records import Death


class Workers(Protocol):
    """The workers of one run: `supervisor.Fleet` on this machine, `cluster.ClusterFleet` on many."""

    @property
    def patience(self) -> float:
        """Seconds that they take to end when their time is up."""

    @property
    def alive(self) -> int:
        """The number of those that are not done."""

    @property
    def processes(self) -> list[int]:
        """Their process ids on this machine."""

    @property
    def skipped(self) -> list[list[tuple[str, int]]]:
        """The cases that each of them skips, because they kill their process."""

    def totals(self) -> tuple[int, int, int]:
        """Return cases, decisions and divergences so far."""

    def watch(self) -> list[Death]:
        """Keep them at work, and return the crashes to examine here; raises `CannotStart`."""

    def overdue(self) -> list[Death]:
        """Return those that cannot end when their time is up, as crashes."""

    def stop(self) -> None:
        """Ask all of them to end."""

    def kill(self) -> None:
        """End all of them at once."""
