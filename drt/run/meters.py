"""Meters of the engines around one case: what it is charged with.

Owns the difference between two readings of what engines count.
"""

from __future__ import annotations

from collections.abc import Sequence

from drt.engines.guard import Guarded
from drt.run.statistics import Counts


class Meters:
    """The readings of the engines before a case."""

    def __init__(self, engines: Sequence[Guarded]) -> None:
        self._engines = engines
        self._before = [(engine.seconds, engine.calls, engine.unanswered) for engine in engines]

    def charge(self, counts: Counts, start: float, drawn: float, ended: float) -> None:
        """Charge a case that was drawn and compared between these times."""
        inside = counts.spend_inside(
            {
                engine.name: engine.seconds - seconds
                for engine, (seconds, _, _) in zip(self._engines, self._before, strict=True)
            }
        )
        for engine, (_, calls, unanswered) in zip(self._engines, self._before, strict=True):
            counts.ask(engine.name, engine.calls - calls, engine.unanswered - unanswered)
        counts.spend("generate", drawn - start)
        counts.spend("compare", ended - drawn - inside)
