"""Coordinator of a run: workers draw cases until the budget is used, and no crash loses a result.

Runs the loop of the parent process: it starts the workers, follows their logs, queues crashes for triage,
enforces the budget, and writes the footer, also after an interrupt.
"""

from __future__ import annotations

import os
import platform
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec

from drt.corpus.known import read_known
from drt.engines import build
from drt.engines.orphaned_workers import end_leftovers
from drt.model.errors import InputProblem
from drt.run.crash_triage import CrashTriage
from drt.run.footer import Footer
from drt.run.log import (
    LogReader,
    LogWriter,
    cases_by_stream,
    held,
    make_folder,
    read_json,
    replace_json,
    worker_states,
)
from drt.run.options import RunOptions
from drt.run.progress import ProgressView, Status
from drt.run.records import Found, Header, News, Progress, Reached, Resumed, RunStatus
from drt.run.reduction_locks import release
from drt.run.shares import undo_commits
from drt.run.summary import Tally, footer
from drt.run.supervisor import RESERVE_SECONDS, CannotStart, Fleet
from drt.run.workers import Workers

TICK_SECONDS = 0.1
STATUS_SECONDS = 2.0
SAMPLE_SECONDS = 0.5
SAMPLE_SHARE = 0.005
"""Interval between two progress samples in the log, as a share of the elapsed time."""

GRACE_SECONDS = 3.0


@dataclass(slots=True)
class _Interrupt:
    times: int = 0


def start(options: RunOptions, view: ProgressView) -> Footer:
    """Run, and return the footer; raises `InputProblem` for a corpus or a folder that cannot be used."""
    began = time.monotonic()
    tally = Tally(read_known(Path(options.corpus)))
    versions = {name: build(name).version for name in options.engines}
    with held(options.place):
        return _started(options, versions, tally, view, began).go()


def _started(
    options: RunOptions, versions: dict[str, str], tally: Tally, view: ProgressView, began: float
) -> _Run:
    """Make the folder of a run and write its header."""
    folder = make_folder(options.place)
    replace_json(folder / "options.json", options)
    log = LogWriter(folder / "run.jsonl")
    log.write(
        Header(
            python=platform.python_version(),
            platform=platform.platform(),
            processors=os.cpu_count(),
            engines=versions,
            random_seed=options.random_seed,
            options=options,
        )
    )
    return _Run(options, tally, log, view, began)


def resume(folder: Path, view: ProgressView) -> Footer:
    """Resume an interrupted run: same cases, same counts, the rest of the budget.

    Raises `InputProblem` when the folder holds no run, or one that has ended or is still running.
    """
    began = time.monotonic()
    options = read_json(folder / "options.json", RunOptions)
    if options is None:
        raise InputProblem("not the log folder of a run: it holds no options.json", folder)
    with held(folder):
        return _resumed(folder, replace(options, folder=str(folder)), view, began).go()


def _resumed(folder: Path, options: RunOptions, view: ProgressView, began: float) -> _Run:
    """Restore an interrupted run, and end its leftover processes."""
    if (folder / "run.json").exists():
        raise InputProblem("the run is over: its folder holds the footer run.json", folder)
    replace_json(folder / "options.json", options)
    end_leftovers(folder)
    undo_commits(folder)
    release(folder / "claims")
    status = read_json(folder / "status.json", RunStatus) or RunStatus()
    log = LogWriter(folder / "run.jsonl")
    log.write(Resumed(elapsed=status.elapsed))
    tally = Tally(read_known(Path(options.corpus)))
    run = _Run(options, tally, log, view, began - status.elapsed, status.skipped)
    run.news = _News(status.news.count, began - status.news.age)
    run.triage.restore(list(LogReader(folder / "run.jsonl").new()))
    return run


@dataclass(slots=True)
class _News:
    """The number of features and buckets, and the time of the last new one."""

    count: int = 0
    since: float = field(default_factory=time.monotonic)

    def note(self, count: int, now: float) -> None:
        if count > self.count:
            self.count, self.since = count, now


@dataclass(slots=True)
class _Run:
    options: RunOptions
    tally: Tally
    log: LogWriter
    view: ProgressView
    began: float
    skipped: Sequence[Sequence[tuple[str, int]]] = ()
    news: _News = field(default_factory=_News)
    triage: CrashTriage = field(init=False)
    stalled: bool = False
    _readers: dict[Path, LogReader] = field(default_factory=dict)
    _reached: set[str] = field(default_factory=set)
    _finds: list[str] = field(default_factory=list)
    _buckets: list[str] = field(default_factory=list)
    _sampled: float = 0.0
    _streams: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.triage = CrashTriage(self.options, self.log, self.tally)

    def go(self) -> Footer:
        """Run to the footer."""
        interrupt = _Interrupt()
        cannot_start = None
        with _interruptible(interrupt):
            self.view.begin(self.options)
            fleet = self._fleet()
            try:
                self._until_done(fleet, interrupt)
            except CannotStart as error:
                cannot_start = str(error)
            finally:
                fleet.kill()
                self.triage.kill()
                self._read_logs()
                self._write_status(fleet)
                self.view.end()
            return self._close(fleet, interrupt.times > 0, cannot_start)

    def _fleet(self) -> Workers:
        """Start the workers, here or on a cluster."""
        if self.options.cluster is None:
            return Fleet(self.options, self._workers_end(), self.skipped)
        from drt.run.cluster import ClusterFleet

        return ClusterFleet(self.options, self._workers_end(), self.skipped)

    def _until_done(self, fleet: Workers, interrupt: _Interrupt) -> None:
        written = time.monotonic() - 1.0
        stop_by: float | None = None
        while fleet.alive or self.triage.active:
            for death in fleet.watch():
                self.triage.record(death)
            self._read_logs()
            self.triage.poll(time_left=self._left())
            now = time.monotonic()
            if now - written >= STATUS_SECONDS:
                written = now
                self._write_status(fleet)
            self._sample(fleet)
            self._show(fleet, ending=stop_by is not None)
            self.stalled = self.stalled or (stop_by is None and self._has_stalled(fleet, now))
            if stop_by is None and (interrupt.times or self.stalled or self._left() <= RESERVE_SECONDS / 2):
                fleet.stop()
                self.triage.cancel_pending()
                stop_by = now + (GRACE_SECONDS if interrupt.times or self.stalled else fleet.patience)
            if interrupt.times > 1 or (stop_by is not None and now > stop_by):
                for death in fleet.overdue():
                    self.triage.record_unexamined(death)
                return
            time.sleep(TICK_SECONDS if self._left() > 1.0 else TICK_SECONDS / 5)
        self._show(fleet, ending=True)

    def _has_stalled(self, fleet: Workers, now: float) -> bool:
        """Whether nothing new appeared for `stalled` seconds; the start-up time of workers does not count."""
        if self.options.stalled is None:
            return False
        if not self.news.count and not fleet.totals()[0]:
            self.news.since = now
        return now - self.news.since >= self.options.stalled

    def _left(self) -> float:
        """Return the seconds left in the budget."""
        if self.options.seconds is None:
            return float("inf")
        return self.began + self.options.seconds - time.monotonic()

    def _workers_end(self) -> float | None:
        if self.options.seconds is None:
            return None
        return self.began + self.options.seconds - min(RESERVE_SECONDS, self.options.seconds / 4)

    def _read_logs(self) -> None:
        """Read what the workers and examiners have logged since the last call."""
        for path in sorted(self.options.place.glob("*-[0-9]*.jsonl")):
            reader = self._readers.setdefault(path, LogReader(path))
            for event in reader.new():
                self.tally.add(event)
                if isinstance(event, Found):
                    self._show_finding(event)
                elif isinstance(event, Reached):
                    self._reached.update(event.features)

    def _show_finding(self, event: Found) -> None:
        """Show the first finding of a coarse key, and every new signature after a reduction."""
        names = self._finds if event.stage == "saved" else self._buckets
        name = event.coarse if event.stage == "saved" else event.signature
        if name not in names:
            names.append(name)
            self.view.find(event)

    def _show(self, fleet: Workers, ending: bool) -> None:
        cases, decisions, divergences = fleet.totals()
        elapsed = time.monotonic() - self.began
        finds, deaths = tuple(self._buckets or self._finds), len(self.tally.deaths)
        self.view.update(
            Status(
                elapsed,
                cases,
                decisions,
                divergences,
                fleet.alive,
                finds,
                deaths,
                ending,
                time.monotonic() - self.news.since,
                len(self._reached),
                self._streams,
            )
        )

    def _sample(self, fleet: Workers) -> None:
        """Log the progress, often in the first minutes and rarely later."""
        elapsed = time.monotonic() - self.began
        if elapsed - self._sampled >= max(SAMPLE_SECONDS, elapsed * SAMPLE_SHARE):
            self._sampled = elapsed
            cases, decisions, divergences = fleet.totals()
            self.log.write(
                Progress(elapsed=round(elapsed, 3), cases=cases, decisions=decisions, divergences=divergences)
            )

    def _write_status(self, fleet: Workers) -> None:
        self.news.note(len(self._reached) + len(self._buckets), time.monotonic())
        self._streams = cases_by_stream(worker_states(self.options.place))
        cases, decisions, divergences = fleet.totals()
        replace_json(
            self.options.place / "status.json",
            RunStatus(
                elapsed=round(time.monotonic() - self.began, 3),
                cases=cases,
                decisions=decisions,
                divergences=divergences,
                processes=tuple(fleet.processes),
                skipped=tuple(map(tuple, fleet.skipped)),
                finds=tuple(self._buckets),
                streams=self._streams,
                news=News(self.news.count, round(time.monotonic() - self.news.since, 3)),
            ),
        )

    def _close(self, fleet: Workers, interrupted: bool, cannot_start: str | None) -> Footer:
        """Write the footer and remove the files that only a running run needs."""
        folder = self.options.place
        elapsed = time.monotonic() - self.began
        states = worker_states(folder)
        ended = msgspec.structs.replace(
            footer(self.options, states, self.tally, elapsed, interrupted, cannot_start),
            stalled=self.stalled,
            passed_over=tuple(case for cases in fleet.skipped for case in cases),
        )
        self.log.write(ended)
        self.log.close()
        replace_json(folder / "run.json", ended.to_json())
        for needless in (*folder.glob("worker-*.page"), *folder.glob(".*.json.*")):
            needless.unlink(missing_ok=True)
        for errors in folder.glob("*.err"):
            if errors.stat().st_size == 0:
                errors.unlink()
        return ended


@contextmanager
def _interruptible(interrupt: _Interrupt) -> Iterator[None]:
    """Count interrupts instead of raising, so that the report is written; the second one cuts it short."""

    def note(_number: int, _frame: FrameType | None) -> None:
        interrupt.times += 1

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before: list[tuple[signal.Signals, Any]] = [(number, signal.signal(number, note)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)
