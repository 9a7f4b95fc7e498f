"""Examination of one worker crash: whether the case kills an engine again, and which one.

Runs as a process of its own, `python -m drt.run.crash_examiner FOLDER JOB LOG`; the job is JSON.
"""

from __future__ import annotations

import datetime
import json
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace as changed

from drt.corpus.known import find_known, read_known
from drt.corpus.store import Corpus
from drt.diagnosis.judgement import Judgement
from drt.diagnosis.signature import HANGING_SECONDS, key_text, signature
from drt.engines import build
from drt.engines.sandbox import HANG, Completed, HarnessError, ProcessDied, attempt, in_child
from drt.model.case import Case
from drt.model.divergence import Divergence
from drt.model.divergence_json import DivergenceRecord
from drt.model.records import from_json
from drt.model.saved_case import SavedCase
from drt.reduce import reduce_case
from drt.run.find import origin_of
from drt.run.hypothesis_search import last_asked
from drt.run.log import LogWriter, read_options
from drt.run.options import HYPOTHESIS, RunOptions
from drt.run.records import Broken, CrashJob, Found, Lost
from drt.run.working_corpus import kept_before
from drt.targets.schedule import case_random_seed, shared_random_seed
from generators.choice.sources import ReplaySource, Source

SURVIVAL = "engines_survive"
"""The law that a crashing engine breaks: no input may end its process."""


def death(options: RunOptions, job: CrashJob, log: LogWriter) -> int:
    """Find out whether a case kills an engine, and which one; save it reduced, and log the finding.

    `job` names the case (`target`, `index`), the `cause` of the worker's end, and the `seconds` to spend.
    """
    ends = time.monotonic() + job.seconds
    name, index, cause = job.target, job.index, job.cause
    target = options.table()[name]
    seed, source = _source(options, name, index)
    drawn = attempt(lambda: target.draw(source))
    if isinstance(drawn, HarnessError):
        log.write(
            Broken(
                what="a generator",
                target=name,
                index=index,
                error=drawn.error,
                traceback=drawn.traceback,
            )
        )
        return 0
    case = drawn.answer
    versions = {one.name: one.version for one in map(build, options.engines)}
    origin = origin_of(options, versions, name, index, seed, source.choices)

    def dies(candidate: Case, seconds: float) -> ProcessDied | None:
        result = in_child(
            lambda engines: target.oracle(candidate, engines), options.engines, seconds, options.memory
        )
        return result if isinstance(result, ProcessDied) else None

    died = dies(case, max(1.0, min(2 * options.deadline, job.seconds / 2)))
    if died is None:
        log.write(Lost(target=name, index=index, cause=cause))
        return 0
    if not died.engine:
        log.write(Broken(what="the harness", target=name, index=index, error=died.cause))
        return 0
    patience = HANGING_SECONDS if died.cause == HANG else 5.0

    def alike(candidate: Case) -> bool:
        again = dies(candidate, patience)
        return again is not None and (again.cause, again.engine) == (died.cause, died.engine)

    def shows(known: SavedCase) -> bool:
        return alike(known.case)

    divergence = _divergence(died)
    corpus = Corpus(Path(options.corpus))
    saved = _saved(case, divergence, origin)
    place = corpus.save_counterexample(saved, shows=shows, replaces=False)
    log.write(changed(_event(options, index, name, saved, divergence), path=str(place)))
    result = attempt(lambda: reduce_case(case, alike, max(0.0, ends - time.monotonic())))
    if isinstance(result, Completed) and (still := dies(result.answer, 2 * options.deadline)) is not None:
        divergence = _divergence(still)
        saved = _saved(result.answer, divergence, origin)
    event = _event(options, index, name, saved, divergence)
    known = find_known(read_known(corpus.root), saved.signature)
    if known is not None and known.excuses(datetime.date.today()):
        corpus.drop(place, saved)
        log.write(changed(event, stage="known", known=known.id))
        return 0
    place = corpus.save_counterexample(saved, instead_of=place, shows=shows)
    log.write(changed(event, stage="reduced", path=str(place)))
    return 0


def _source(options: RunOptions, name: str, index: int) -> tuple[int | None, Source]:
    """Return the source that the worker drew the case from, and its random seed if it had one."""
    if index >= HYPOTHESIS:
        return None, ReplaySource(last_asked(options, name, index))
    seed = case_random_seed(options.random_seed, name, index)
    worker = options.worker_of(index)
    kept = kept_before(options.working_corpus(worker), options.lanes(worker), name, index)
    shared = shared_random_seed(options.random_seed, name, index)
    return seed, options.table()[name].source(seed, index, kept, shared)


def _divergence(died: ProcessDied) -> Divergence:
    answers = ((died.engine, died.outcome),)
    return Divergence(SURVIVAL, "crash", died.question, answers)


def _saved(case: Case, divergence: Divergence, origin: dict[str, object]) -> SavedCase:
    [(engine, _)] = divergence.answers
    return SavedCase(
        case=case,
        description=f"{engine} does not survive the question {divergence.question}",
        tags=("death",),
        origin=origin,
        signature=signature(divergence, case),
        status="open",
    )


def _event(options: RunOptions, index: int, target: str, saved: SavedCase, divergence: Divergence) -> Found:
    """Describe a crash that happened again, at its first stage."""
    [(engine, _)] = divergence.answers
    because = f"its process does not survive the question {divergence.question}"
    return Found(
        number=f"death-{target}-{index}",
        coarse=key_text(divergence),
        target=target,
        signature=saved.signature,
        stage="saved",
        engines=options.engines,
        divergence=DivergenceRecord.of(divergence),
        solid=True,
        index=index,
        verdict=Judgement((engine,), "law", because),
    )


def main(arguments: Sequence[str]) -> int:
    """Examine the crash that the job names, and log the result."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    folder, job, log = arguments
    return death(read_options(Path(folder)), from_json(json.loads(job), CrashJob), LogWriter(Path(log)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
