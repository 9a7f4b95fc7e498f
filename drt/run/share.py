"""Work on one share of a run, far from its coordinator: one worker and the examinations of its crashes.

Started by `drt.run.shares.work` as `python -m drt.run.share FOLDER NUMBER PARENT TIMES SKIPPED`. It ends by
itself when its parent is gone.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from drt.corpus.known import read_known
from drt.engines.orphaned_workers import end_leftovers
from drt.run.crash_triage import CrashTriage
from drt.run.log import LogWriter, read_options, replace_json
from drt.run.records import ShareEnd
from drt.run.shares import ENDED, deaths_before
from drt.run.summary import Tally
from drt.run.supervisor import CannotStart, Fleet

TICK_SECONDS = 0.1
LATE_SECONDS = 5.0
"""Time after the end of the run at which a worker that still runs is killed."""

Skipped = list[tuple[str, int]]


def work(folder: Path, number: int, parent: int, pauses: float, ends: float | None, skipped: Skipped) -> None:
    """Run the worker until it is done, or for `pauses` seconds; `ends` is of the monotonic clock."""
    options = read_options(folder)
    triage = CrashTriage(options, LogWriter(folder / "run.jsonl"), Tally(read_known(Path(options.corpus))))
    triage.restore(deaths_before(folder))
    passed_over: list[Skipped] = [[] for _ in range(number)]
    fleet = Fleet(options, ends, [*passed_over, skipped], numbers=(number,), pauses=pauses)
    cannot_start = ""
    try:
        while fleet.alive or triage.active:
            now = time.monotonic()
            if os.getppid() != parent or (ends is not None and now > ends + LATE_SECONDS):
                for death in fleet.overdue():
                    triage.record_unexamined(death)
                break
            for death in fleet.watch():
                triage.record(death)
            triage.poll(time_left=float("inf") if ends is None else ends - now)
            time.sleep(TICK_SECONDS)
    except CannotStart as error:
        cannot_start = str(error)
    finally:
        finished = not fleet.alive and not fleet.paused
        fleet.kill()
        triage.kill()
        end_leftovers(folder, patience=0.0)
    left = [case for cases in fleet.skipped for case in cases]
    replace_json(folder / ENDED, ShareEnd(finished, tuple(left), cannot_start))


def main(arguments: Sequence[str]) -> int:
    """Work on the share that the arguments name."""
    folder, number, parent, times, skipped = arguments
    pauses, ends = json.loads(times)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    passed_over = [(name, index) for name, index in json.loads(skipped)]
    work(Path(folder), int(number), int(parent), pauses, ends, passed_over)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
