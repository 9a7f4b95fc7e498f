"""Hypothesis draws cases for a share of a worker's time.

The search runs in chunks: a few dozen cases of one target, drawn from a random seed of their own, so that a
chunk can be repeated. The choices of a case are written to disk before an engine sees it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from drt.run.options import HYPOTHESIS, RunOptions
from drt.run.records import SearchState
from drt.run.statistics import Counts
from drt.targets.cases import Drawn
from drt.targets.schedule import Schedule, case_random_seed
from drt.targets.target import Target

CASES_A_CHUNK = 40

HOME = "hypothesis"
"""The folder in that of a run in which Hypothesis keeps its own files."""

Judge = Callable[[str, int, Drawn, Sequence[int | bool]], object]
"""Run a case of a target on the engines, given the chunk's number and the choices."""


class StopSearch(BaseException):
    """Signal to end the chunk; not an `Exception`, which Hypothesis would take for a finding."""


class HypothesisSearch:
    """The searches of one worker.

    `before` is the state of its predecessor; `skipped` are cases to skip.
    """

    def __init__(
        self, options: RunOptions, worker: int, before: SearchState, skipped: Sequence[tuple[str, int]]
    ) -> None:
        self._options = options
        self._targets: Mapping[str, Target] = options.table()
        passed_over = [(name, index - HYPOTHESIS) for name, index in skipped if index >= HYPOTHESIS]
        self.schedule = Schedule(
            {name: target.weight for name, target in self._targets.items()},
            options.lanes(worker),
            {name: 0 for name, target in self._targets.items() if target.walk},
            following=before.following,
            skipped=passed_over,
        )
        self._spent = before.spent
        self._born = time.monotonic() - before.seconds

    @property
    def state(self) -> SearchState:
        """The state of the search, for the worker that replaces this one."""
        return SearchState(dict(self.schedule.following), self._spent, time.monotonic() - self._born)

    @property
    def due(self) -> bool:
        """Whether the search has had less than its share of the time."""
        share = 0.0 if self.schedule.is_empty else self._options.hypothesis
        return share > 0.0 and self._spent < share * (time.monotonic() - self._born)

    def run_chunk(self, judge: Judge, counts: Mapping[str, Counts]) -> None:
        """Search for one chunk, and count Hypothesis's own time for its target.

        A chunk depends on nothing but its random seed. The judge may end it by raising `StopSearch`.
        """
        from generators.choice.hypothesis_source import (
            search,  # half a second, which other runs need not wait
        )

        following = self.schedule.next()
        assert following is not None
        name, chunk = following
        start, judging = time.monotonic(), 0.0
        target, index = self._targets[name], HYPOTHESIS + chunk
        asked = asked_file(self._options, name, index)

        def judged(drawn: Drawn, choices: Sequence[int | bool]) -> None:
            nonlocal judging
            asked.write_text(json.dumps(list(choices)), encoding="ascii")
            began = time.monotonic()
            judge(name, index, drawn, choices)
            judging += time.monotonic() - began

        random_seed = case_random_seed(self._options.random_seed, f"{name}\0hypothesis", chunk)
        try:
            search(target.make, judged, random_seed, CASES_A_CHUNK, self._options.place / HOME)
        except StopSearch:
            pass
        finally:
            spent = time.monotonic() - start
            self._spent += spent
            self.schedule.spend(name, spent)
            counts[name].spend("hypothesis", spent - judging)
        asked.unlink(missing_ok=True)


def asked_file(options: RunOptions, target: str, index: int) -> Path:
    """Return the file with the choices of the case that a search ran last."""
    return options.place / f"{target}-{index - HYPOTHESIS}.asked"


def last_asked(options: RunOptions, target: str, index: int) -> list[int | bool]:
    """Return the choices of the case at which a search was interrupted; none if it ended regularly."""
    try:
        choices: list[int | bool] = json.loads(asked_file(options, target, index).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return []
    return choices
