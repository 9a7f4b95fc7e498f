"""Crash triage: count worker crashes, and re-run a sample of them in a separate process.

Chooses the sample and runs one examiner at a time; the examiner writes a log of its own.
"""

from __future__ import annotations

import json
import signal
from collections import Counter
from collections.abc import Collection, Sequence

from drt.engines.processes import Process, module, our_environment, signal_group, start_logged
from drt.model.records import to_json
from drt.run.log import LogReader, LogWriter
from drt.run.options import RunOptions
from drt.run.records import Broken, CrashJob, Death, Event, Found, Lost
from drt.run.summary import Tally

EXAMINE_SECONDS = 20.0
MOST_EXAMINED = 6
"""Crashes examined in one run: the first, second, fourth, … of each cause.

The other crashes are only counted, and their cases skipped.
"""


class CrashTriage:
    """The crashes of one run, and at most one running examiner."""

    def __init__(self, options: RunOptions, log: LogWriter, tally: Tally) -> None:
        self._options = options
        self._log = log
        self._tally = tally
        self._waiting: list[Death] = []
        self._examiner: Process | None = None
        self._examined = sum(1 for _ in options.place.glob("examiner-[0-9]*.jsonl"))
        self._suspects: Counter[str] = Counter()

    @property
    def active(self) -> bool:
        """Whether a crash is being examined or is queued."""
        return self._examiner is not None or bool(self._waiting)

    def record(self, death: Death) -> None:
        """Record a crash and queue it for examination if it qualifies."""
        self._log.write(death)
        self._add(death, ())

    def record_unexamined(self, death: Death) -> None:
        """Record a crash at the end of a run, for which there is no time to try its case again."""
        self.record(death)
        lost = Lost(target=death.target, index=death.index, cause=death.cause)
        self._log.write(lost)
        self._tally.add(lost)

    def restore(self, events: Sequence[Event]) -> None:
        """Restore the crashes of an interrupted run from its log, and queue those not yet examined."""
        settled = {
            (event.target, event.index)
            for log in self._options.place.glob("examiner-[0-9]*.jsonl")
            for event in LogReader(log).new()
            if isinstance(event, Lost | Broken)
            or (isinstance(event, Found) and event.stage in ("reduced", "known"))
        }
        for event in events:
            if isinstance(event, Death):
                self._add(event, settled)

    def _add(self, death: Death, settled: Collection[tuple[str | None, int | None]]) -> None:
        self._tally.add(death)
        if not death.suspect:
            return
        self._suspects[death.cause] += 1
        times = self._suspects[death.cause]
        if times & (times - 1) or self._examined + len(self._waiting) >= MOST_EXAMINED:
            return
        if (death.target, death.index) not in settled:
            self._waiting.append(death)

    def poll(self, time_left: float) -> None:
        """Start the examination of the next crash when none is running."""
        if self._examiner is not None and self._examiner.poll() is None:
            return
        self._examiner = None
        if not self._waiting:
            return
        death = self._waiting.pop(0)
        self._examined += 1
        seconds = max(2.0, min(EXAMINE_SECONDS, time_left - 2.0))
        job = CrashJob(death.target, death.index, death.cause, seconds)
        folder = self._options.place
        log = folder / f"examiner-{self._examined}.jsonl"
        self._examiner = start_logged(
            module("drt.run.crash_examiner", folder, json.dumps(to_json(job)), log),
            folder / "examiner.err",
            our_environment(self._options.random_seed),
        )

    def cancel_pending(self) -> None:
        """Drop the queued crashes; a running examination continues."""
        self._waiting.clear()

    def kill(self) -> None:
        """Kill the running examiner."""
        if self._examiner is not None and self._examiner.poll() is None:
            signal_group(self._examiner, signal.SIGKILL)
            self._examiner.wait()
