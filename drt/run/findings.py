"""Pipeline of findings: from a divergence to a reduced, confirmed counterexample in the corpus.

The order of steps is: save the case as drawn, reduce it, compute its signature, confirm it by its reduced
case, and only then merge it with what the corpus holds of that signature. A step that is cut short leaves the
result of the step before.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import blake2b
from pathlib import Path

from msgspec.structs import replace as changed

from drt.assess.reproduce import Job, ProcessBroke, confirm
from drt.corpus.known import Known, find_known
from drt.corpus.store import Corpus
from drt.diagnosis import Located, localise
from drt.diagnosis.features import case_features
from drt.diagnosis.judgement import ArbiterAnswer, Judgement, Unmet, judge
from drt.diagnosis.repeatability import MOST_RERUNS, RERUNS, unsteady_engines
from drt.diagnosis.signature import HANGING_SECONDS, first_alike, key_text, signature
from drt.engines.deadline import Alarm
from drt.engines.sandbox import Completed, attempt
from drt.model.case import Case
from drt.model.divergence import Checked, Divergence
from drt.model.divergence_json import DivergenceRecord, loggable
from drt.model.errors import InputProblem
from drt.model.outcome import ExceededBudget
from drt.model.records import to_json
from drt.model.saved_case import SavedCase
from drt.reduce import reduce_case
from drt.run.find import Find, description_of, holds, law_in_words
from drt.run.log import LogWriter
from drt.run.options import RunOptions
from drt.run.records import Broken, Found
from drt.run.reduction_locks import ReductionLocks
from drt.run.testimony import ask_arbiter, unmet_seeds
from drt.targets.loading import law_of, target_table

NONDETERMINISTIC = "nondeterministic engine"
"""Prefix of the signature of an engine that answers the same question differently a second time."""

WAVERS = "a second time it answers the same question differently"

SHARE_FOR_MORE = 0.2
"""Share of a worker's time for divergences whose coarse key the run has reduced before."""

LEAST_REDUCTION = 3.0
SEEDS_SECONDS = 6.0
"""Time limit for running the seed cases on the engines, once per worker."""

CONFIRMING_SECONDS = 4.0
"""Expected time of a confirmation in three fresh processes."""

LOCATING_SECONDS = 5.0
"""Time limit of the search for the innermost difference on a reduced case."""


@dataclass(slots=True)
class Finder:
    """The pipeline of one worker.

    `stopped` says that the run is to end; `ends` is the end of its budget on the monotonic clock, if there is
    one.
    """

    options: RunOptions
    corpus: Corpus
    claims: ReductionLocks
    known: Sequence[Known]
    log: LogWriter
    alarm: Alarm
    stopped: Callable[[], bool]
    ends: float | None = None
    _again_seconds: float = 0.0
    _wavered: bool = False
    _unmet: Unmet | None = None
    _born: float = field(default_factory=time.monotonic)

    def consider(self, find: Find) -> None:
        """Process a divergence unless it is known or locked; report a nondeterministic engine."""
        key = key_text(find.divergence)
        digest = blake2b(key.encode(), digest_size=4).hexdigest()
        number = f"{find.target}-{find.index}-{digest}"  # the same when a run is resumed
        features = partial(case_features, find.case)
        if not self.claims.is_worth(key, features, number):
            return
        if unsteady := self._unsteady(find, MOST_RERUNS if self._wavered else RERUNS):
            self._report_unsteady(find, unsteady)
            return
        allowance = self._allowance()
        if not self.claims.acquire(key, number, again=allowance >= CONFIRMING_SECONDS + LEAST_REDUCTION):
            return
        first = self.claims.pursuits(key) == 1
        began = time.monotonic()
        self._pursue(key, number, find, float("inf") if first else allowance - CONFIRMING_SECONDS)
        if not first:
            self._again_seconds += time.monotonic() - began

    def _allowance(self) -> float:
        """Return the seconds left for coarse keys that the run has reduced before."""
        return (time.monotonic() - self._born) * SHARE_FOR_MORE - self._again_seconds

    def _pursue(self, key: str, number: str, find: Find, reduce_seconds: float) -> None:
        name = signature(find.divergence, find.case)
        saved = SavedCase(
            case=find.case,
            description=description_of(find),
            tags=("arbiter",) if find.arbiter else (),
            origin=dict(find.origin) | {"engines": {engine.name: engine.version for engine in find.engines}},
            signature=name,
            status="open",
        )
        place = self._save(saved, find)
        self.log.write(changed(self._event(number, key, find, name), path=str(place)))
        reduced, divergence, complete = self._reduced(find, reduce_seconds)
        located = self._located(find, reduced, divergence)
        name = signature(divergence, reduced, located)
        find = replace(find, case=reduced, divergence=divergence)
        event = self._event(number, key, find, name)
        known = find_known(tuple(self.known), name)
        if known is not None and known.excuses(datetime.date.today()):
            self.corpus.drop(place, saved)
            self.log.write(changed(event, stage="known", known=known.id))
            self.claims.finish(key, name, case_features(reduced), number)
            return
        event = changed(
            event,
            stage="reduced",
            path=str(place),
            case=loggable(reduced),
            located=located.record if located else None,
            reduced=complete,
        )
        # Reported before it is confirmed: a process that is killed in between leaves the reduced case.
        self.log.write(event)
        saved = replace(saved, case=reduced, signature=name, description=description_of(find))
        solid = self._confirmed(number, saved, find)
        if solid is False and (unsteady := self._unsteady(find, MOST_RERUNS)):
            self.corpus.drop(place, saved)
            self._report_unsteady(find, unsteady, number)
            self.claims.finish(key, name, case_features(reduced), number)
            return
        testimony = self._testimony(find)
        judged = self._judged(find, located, testimony)
        if testimony is not None:
            saved = replace(saved, origin=dict(saved.origin) | {"arbiter": to_json(testimony)})
        if solid is False:
            saved = replace(saved, tags=(*saved.tags, "flaky"))
        place = self._save(saved, find, place, apart=solid is False)
        # Reported before the lock is released: a process that is killed in between pursues it once more.
        self.log.write(
            changed(
                event,
                path=str(place),
                solid=solid,
                says=testimony,
                verdict=judged,
                merged=not holds(place, reduced),
            )
        )
        self.claims.finish(key, name, case_features(reduced), number)

    def _event(self, number: str, key: str, find: Find, name: str) -> Found:
        """Describe a finding at its first stage."""
        return Found(
            number=number,
            coarse=key,
            target=find.target,
            signature=name,
            stage="saved",
            engines=tuple(self._asked(find)),
            divergence=DivergenceRecord.of(find.divergence),
            arbiter=find.arbiter,
            index=find.index,
        )

    # Engines that waver

    def _unsteady(self, find: Find, reruns: int) -> tuple[str, ...]:
        """Find the engines that answer differently a second time; none if one hangs."""
        if any(isinstance(answer, ExceededBudget) for _, answer in find.divergence.answers):
            return ()
        return unsteady_engines(find.oracle, find.case, find.engines, find.divergence, self._in_time, reruns)

    def _in_time(self, ask: Callable[[], Checked]) -> Checked | None:
        return self.alarm.within(self.options.deadline, ask)

    def _report_unsteady(self, find: Find, engines: Sequence[str], number: str = "") -> None:
        """Save and report the first, second, fourth, … case on which an engine is nondeterministic.

        A finding that was reported before under a number is always reported.
        """
        self._wavered = True
        name = f"{NONDETERMINISTIC}: {' or '.join(engines)}"
        self.claims.seen[name] += 1
        seen = self.claims.seen[name]
        if seen & (seen - 1) and not number:
            return
        saved = SavedCase(
            case=find.case,
            description=f"{' or '.join(engines)} answers the same question differently a second time",
            tags=("flaky", "nondeterministic"),
            origin=dict(find.origin),
            signature=name,
            status="open",
        )
        place = self._save(saved, find, apart=True)
        self.log.write(
            changed(
                self._event(number or name, name, find, name),
                stage="reduced",
                path=str(place),
                solid=False,
                case=loggable(find.case),
                unsteady=tuple(engines),
                verdict=Judgement(tuple(engines), "law", WAVERS),
            )
        )

    def _save(
        self, saved: SavedCase, find: Find, instead_of: Path | None = None, apart: bool = False
    ) -> Path:
        """Save a finding in the corpus, flaky ones apart; save it beside the log if the corpus refuses."""
        try:
            if apart:
                return self.corpus.save_flaky(saved, instead_of)
            return self.corpus.save_counterexample(
                saved, instead_of, shows=lambda known: self._still_shows(known, find)
            )
        except InputProblem as problem:
            self.log.write(Broken(what="the corpus", error=str(problem)))
            self.corpus = Corpus(self.options.place / "corpus")
            return self.corpus.save_flaky(saved) if apart else self.corpus.save_counterexample(saved)

    # Reducing

    def _reduced(self, find: Find, most: float) -> tuple[Case, Divergence, bool]:
        """Reduce a finding, for so many seconds at most.

        Returns the simplest case that still shows the divergence, how it shows there, and whether the
        reduction came to its end.
        """
        hanging = any(answer == ExceededBudget("time") for _, answer in find.divergence.answers)
        patience = min(self.options.deadline, HANGING_SECONDS if hanging else 5.0)
        seconds = min(self.options.reduce_seconds, most, self.remaining())
        until = time.monotonic() + seconds

        def interesting(candidate: Case) -> bool:
            if self.stopped() or time.monotonic() > until:
                return False
            return self._shown(find, candidate, patience) is not None

        if seconds <= 0:
            return find.case, find.divergence, False
        result = attempt(lambda: reduce_case(find.case, interesting, seconds))
        if not isinstance(result, Completed):
            self.log.write(Broken(what="the reducer", error=result.error, traceback=result.traceback))
            return find.case, find.divergence, False
        complete = not self.stopped() and time.monotonic() <= until
        divergence = self._shown(find, result.answer, self.options.deadline)
        if divergence is None:
            return find.case, find.divergence, False
        return result.answer, divergence, complete

    def _located(self, find: Find, reduced: Case, divergence: Divergence) -> Located | None:
        """Locate where the engines part; skipped for a hanging engine, which would hang on every part."""
        if any(isinstance(answer, ExceededBudget) for _, answer in divergence.answers):
            return None
        seconds = min(LOCATING_SECONDS, max(0.5, self.remaining()))
        result = self.alarm.within(
            seconds, lambda: attempt(lambda: localise(reduced, find.engines, divergence))
        )
        if result is None:
            return None
        if isinstance(result, Completed):
            return result.answer
        self.log.write(Broken(what="the search", error=result.error, traceback=result.traceback))
        return None

    def _shown(self, find: Find, candidate: Case, patience: float) -> Divergence | None:
        """Find the divergence of that kind on a candidate, within the time limit."""
        checked = self.alarm.within(patience, lambda: find.oracle(candidate, find.engines))
        return None if checked is None else first_alike(find.divergence, checked)

    def _still_shows(self, known: SavedCase, find: Find) -> bool:
        """Whether a saved case still diverges under the law of its target."""
        law = law_of(known, target_table(self.options.targets_from))
        checked = self._in_time(lambda: law(known.case, find.engines))
        return checked is not None and bool(checked.divergences)

    def remaining(self) -> float:
        """Return the seconds left in the run's budget."""
        return float("inf") if self.ends is None else self.ends - time.monotonic()

    # Asking others

    def _confirmed(self, number: str, saved: SavedCase, find: Find) -> bool | None:
        """Whether fresh processes see the divergence too; None if they could not decide."""
        seen = DivergenceRecord.of(find.divergence)
        job = Job(tuple(self._asked(find)), self.options.targets_from, self.options.deadline, seen)
        folder = self.options.place / "confirming" / number
        try:
            return confirm(saved, job, folder, lambda: 0.0 if self.stopped() else self.remaining())
        except ProcessBroke as error:
            words = str(error)
            last = words.rpartition("\n")[2]
            self.log.write(Broken(what="a confirmation", error=last, traceback=words))
            return None

    def _asked(self, find: Find) -> list[str]:
        """Return the names that build the engines of a finding."""
        if find.arbiter and self.options.arbiter is not None:
            return [self.options.engines[-1], self.options.arbiter]
        return list(self.options.engines)

    def _testimony(self, find: Find) -> ArbiterAnswer | None:
        """Ask the arbiter; None if there is none or the budget is spent."""
        arbiter = self.options.arbiter
        if arbiter is None or find.arbiter or self.remaining() < 1.0:
            return None
        return ask_arbiter(arbiter, self.options.engines, find.oracle, find.case, self._patience)

    def _patience(self) -> float:
        """Return the seconds that the next query of a child process may take."""
        return min(self.options.deadline, max(0.5, self.remaining()))

    def _judged(self, find: Find, located: Located | None, testimony: ArbiterAnswer | None) -> Judgement:
        """Judge a finding by the first witness that decides."""
        if self._unmet is None and self.remaining() > SEEDS_SECONDS:
            self._unmet = unmet_seeds(self._asked(find), SEEDS_SECONDS)
        return judge(find.divergence, law_in_words(find.oracle), located, self._unmet or {}, testimony)
