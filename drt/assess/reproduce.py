"""Confirmation: whether a saved case diverges in fresh processes, each with its own hash seed.

Runs as `python -m drt.assess.reproduce FOLDER…` with the jobs of these cases on standard input. The process
writes a line for each case: whether it shows the divergence, does not, or leaves that open and why.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import Struct

from drt.diagnosis.signature import first_alike
from drt.engines import build
from drt.engines.deadline import Alarm
from drt.engines.guard import Guarded
from drt.engines.observed import ObservedEngine
from drt.engines.processes import Finished, TimedOut, module, our_environment, run
from drt.engines.sandbox import Completed, HarnessError, NotStarted, ProcessDied, in_child
from drt.model.case import Case
from drt.model.case_directory import read_case, write_case
from drt.model.divergence import Checked, Divergence
from drt.model.divergence_json import DivergenceRecord
from drt.model.engine import Engine, Unanswered
from drt.model.outcome import ExceededBudget, Outcome, Unsupported
from drt.model.outcome_text import rows
from drt.model.question import Question
from drt.model.records import from_json, to_json
from drt.model.saved_case import SavedCase
from drt.oracles.agreement import engines_agree
from drt.targets.loading import law_of, target_table

SHOWN, NOT_SHOWN, UNDECIDED, BROKEN = "shown", "not shown", "undecided", "broken"
"""What a fresh process writes about a case; `UNDECIDED` and `BROKEN` say nothing about it.

`NOT_SHOWN` takes a clean answer of each engine that takes part: one that dies, runs out of time or memory, or
does not support the question has not taken its answer back.
"""

HASH_SEEDS = (1, 2, 3)
STARTING_SECONDS = 10.0
"""Start-up time of a fresh process, added to the time of the case."""

MEBIBYTES = 2048


class ProcessBroke(Exception):
    """A fresh process could not judge the case; the text says why."""


class Seen(NamedTuple):
    """What a fresh process saw of a case: `why` explains `UNDECIDED`."""

    word: str
    why: str = ""

    @property
    def line(self) -> str:
        """The judgement in one line."""
        return "\t".join([self.word, " ".join(self.why.split())])


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Whether every fresh process sees a divergence; None where that stays open, for the reason `why`.

    The reason is empty where the budget left no time.
    """

    solid: bool | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """An answer that an engine did not give; `at_issue` says that the divergence is about the question."""

    engine: str
    outcome: Outcome
    at_issue: bool

    @property
    def why(self) -> str:
        """The outcome in words."""
        _, words = next(rows(self.outcome))
        return f"in a fresh process {self.engine} {words}"


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


def confirm(saved: SavedCase, job: Job, folder: Path, remaining: Callable[[], float]) -> Confirmation:
    """Run the case in fresh processes, until one does not show the divergence.

    The case is written to a folder beneath the given one, so that no case of a corpus is confirmed instead.
    Raises `ProcessBroke` when a process cannot judge it.
    """
    with _written([saved], folder) as [place]:
        for hash_seed in HASH_SEEDS:
            seconds = min(remaining(), job.seconds)
            shown = Confirmation(None) if seconds < 1.0 else _shown(place, job, hash_seed, seconds)
            if shown.solid is not True:
                return shown
        return Confirmation(True)


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
            lines = [line.partition("\t")[0] for line in done.output.splitlines()]
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
        return _shown(path, job, hash_seed, job.seconds).solid is True
    except ProcessBroke:
        return False


def _shown(path: Path, job: Job, hash_seed: int, seconds: float) -> Confirmation:
    try:
        done = _judged([path], [job], hash_seed, seconds)
    except TimedOut:
        return Confirmation(None, "" if seconds < job.seconds else "a fresh process ran out of time")
    verdicts = {SHOWN: True, NOT_SHOWN: False, UNDECIDED: None}
    word, _, why = done.output.strip().partition("\t")
    if word not in verdicts:
        raise ProcessBroke(done.errors.strip() or done.last_words)
    return Confirmation(verdicts[word], why)


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
        print(_judge(Path(folder), job).line, file=ours, flush=True)
    return 0


def _import_engines(engines: Sequence[str]) -> None:
    """Build engines once and drop them, so that children need not import what these need."""
    for name in engines:
        build(name)


def _judge(path: Path, job: Job) -> Seen:
    """Judge the case in a folder in a child process."""
    saved = read_case(path)
    law = law_of(saved, target_table(job.targets_from))

    def ask(engines: Sequence[Guarded]) -> tuple[Checked | None, tuple[Missing, ...]]:
        missing: list[Missing] = []
        heard = [_heard(engine, saved.case, job, missing) for engine in engines]
        checked = Alarm().within(job.deadline, lambda: law(saved.case, heard))
        return checked, tuple(missing)

    match in_child(ask, job.engines, job.seconds, MEBIBYTES):
        case Completed((checked, missing)):
            return _seen(job, checked, missing)
        case NotStarted(reason=reason):
            return Seen(UNDECIDED, f"in a fresh process {reason}")
        case ProcessDied(cause, engine):
            if engine:
                died = Seen(UNDECIDED, f"in a fresh process {engine} died: {cause}")
                return Seen(SHOWN) if job.divergence is None else died
            sys.stderr.write(f"the harness died: {cause}\n")
        case HarnessError(_, traceback):
            sys.stderr.write(traceback)
    return Seen(BROKEN)


def _heard(engine: Engine, case: Case, job: Job, missing: list[Missing]) -> ObservedEngine:
    """Observe an engine, and add the answers that it does not give to `missing`."""
    found = None if job.divergence is None else job.divergence.divergence
    taking_part = found is None or engine.name in _taking_part(found)

    def hear(question: Question[Any], outcome: Outcome) -> None:
        if isinstance(outcome, Unanswered):
            at_issue = taking_part and (found is None or _is_about(found, case, question))
            missing.append(Missing(engine.name, outcome, at_issue))

    return ObservedEngine(engine, after=hear)


def _taking_part(found: Divergence) -> set[str]:
    """Return the engines that took part in a divergence: all but those that did not support the question."""
    return {name.partition(",")[0] for name, one in found.answers if not isinstance(one, Unsupported)}


def _is_about(found: Divergence, case: Case, question: Question[Any]) -> bool:
    """Whether a divergence can be about a question: between engines, it is about its own request only."""
    request = getattr(question, "request", None)
    if found.law != engines_agree.name or found.request is None or request is None:
        return True
    return found.request >= len(case.requests) or request == case.requests[found.request]


def _seen(job: Job, checked: Checked | None, missing: Sequence[Missing] = ()) -> Seen:
    """Judge what the law found; an engine without a clean answer leaves the divergence open."""
    if checked is None:
        return Seen(UNDECIDED, "a fresh process ran out of time")
    if job.divergence is None:
        return Seen(SHOWN if checked.divergences else NOT_SHOWN)
    if first_alike(job.divergence.divergence, checked) is not None:
        return Seen(SHOWN)
    spent = [one for one in missing if isinstance(one.outcome, ExceededBudget)]
    if decisive := [one for one in missing if one.at_issue] or spent:
        return Seen(UNDECIDED, decisive[0].why)
    budget = any(one.kind == "budget" for one in checked.divergences)
    if budget or any(reason.startswith("budget:") for reason in checked.inconclusive):
        return Seen(UNDECIDED, "an engine ran out of time or memory in a fresh process")
    return Seen(NOT_SHOWN)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
