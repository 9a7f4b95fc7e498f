"""Supervisor of the worker processes: start, watch, end and restart them.

Decides what a worker's end means: finished, out of memory, killed by its case, hanging in it, or never really
started.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from drt.engines.cpu_time import waited_by
from drt.engines.orphaned_workers import MARK, end_marked, mark_of
from drt.engines.processes import Process, module, our_environment, signal_group, start_logged
from drt.engines.sandbox import HANG, cause_of
from drt.run import journal
from drt.run.log import read_json
from drt.run.options import RunOptions
from drt.run.records import PAUSED, RECYCLE, UNWRITABLE, Death, TargetState, WorkerState
from drt.run.reduction_locks import ReductionLocks

HANG_FACTOR = 3
HANG_GRACE = 5.0
"""Seconds after the deadline, at which the alarm inside a worker rings, until the worker is killed."""

STILL_SECONDS = 2.0
"""Time beyond this between two looks at the workers counts as time in which the whole machine stood still."""

RESERVE_SECONDS = 0.4
"""Part of a budget that workers leave unused, so that ending and reporting fit in it."""

STARTS_IN_VAIN = 3
DEATHS_IN_VAIN = 25
"""Consecutive crashes of one worker without a single case of progress after which the run gives up."""

RETRIED = ("SIGKILL", "SIGTERM", "SIGINT", "SIGHUP")
"""Signals that tend to come from outside: the case is tried again before it is suspected."""

RETRIES = 3


@dataclass(slots=True)
class _Worker:
    number: int
    process: Process
    hung: bool = False
    seen: tuple[int, int, int, float] | None = None
    waited: float = 0.0
    vain: int = 0
    stuck: int = 0
    counted: dict[str, TargetState] = field(default_factory=dict)
    skipped: list[tuple[str, int]] = field(default_factory=list)
    retried: list[tuple[str, int]] = field(default_factory=list)


class CannotStart(Exception):
    """A worker cannot write, or crashes again and again before its first case; the text says why."""


class Fleet:
    """The worker processes of one run."""

    patience = RESERVE_SECONDS
    """Seconds that workers take to end when their time is up."""

    def __init__(
        self,
        options: RunOptions,
        ends: float | None,
        skipped: Sequence[Sequence[tuple[str, int]]] = (),
        *,
        numbers: Sequence[int] | None = None,
        pauses: float | None = None,
    ) -> None:
        """Start the workers, or those of some numbers; `ends` is of the monotonic clock.

        Each pauses after so many seconds of work if `pauses` is given.
        """
        self._options = options
        self._ends, self._pauses = ends, pauses
        self._born = self._looked = time.monotonic()
        self._shown: dict[int, journal.Entry] = {}
        self.paused = False
        self._stopping = False
        self._workers: list[_Worker] = []
        self._done: list[_Worker] = []
        for number in range(options.jobs) if numbers is None else numbers:
            passed_over = list(skipped[number]) if number < len(skipped) else []
            self._workers.append(_Worker(number, self._start(number, passed_over), skipped=passed_over))

    @property
    def alive(self) -> int:
        """The number of running workers."""
        return len(self._workers)

    @property
    def processes(self) -> list[int]:
        """The process ids of the running workers."""
        return [worker.process.pid for worker in self._workers]

    @property
    def skipped(self) -> list[list[tuple[str, int]]]:
        """The cases that each worker skips, because they kill their process."""
        return [w.skipped for w in sorted((*self._workers, *self._done), key=lambda worker: worker.number)]

    def totals(self) -> tuple[int, int, int]:
        """Return cases, decisions and divergences so far; those of a worker outlive its restart."""
        for number in range(self._options.jobs):
            glance, before = journal.read(self._page(number)), self._shown.get(number)
            self._shown[number] = glance if before is None or glance.cases >= before.cases else before
        glances = self._shown.values()
        return (
            sum(one.cases for one in glances),
            sum(one.decisions for one in glances),
            sum(one.divergences for one in glances),
        )

    def watch(self) -> list[Death]:
        """Detect workers that ended or hang, restart them, and return the crashes with their cases.

        Raises `CannotStart` when restarting is no use.
        """
        deaths = []
        self._allow_for_standstill()
        for worker in list(self._workers):
            code = worker.process.poll()
            if code is None:
                self._end_if_hanging(worker)
                continue
            self._workers.remove(worker)
            signal_group(worker.process, signal.SIGKILL)  # what it started, and hangs
            end_marked(self._mark(worker.number))
            death = self._autopsy(worker, code)
            if death is not None:
                deaths.append(death)
            self.paused = self.paused or code == PAUSED
            if code in (0, PAUSED) or self._stopping or self._over():
                self._done.append(worker)
                continue
            worker.process = self._start(worker.number, worker.skipped)
            worker.hung, worker.seen = False, None
            self._workers.append(worker)
        return deaths

    def overdue(self) -> list[Death]:
        """Return the workers that have been at one case for longer than the alarm inside them allows."""
        late = []
        for worker in self._workers:
            glance = journal.read(self._page(worker.number))
            allowed = self._options.deadline + HANG_GRACE + waited_by(worker.process.pid) - worker.waited
            if glance.phase == journal.PURSUING:
                allowed += self._options.reduce_seconds * 2
            if glance.phase != journal.IDLE and time.monotonic() - glance.since > allowed:
                late.append(self._death(worker, glance, HANG, suspect=False))
        return late

    def stop(self) -> None:
        """Ask all workers to end after the case they are at; their engines still have to answer it."""
        self._stopping = True
        for worker in self._workers:
            worker.process.terminate()

    def kill(self) -> None:
        """Kill all workers at once."""
        self._stopping = True
        for worker in self._workers:
            signal_group(worker.process, signal.SIGKILL)
        for worker in self._workers:
            worker.process.wait()
            end_marked(self._mark(worker.number))

    def _over(self) -> bool:
        return self._ends is not None and time.monotonic() >= self._ends

    def _page(self, number: int) -> Path:
        return self._options.place / f"worker-{number}.page"

    def _mark(self, number: int) -> str:
        return mark_of(self._options.place, number)

    def _start(self, number: int, skipped: Sequence[tuple[str, int]]) -> Process:
        self._page(number).unlink(missing_ok=True)
        worked = time.monotonic() - self._born  # a worker that is started again has the rest
        rest = None if self._pauses is None else max(0.0, self._pauses - worked)
        times = json.dumps(self._ends), json.dumps(rest)
        about = [self._options.place, number, os.getpid(), *times, json.dumps(list(skipped))]
        return start_logged(
            module("drt.run.worker", *about),
            self._options.place / f"worker-{number}.err",
            {**our_environment(self._options.random_seed), MARK: self._mark(number)},
        )

    def _allow_for_standstill(self) -> None:
        """Give the workers the time in which this process did not run either, as on a suspended machine."""
        now = time.monotonic()
        still = now - self._looked - STILL_SECONDS
        self._looked = now
        if still > 0:
            for worker in self._workers:
                worker.waited -= still

    def _end_if_hanging(self, worker: _Worker) -> None:
        glance = journal.read(self._page(worker.number))
        before, worker.seen = worker.seen, (glance.phase, glance.target, glance.index, glance.since)
        waited = waited_by(worker.process.pid)
        if before != worker.seen:
            worker.waited = waited
            return
        allowed = HANG_FACTOR * self._options.deadline + HANG_GRACE + waited - worker.waited
        if glance.phase == journal.PURSUING:
            allowed += self._options.reduce_seconds * 4 + 120.0
        if glance.phase != journal.IDLE and time.monotonic() - glance.since > allowed:
            worker.hung = True
            signal_group(worker.process, signal.SIGKILL)

    def _autopsy(self, worker: _Worker, code: int) -> Death | None:
        """Find out how a worker ended, and at which case; mark the case to be skipped."""
        if code in (0, PAUSED, RECYCLE):
            worker.vain = 0
            return None
        if code == UNWRITABLE:
            raise CannotStart(self._last_words(worker.number))
        glance = journal.read(self._page(worker.number))
        cause = HANG if worker.hung else cause_of(code)
        if glance.phase == journal.IDLE and glance.cases == 0:
            worker.vain += 1
            if worker.vain >= STARTS_IN_VAIN and not self._stopping:
                raise CannotStart(self._last_words(worker.number) or cause)
            return None
        worker.vain = 0
        if self._stopping and cause in RETRIED:
            return None
        self._see_progress(worker)
        case = (self._options.targets[glance.target], glance.index)
        suspect = glance.phase == journal.ASKING and not self._stopping
        if glance.phase == journal.PURSUING and cause in RETRIED and worker.retried.count(case) < RETRIES:
            worker.retried.append(case)
            ReductionLocks(self._options.place / "claims").release_crashed(worker.process.pid)
        if suspect and cause in RETRIED and worker.retried.count(case) < RETRIES:
            worker.retried.append(case)
            suspect = False
        if suspect:
            worker.skipped.append(case)
        return self._death(worker, glance, cause, suspect)

    def _death(self, worker: _Worker, glance: journal.Entry, cause: str, suspect: bool) -> Death:
        return Death(
            worker=worker.number,
            target=self._options.targets[glance.target],
            index=glance.index,
            cause=cause,
            phase=glance.phase,
            suspect=suspect,
        )

    def _see_progress(self, worker: _Worker) -> None:
        """Raise `CannotStart` for a worker that crashes again and again at the same place."""
        path = self._options.place / f"worker-{worker.number}.state.json"
        counted = (read_json(path, WorkerState) or WorkerState()).targets
        worker.stuck = worker.stuck + 1 if counted == worker.counted else 0
        worker.counted = counted
        if worker.stuck >= DEATHS_IN_VAIN:
            raise CannotStart(f"worker {worker.number} died {DEATHS_IN_VAIN} times without getting further")

    def _last_words(self, number: int) -> str:
        text = (self._options.place / f"worker-{number}.err").read_text(encoding="utf-8", errors="replace")
        lines = [line for line in text.splitlines() if line.strip()]
        return lines[-1] if lines else ""
