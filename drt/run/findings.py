"""Pipeline of findings: from a divergence to a reduced, confirmed counterexample in the corpus.

The order of steps is: save the case as drawn, reduce it, compute its signature, confirm it by its reduced
case, and only then merge it with what the corpus holds of that signature. A step that is cut short leaves the
result of the step before.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from msgspec.structs import replace as changed

from drt.assess.reproduce import Confirmation
from drt.corpus.known import Known, find_known, read_known
from drt.corpus.store import Corpus
from drt.diagnosis import Located, localise
from drt.diagnosis.features import case_features
from drt.diagnosis.hints import pursuit_key
from drt.diagnosis.judgement import Judgement
from drt.diagnosis.repeatability import MOST_RERUNS, RERUNS, changes, repeating, unsteady_engines
from drt.diagnosis.signature import signature
from drt.engines.deadline import Alarm
from drt.engines.sandbox import Completed, attempt
from drt.model.case import Case
from drt.model.divergence import Checked, Divergence
from drt.model.divergence_json import DivergenceRecord, loggable
from drt.model.errors import InputProblem
from drt.model.outcome import Crashed, ExceededBudget
from drt.model.records import to_json
from drt.model.saved_case import SavedCase
from drt.run.find import Find, description_of, holds, number_of
from drt.run.log import LogWriter
from drt.run.options import RunOptions
from drt.run.pursuit_queue import Confirm, Pursue, PursuitQueue, Reduced, Waiting
from drt.run.pursuit_time import CONFIRMING_SECONDS, PursuitTime
from drt.run.records import Broken, Found
from drt.run.reducing import reduced_find
from drt.run.reduction_locks import ReductionLocks
from drt.run.statistics import Counts
from drt.run.witnesses import Witnesses, asked
from drt.targets.loading import law_of, target_table

NONDETERMINISTIC = "nondeterministic engine"
"""Prefix of the signature of an engine that answers the same question differently a second time."""

WAVERS = "a second time it answers the same question differently"

LOCATING_SECONDS = 5.0
"""Time limit of the search for the innermost difference on a reduced case."""


@dataclass(slots=True)
class Finder:
    """The pipeline of one worker.

    `stopped` says that the run is to end; `budget` is what pursuits may take.
    """

    options: RunOptions
    corpus: Corpus
    claims: ReductionLocks
    known: Sequence[Known]
    log: LogWriter
    alarm: Alarm
    stopped: Callable[[], bool]
    budget: PursuitTime
    witnesses: Witnesses
    queue: PursuitQueue
    _wavered: bool = False

    @classmethod
    def of(
        cls,
        options: RunOptions,
        claims: ReductionLocks,
        log: LogWriter,
        alarm: Alarm,
        stopped: Callable[[], bool],
        ends: float | None,
    ) -> Finder:
        """Make the finder of a worker; `ends` is the end of the run on the monotonic clock, if it has one."""
        corpus, budget = Corpus(Path(options.corpus)), PursuitTime(ends)
        witnesses = Witnesses(options, log, stopped, budget)
        queue, known = PursuitQueue(claims, budget), read_known(corpus.root)
        return cls(options, corpus, claims, known, log, alarm, stopped, budget, witnesses, queue)

    def consider(self, find: Find) -> None:
        """Pursue the find, now or later, unless another worker does or it is known."""
        key = pursuit_key(find.divergence)
        number = number_of(find, key)
        features = partial(case_features, find.case)
        if not self.claims.is_worth(key, features, number):
            return
        if unsteady := self._unsteady(find, MOST_RERUNS if self._wavered else RERUNS):
            self._report_unsteady(find, unsteady)
        elif self.budget.is_enough(again=self.claims.pursuits(key) > 0):
            self._take_up(key, number, find)
        else:
            self.queue.add(key, number, find)

    def pursue_waiting(self, counts: Mapping[str, Counts], *, all_of_them: bool = False) -> None:
        """Pursue what waits and confirm what is reduced, as far as there is time."""
        while self.queue and not self.stopped():
            began = time.monotonic()
            match self.queue.next(all_of_them=all_of_them):
                case Pursue(Waiting(key, number, find), seconds):
                    self._take_up(key, number, find, seconds)
                    target = find.target
                case Confirm(reduced):
                    self._confirm(reduced)
                    self.budget.spend(time.monotonic() - began, again=False)
                    target = reduced[0].find.target
                case None:
                    break
            counts[target].spend("reduce", time.monotonic() - began)

    def _take_up(self, key: str, number: str, find: Find, seconds: float = float("inf")) -> None:
        """Pursue a find in so many seconds, if nobody else does."""
        if not self.claims.acquire(key, number, again=self.budget.is_enough_again()):
            return
        again = self.claims.pursuits(key) > 1
        most = self.budget.allowance_again() - CONFIRMING_SECONDS if again else seconds
        began = time.monotonic()
        self._pursue(key, number, find, most)
        self.budget.spend(time.monotonic() - began, again=again)

    def _pursue(self, key: str, number: str, find: Find, reduce_seconds: float) -> None:
        if self._is_of_a_bucket(key, number, find):
            return
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
        seconds = min(self.options.reduce_seconds, reduce_seconds, self.budget.remaining())
        reduced, divergence, complete = reduced_find(
            find, seconds, self.options.deadline, self.alarm, self.stopped, self.log, self.options.place
        )
        located = self._located(find, reduced, divergence)
        name = signature(divergence, reduced, located)
        find = replace(find, case=reduced, divergence=divergence)
        if self._is_unsteady(key, number, find, place, saved):
            return
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
        if self.claims.has_bucket(name):
            self.corpus.drop(place, saved)
            self.log.write(changed(event, path=None, merged=True))
            self.claims.finish(key, name, case_features(reduced), number)
            return
        saved = replace(saved, case=reduced, signature=name, description=description_of(find))
        reduced_one = Reduced(key, number, find, saved, place, event, located)
        if self.queue or not self.budget.is_enough(again=False):
            self.claims.finish(key, name, case_features(reduced), number)
            self.queue.unconfirmed.append(reduced_one)
        else:
            self._conclude(reduced_one)

    def _confirm(self, some: Sequence[Reduced]) -> None:
        """Confirm finds together, and judge each; one that did not show among others is confirmed alone."""
        shown = self.witnesses.shown_together([(one.number, one.saved, one.find) for one in some])
        for one in some:
            self._conclude(one, confirmed=one.number in shown)

    def _conclude(self, one: Reduced, *, confirmed: bool = False) -> None:
        """Judge a reduced find, and confirm it where that is still to be done."""
        find, saved, name = one.find, one.saved, one.saved.signature
        confirmation = Confirmation(True) if confirmed else self.witnesses.confirmed(one.number, saved, find)
        solid = confirmation.solid
        if solid is False and self._is_unsteady(one.key, one.number, find, one.place, saved):
            return
        testimony = self.witnesses.testimony(find)
        judged = self.witnesses.judged(find, one.located, testimony)
        if testimony is not None:
            saved = replace(saved, origin=dict(saved.origin) | {"arbiter": to_json(testimony)})
        if solid is False:
            saved = replace(saved, tags=(*saved.tags, "flaky"))
        place = self._save(saved, find, one.place, apart=solid is False)
        # Reported before the lock is released: a process that is killed in between pursues it once more.
        self.log.write(
            changed(
                one.event,
                path=str(place),
                solid=solid,
                unconfirmed=confirmation.why if solid is None else "",
                says=testimony,
                verdict=judged,
                merged=not holds(place, find.case),
            )
        )
        self.claims.finish(one.key, name, case_features(find.case), one.number)

    def _is_of_a_bucket(self, key: str, number: str, find: Find) -> bool:
        """Whether a find is known or of a bucket of this run as it is, so that no reduction is needed."""
        located = self._located(find, find.case, find.divergence)
        if located is None:
            return False
        name = signature(find.divergence, find.case, located)
        known = find_known(tuple(self.known), name)
        excused = known is not None and known.excuses(datetime.date.today())
        if not excused and not self.claims.has_bucket(name):
            return False
        event = changed(self._event(number, key, find, name), located=located.record, merged=not excused)
        self.log.write(changed(event, stage="known", known=known.id) if known and excused else event)
        self.claims.finish(key, name, case_features(find.case), number)
        return True

    def _event(self, number: str, key: str, find: Find, name: str) -> Found:
        """Describe a finding at its first stage."""
        return Found(
            number=number,
            coarse=key,
            target=find.target,
            signature=name,
            stage="saved",
            engines=tuple(asked(find, self.options)),
            divergence=DivergenceRecord.of(find.divergence),
            arbiter=find.arbiter,
            index=find.index,
        )

    # Engines that waver

    def _unsteady(self, find: Find, reruns: int) -> tuple[str, ...]:
        """Find the engines that answer differently a second time; none if one hangs or breaks."""
        if any(isinstance(answer, Crashed | ExceededBudget) for _, answer in find.divergence.answers):
            return ()
        return unsteady_engines(find.oracle, find.case, find.engines, find.divergence, self._in_time, reruns)

    def _is_unsteady(self, key: str, number: str, find: Find, place: Path, saved: SavedCase) -> bool:
        """Whether an engine answers a reduced case differently a second time; if so, report that instead."""
        if unsteady := self._unsteady(find, MOST_RERUNS):
            self.corpus.drop(place, saved)
            name = self._report_unsteady(find, unsteady, number)
            self.claims.finish(key, name, case_features(find.case), number)
        return bool(unsteady)

    def _in_time(self, ask: Callable[[], Checked]) -> Checked | None:
        return self.alarm.within(self.options.deadline, ask)

    def _report_unsteady(self, find: Find, engines: Sequence[str], number: str = "") -> str:
        """Save and report the first, second, fourth, … case on which an engine is nondeterministic.

        A finding that was reported before under a number is always reported. Returns its signature.
        """
        self._wavered, who = True, " or ".join(engines)
        name = f"{NONDETERMINISTIC}: {who}"
        seen = self.claims.seen[name] = self.claims.seen[name] + 1
        if seen & (seen - 1) and not number:
            return name
        asked_often = replace(find, engines=repeating(find.engines, engines))
        found = self._located(asked_often, find.case, find.divergence)
        located = found if changes(found) else None
        because, source = (f"{WAVERS}, at {located.rule}", located.source) if located else (WAVERS, "")
        tags, origin = ("flaky", "nondeterministic"), dict(find.origin)
        saved = SavedCase(
            find.case, f"{who}: {WAVERS}", tags=tags, origin=origin, signature=name, status="open"
        )
        place = self._save(saved, find, apart=True)
        self.log.write(
            changed(
                self._event(number or name, name, find, name),
                stage="reduced",
                path=str(place),
                solid=False,
                case=loggable(find.case),
                located=located.record if located else None,
                unsteady=tuple(engines),
                verdict=Judgement(tuple(engines), "law", because, source),
            )
        )
        return name

    def _save(
        self, saved: SavedCase, find: Find, instead_of: Path | None = None, apart: bool = False
    ) -> Path:
        """Save a finding in the corpus, flaky ones apart; save it beside the log if the corpus refuses."""
        try:
            if apart:
                return self.corpus.save_flaky(saved, instead_of)
            shows, replaces = partial(self._still_shows, find=find), instead_of is not None
            return self.corpus.save_counterexample(saved, instead_of, shows=shows, replaces=replaces)
        except InputProblem as problem:
            self.log.write(Broken(what="the corpus", error=str(problem)))
            self.corpus = Corpus(self.options.place / "corpus")
            return self.corpus.save_flaky(saved) if apart else self.corpus.save_counterexample(saved)

    # Reducing

    def _located(self, find: Find, reduced: Case, divergence: Divergence) -> Located | None:
        """Locate where the engines part; skipped for a hanging engine, which would hang on every part."""
        if any(isinstance(answer, ExceededBudget) for _, answer in divergence.answers):
            return None
        seconds = min(LOCATING_SECONDS, max(0.5, self.budget.remaining()))
        search = partial(localise, reduced, find.engines, divergence)
        result = self.alarm.within(seconds, lambda: attempt(search))
        if isinstance(result, Completed):
            return result.answer
        if result is not None:
            self.log.write(Broken(what="the search", error=result.error, traceback=result.traceback))
        return None

    def _still_shows(self, known: SavedCase, find: Find) -> bool:
        """Whether a saved case still diverges under the law of its target."""
        law = law_of(known, target_table(self.options.targets_from))
        checked = self._in_time(lambda: law(known.case, find.engines))
        return checked is not None and bool(checked.divergences)
