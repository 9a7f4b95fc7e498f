"""Confirmation: whether a saved case diverges in fresh processes, each with its own hash seed.

Runs as `python -m drt.assess.reproduce FOLDER JOB`, and defines the exit codes of that process.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from drt.diagnosis.signature import first_alike
from drt.engines.deadline import Alarm
from drt.engines.guard import Guarded
from drt.engines.processes import TimedOut, module, our_environment, run
from drt.engines.sandbox import Completed, HarnessError, ProcessDied, in_child
from drt.model.case_directory import read_case, write_case
from drt.model.divergence import Checked
from drt.model.divergence_json import DivergenceRecord
from drt.model.records import from_json, to_json
from drt.model.saved_case import SavedCase
from drt.targets.loading import law_of, target_table

SHOWN, NOT_SHOWN, UNDECIDED, BROKEN = 0, 20, 21, 1
"""Exit codes of a fresh process; one that is undecided or broken says nothing about the case."""

HASH_SEEDS = (1, 2, 3)
STARTING_SECONDS = 10.0
"""Start-up time of a fresh process, added to the time of the case."""

MEBIBYTES = 2048


class ProcessBroke(Exception):
    """A fresh process could not judge the case; the text says why."""


class Job(Struct, frozen=True):
    """The engines and the law that a case is run under, and the divergence to look for (None: any)."""

    engines: tuple[str, ...]
    targets_from: str
    deadline: float
    divergence: DivergenceRecord | None = None

    @property
    def seconds(self) -> float:
        """Return the time limit of a fresh process."""
        return STARTING_SECONDS + 3 * self.deadline


def confirm(saved: SavedCase, job: Job, folder: Path, remaining: Callable[[], float]) -> bool | None:
    """Whether every fresh process sees the divergence on this case; None if the time ends first.

    The case is written to a folder beneath the given one, so that no case of a corpus is confirmed instead.
    Raises `ProcessBroke` when a process cannot judge it.
    """
    place = folder / str(os.getpid())
    place.mkdir(parents=True)
    try:
        write_case(place, saved)
        for hash_seed in HASH_SEEDS:
            seconds = min(remaining(), job.seconds)
            shown = None if seconds < 1.0 else _shown(place, job, hash_seed, seconds)
            if shown is not True:
                return shown
        return True
    finally:
        shutil.rmtree(place)


def shows_elsewhere(path: Path, job: Job) -> bool:
    """Whether any fresh process sees the engines diverge; a broken one does not count."""
    return any(_sees(path, job, hash_seed) for hash_seed in HASH_SEEDS)


def _sees(path: Path, job: Job, hash_seed: int) -> bool:
    try:
        return _shown(path, job, hash_seed, job.seconds) is True
    except ProcessBroke:
        return False


def _shown(path: Path, job: Job, hash_seed: int, seconds: float) -> bool | None:
    command = module("drt.assess.reproduce", path.resolve(), json.dumps(to_json(job)))
    try:
        done = run(command, seconds=seconds, environment=our_environment(hash_seed))
    except TimedOut:
        return None
    if done.code == UNDECIDED:
        return None
    if done.code not in (SHOWN, NOT_SHOWN):
        raise ProcessBroke(done.errors.strip() or done.last_words)
    return done.code == SHOWN


def main(arguments: Sequence[str]) -> int:
    """Judge the case in a folder; `FOLDER JOB`, the job as JSON."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    path, document = arguments
    job, saved = from_json(json.loads(document), Job), read_case(Path(path))
    law = law_of(saved, target_table(job.targets_from))

    def ask(engines: Sequence[Guarded]) -> Checked | None:
        return Alarm().within(job.deadline, lambda: law(saved.case, engines))

    match in_child(ask, job.engines, job.seconds, MEBIBYTES):
        case Completed(None):
            return UNDECIDED
        case Completed(Checked() as checked):
            return _seen(job, checked)
        case ProcessDied(cause, engine):
            sys.stderr.write(f"{engine or 'the harness'} died: {cause}\n")
            return SHOWN if engine and job.divergence is None else BROKEN
        case HarnessError(_, traceback):
            sys.stderr.write(traceback)
            return BROKEN
    raise AssertionError


def _seen(job: Job, checked: Checked) -> int:
    """Whether the divergence shows; an engine that ran out of time or memory leaves it open."""
    if job.divergence is None:
        return SHOWN if checked.divergences else NOT_SHOWN
    if first_alike(job.divergence.divergence, checked) is not None:
        return SHOWN
    spent = any(one.kind == "budget" for one in checked.divergences)
    spent = spent or any(reason.startswith("budget:") for reason in checked.inconclusive)
    return UNDECIDED if spent else NOT_SHOWN


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
