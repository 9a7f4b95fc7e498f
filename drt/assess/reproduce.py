"""Confirmation: whether a saved case diverges in fresh processes, each with its own hash seed.

Runs as `python -m drt.assess.reproduce FOLDER…` with the jobs of these cases on standard input. The process
writes a line for each case: whether it shows the divergence, does not, or leaves that open.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from drt.diagnosis.signature import first_alike
from drt.engines import build
from drt.engines.deadline import Alarm
from drt.engines.guard import Guarded
from drt.engines.processes import Finished, TimedOut, module, our_environment, run
from drt.engines.sandbox import Completed, HarnessError, ProcessDied, in_child
from drt.model.case_directory import read_case, write_case
from drt.model.divergence import Checked
from drt.model.divergence_json import DivergenceRecord
from drt.model.records import from_json, to_json
from drt.model.saved_case import SavedCase
from drt.targets.loading import law_of, target_table

SHOWN, NOT_SHOWN, UNDECIDED, BROKEN = "shown", "not shown", "undecided", "broken"
"""What a fresh process writes about a case; `UNDECIDED` and `BROKEN` say nothing about it."""

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
    with _written([saved], folder) as [place]:
        for hash_seed in HASH_SEEDS:
            seconds = min(remaining(), job.seconds)
            shown = None if seconds < 1.0 else _shown(place, job, hash_seed, seconds)
            if shown is not True:
                return shown
        return True


def shown_together(
    cases: Sequence[tuple[SavedCase, Job]], folder: Path, remaining: Callable[[], float]
) -> list[bool]:
    """Return for each case whether its divergence shows in every fresh process; each judges them all.

    Each case is judged in a child of its own, so none depends on those before it. Where a case does not show
    so, nothing is known: a process may have run out of time, or broken on another case.
    """
    shown = [True] * len(cases)
    jobs = [job for _, job in cases]
    with _written([saved for saved, _ in cases], folder) as places:
        for hash_seed in HASH_SEEDS:
            seconds = min(remaining(), STARTING_SECONDS + sum(3 * job.deadline for job in jobs))
            if seconds < 1.0 or not any(shown):
                return [False] * len(cases)
            try:
                done = _judged(places, jobs, hash_seed, seconds)
            except TimedOut:
                return [False] * len(cases)
            lines = done.output.splitlines()
            lines += [UNDECIDED] * (len(cases) - len(lines))
            shown = [was and line == SHOWN for was, line in zip(shown, lines, strict=True)]
    return shown


@contextlib.contextmanager
def _written(cases: Sequence[SavedCase], folder: Path) -> Iterator[list[Path]]:
    """Write cases to folders of their own beneath a folder, and remove them afterwards."""
    place = folder / str(os.getpid())
    places = [place / str(number) for number in range(len(cases))]
    try:
        for each, saved in zip(places, cases, strict=True):
            each.mkdir(parents=True)
            write_case(each, saved)
        yield places
    finally:
        shutil.rmtree(place, ignore_errors=True)


def shows_elsewhere(path: Path, job: Job) -> bool:
    """Whether any fresh process sees the engines diverge; a broken one does not count."""
    return any(_sees(path, job, hash_seed) for hash_seed in HASH_SEEDS)


def _sees(path: Path, job: Job, hash_seed: int) -> bool:
    try:
        return _shown(path, job, hash_seed, job.seconds) is True
    except ProcessBroke:
        return False


def _shown(path: Path, job: Job, hash_seed: int, seconds: float) -> bool | None:
    try:
        done = _judged([path], [job], hash_seed, seconds)
    except TimedOut:
        return None
    verdicts = {SHOWN: True, NOT_SHOWN: False, UNDECIDED: None}
    if (line := done.output.strip()) not in verdicts:
        raise ProcessBroke(done.errors.strip() or done.last_words)
    return verdicts[line]


def _judged(paths: Sequence[Path], jobs: Sequence[Job], hash_seed: int, seconds: float) -> Finished:
    """Run a fresh process that judges cases."""
    command = module("drt.assess.reproduce", *(path.resolve() for path in paths))
    jobs_text = json.dumps([to_json(job) for job in jobs])
    return run(command, seconds=seconds, stdin=jobs_text, environment=our_environment(hash_seed))


def main(arguments: Sequence[str]) -> int:
    """Judge the cases in some folders, and write a line for each; their jobs are read from standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ours = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # engines may print
    jobs = [from_json(job, Job) for job in json.load(sys.stdin)]
    if len(jobs) > 1:
        _import_engines(jobs[0].engines)
    for folder, job in zip(arguments, jobs, strict=True):
        print(_judge(Path(folder), job), file=ours, flush=True)
    return 0


def _import_engines(engines: Sequence[str]) -> None:
    """Build engines once and drop them, so that children need not import what these need."""
    for name in engines:
        build(name)


def _judge(path: Path, job: Job) -> str:
    """Judge the case in a folder in a child process."""
    saved = read_case(path)
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


def _seen(job: Job, checked: Checked) -> str:
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
