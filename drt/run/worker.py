"""Worker process: draws cases, runs them on the engines, passes divergences to the finder, and logs it all.

Started as `python -m drt.run.worker`. Whatever kills it, its journal names the case it was running, its state
file the cases that follow, and its log its findings.
"""

from __future__ import annotations

import faulthandler
import gc
import json
import math
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from drt.coverage.novelty import Novelty
from drt.engines import build
from drt.engines.deadline import Alarm, Stuck
from drt.engines.guard import Guarded
from drt.engines.recorded import RecordedEngine
from drt.engines.sandbox import HarnessError, attempt, limit_memory, resident_bytes
from drt.model.case import Case
from drt.model.divergence import Checked
from drt.model.errors import MachineProblem, cannot_write
from drt.run import journal
from drt.run.arbiter import Arbiter
from drt.run.around import Around
from drt.run.breakages import Breakages
from drt.run.find import finds_of, origin_of
from drt.run.findings import Finder
from drt.run.hypothesis_search import HypothesisSearch, StopSearch
from drt.run.log import LogWriter, read_json, read_options, replace_json
from drt.run.meters import Meters
from drt.run.observations import Observations
from drt.run.observer import CoverageObserver
from drt.run.options import HYPOTHESIS, RunOptions
from drt.run.records import (
    PAUSED,
    RECYCLE,
    UNWRITABLE,
    Grown,
    Reached,
    Recycled,
    Started,
    TargetState,
    WorkerState,
)
from drt.run.reduction_locks import ReductionLocks
from drt.run.statistics import Counts, total
from drt.run.waiting import queue_again, waiting_finds
from drt.run.working_corpus import WorkingCorpus
from drt.targets.cases import Drawn
from drt.targets.schedule import case_random_seed, shared_random_seed
from generators.choice.sources import Choice

CHECKPOINT_SECONDS = 1.0
"""Interval between two saved states; a young worker saves every tenth of its life, so that it gets on."""

LEAST_SECONDS = 0.2  # in which a worker that is to pause gets on, however long it took to start
GROWTH_SECONDS = 1.0
GROWTH_SHARE = 0.005
"""Interval between two samples of a worker's memory, as a share of the time since its start."""


class Orphaned(BaseException):
    """The parent process ended during a reduction; a `BaseException`, so that nothing swallows it."""


class Worker:
    """One worker of a run, from its state file (or from nothing) to the end of its share."""

    def __init__(
        self,
        options: RunOptions,
        number: int,
        parent: int,
        ends: float | None,
        pauses: float | None,
        skipped: Sequence[tuple[str, int]],
    ) -> None:
        self.options, self.stopped = options, False
        self._parent, self._number, folder = parent, number, options.place
        self._state = folder / f"worker-{number}.state.json"
        self._ends = math.inf if ends is None else ends
        self._pauses = math.inf if pauses is None else time.monotonic() + max(pauses, LEAST_SECONDS)
        self._targets = options.table()
        self._numbers = {name: number for number, name in enumerate(options.targets)}
        self.engines = [Guarded(build(name)) for name in options.engines]
        self._versions = {engine.name: engine.version for engine in self.engines}
        before = read_json(self._state, WorkerState) or WorkerState()
        self.counts = {
            name: before.targets[name].counts if name in before.targets else Counts()
            for name in options.targets
        }
        following = {name: target.following for name, target in before.targets.items()}
        self.schedule = options.schedule(number, following, skipped)
        self.log = LogWriter(folder / f"worker-{number}.jsonl")
        self._broken = Breakages(self.log, before.broken)
        self._journal, self._alarm = journal.Journal(folder / f"worker-{number}.page"), Alarm()
        self._arbiter, self._recorded = Arbiter.of(options, self._alarm), RecordedEngine(self.engines[-1])
        self._observer = CoverageObserver(self.engines, self._alarm, options.deadline, before)
        self._logged = set(self._observer.features)
        self._working = WorkingCorpus(
            options.working_corpus(number), options.lanes(number), self.schedule.following
        )
        self._searching = HypothesisSearch(options, number, before.searching, skipped)
        self._locks = ReductionLocks(folder / "claims", before.seen)
        self._finder = Finder.of(options, self._locks, self.log, self._alarm, self._is_stopped, ends)
        self._totals, self._pursuing = [0, 0, 0], 0.0
        self._novelty, self._around = Novelty(), Around(options.declared)
        self._observations, self._born = Observations(options), time.monotonic() - before.seconds
        queue_again(self._finder, before.waiting, self._targets, self.engines)

    def run(self) -> int:
        """Work until the share or the budget is used up, or a signal says stop; returns the exit code."""
        try:
            return self._work()
        except Orphaned:
            return 0
        except (MachineProblem, OSError) as error:
            problem = error if isinstance(error, MachineProblem) else cannot_write("the log", error)
            sys.stderr.write(f"{problem}\n")
            return UNWRITABLE

    def _work(self) -> int:
        clock = time.monotonic
        before = total(self.counts.values())
        self._totals = [before.cases, before.decisions, before.divergences]
        born = checkpoint = grown = clock()
        while not self.stopped:
            now = clock()
            self._journal.write(journal.IDLE, 0, 0, now, *self._totals)
            if now >= self._ends:
                break
            if now >= self._pauses:
                self._finder.pursue_waiting(self.counts, all_of_them=True)
                return self._end(done=False)
            if now - checkpoint >= min(CHECKPOINT_SECONDS, (now - born) / 10):
                checkpoint = now
                resident = self.save_state()
                self._around.learn(self._locks.sights())
                if self._is_over():
                    break
                if now - grown >= max(GROWTH_SECONDS, (now - born) * GROWTH_SHARE):
                    grown = now
                    self.log.write(Grown(worker=self._number, resident=resident))
                if resident > self.options.memory * 1024 * 1024 // 2:
                    self.log.write(Recycled(worker=self._number, resident=resident))
                    return RECYCLE
            if self._searching.due:
                self._searching.run_chunk(self._search, self.counts)
                continue
            self._finder.pursue_waiting(self.counts)
            if (drawn := self.schedule.next()) is None:
                self._finder.pursue_waiting(self.counts, all_of_them=True)
                break
            name, index = drawn
            self._pursuing = 0.0
            began = clock()
            self._one(name, index, began)
            self.schedule.spend(name, clock() - began - self._pursuing)
        return self._end(done=True)

    def _end(self, done: bool) -> int:
        self._journal.write(journal.IDLE, 0, 0, time.monotonic(), *self._totals)
        self.save_state(done)
        return 0 if done else PAUSED

    def _is_over(self) -> bool:
        """Whether to stop: a signal said so, or the parent process is gone and cannot."""
        return self.stopped or os.getppid() != self._parent

    def _is_stopped(self) -> bool:
        """Whether to stop in the middle of a finding; raises `Orphaned` when the parent is gone.

        A finding that is interrupted with the whole run is reduced when the run is resumed, because its case
        is not saved as done.
        """
        if os.getppid() != self._parent:
            raise Orphaned
        return self.stopped

    def save_state(self, done: bool = False) -> int:
        """Save the state of the worker; returns its resident bytes."""
        resident = resident_bytes()
        self._broken.add_slow_differences()
        following = self.schedule.following
        targets = {name: TargetState(counts, following[name]) for name, counts in self.counts.items()}
        replace_json(
            self._state,
            WorkerState(
                targets=targets,
                seen=dict(self._locks.seen),
                features=dict(self._observer.features),
                sights=dict(self._observer.situations),
                searching=self._searching.state,
                broken=self._broken.count,
                waiting=waiting_finds(self._finder),
                seconds=round(time.monotonic() - self._born, 3),
                resident=resident,
                done=done,
            ),
        )
        if fresh := sorted(self._observer.features.keys() - self._logged):
            self._logged.update(fresh)
            self.log.write(Reached(features=tuple(fresh)))
        if faulthandler.is_enabled():
            # If the parent is gone and an engine hangs forever, nothing else ends this process.
            faulthandler.dump_traceback_later(600 + 10 * self.options.deadline, exit=True)
        return resident

    def _one(self, name: str, index: int, began: float) -> None:
        """Draw one case, run it, count, and process its divergences."""
        target, counts = self._targets[name], self.counts[name]
        seed = case_random_seed(self.options.random_seed, name, index)
        shared = shared_random_seed(self.options.random_seed, name, index)
        kept = self._working.kept(name, index) if target.streams else ()
        source = target.source(seed, index, kept, shared)
        found = self._compare(
            name, index, began, lambda: self._around.of(target.make(source), self.engines, counts.events)
        )
        if found is None:
            return
        drawn, checked = found
        if drawn.stream:
            counts.add_to_stream(drawn.stream, drawn.case, checked)
        if checked.divergences:
            self._pursue(name, index, seed, source.choices, drawn.case, checked, self.engines)
            return
        if target.is_watched(index, seed):
            reached = self._observer.observe(drawn, counts)
            self.schedule.note(name, self._novelty.count(name, drawn.case, checked.events, reached))
            if target.streams and reached:
                self._working.consider(name, index, reached, source.choices)
        if self._arbiter is not None and self._arbiter.wants(seed):
            self._ask_arbiter(name, index, seed, source.choices, drawn.case)

    def _search(self, name: str, index: int, drawn: Drawn, choices: Sequence[Choice]) -> None:
        """Run a case that Hypothesis has drawn."""
        now = time.monotonic()
        if self._is_over() or now >= min(self._ends, self._pauses):
            raise StopSearch
        _, checked = self._compare(name, index, now, lambda: drawn) or (drawn, None)
        events = self.counts[name].events
        if checked is not None and checked.divergences:
            self._pursue(name, index, None, choices, drawn.case, checked, self.engines)
        elif checked is not None and events["hypothesis:cases"] % self._targets[name].watched == 0:
            self._observer.observe(Drawn(drawn.case), self.counts[name])
        events["hypothesis:cases"] += 1

    def _compare(
        self, name: str, index: int, began: float, make: Callable[[], Drawn]
    ) -> tuple[Drawn, Checked] | None:
        """Draw one case, compare the engines on it and count; None if drt's own code raised."""
        target, counts = self._targets[name], self.counts[name]
        self._journal.write(journal.ASKING, self._numbers[name], index, began, *self._totals)
        clock = time.perf_counter
        self._alarm.set(self.options.deadline)
        meters = Meters(self.engines)
        start = drawn = clock()
        try:
            made = attempt(make)
            drawn = clock()
            if isinstance(made, HarnessError):
                self._broken.add("a generator", name, index, made, counts.events)
                return None
            case = made.answer.case
            last = self.engines[-1] if self._arbiter is None else self._recorded.anew()
            checked = attempt(lambda: self._around.ask(target.oracle, case, (*self.engines[:-1], last)))
            if isinstance(checked, HarnessError):
                self._broken.add("an oracle", name, index, checked, counts.events)
                return None
        except Stuck:
            stuck = HarnessError(f"no end after {self.options.deadline:g} s, three times over", "")
            self._broken.add("a generator or an oracle", name, index, stuck, counts.events)
            return None
        finally:
            self._alarm.off()
            ended = clock()
            meters.charge(counts, start, drawn, ended)
        counts.add(checked.answer)
        for schedule in (self.schedule, self._searching.schedule):
            schedule.compared(name, checked.answer.comparisons, in_vain=counts.in_vain)
        more = (1, checked.answer.decisions, len(checked.answer.divergences))
        self._totals = [had + new for had, new in zip(self._totals, more, strict=True)]
        self._observations.add(name, index, made.answer, checked.answer, (drawn - start, ended - drawn))
        return made.answer, checked.answer

    def _pursue(
        self,
        name: str,
        index: int,
        seed: int | None,
        choices: Sequence[Choice],
        case: Case,
        checked: Checked,
        engines: Sequence[Guarded],
        arbiter: bool = False,
    ) -> None:
        start = time.monotonic()
        self._journal.write(journal.PURSUING, self._numbers[name], index, start, *self._totals)
        origin = origin_of(self.options, self._versions, name, index, seed, choices)
        if self._around.constructs:
            origin["around"] = list(self._around.constructs)
        target = self._targets[name]
        draw, walked = target.draw if index >= HYPOTHESIS else None, bool(target.walk)
        for find in finds_of(name, target.oracle, case, checked, engines, origin, arbiter, draw, walked):
            if not self._around.excused(find, self.counts[name].events):
                self._finder.consider(find)
        self._pursuing += time.monotonic() - start
        self.counts[name].spend("reduce", time.monotonic() - start)

    def _ask_arbiter(self, name: str, index: int, seed: int, choices: Sequence[Choice], case: Case) -> None:
        """Compare the arbiter on a case on which the engines agree."""
        assert self._arbiter is not None
        oracle, known = self._targets[name].oracle, self._recorded.recalling()
        found = self._arbiter.ask(oracle, case, known, self.counts[name].events)
        if isinstance(found, HarnessError):
            self._broken.add("an oracle", name, index, found, self.counts[name].events)
        elif found is not None:
            both = (self.engines[-1], self._arbiter.engine)
            self._pursue(name, index, seed, choices, case, found, both, arbiter=True)


def main(arguments: Sequence[str]) -> int:
    """Run the worker `drt.run.worker FOLDER NUMBER PARENT ENDS PAUSES SKIPPED`; the last three are JSON."""
    folder, number, parent, ends, pauses, skipped = arguments
    faulthandler.enable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    options = read_options(Path(folder))
    passed_over = [(name, index) for name, index in json.loads(skipped)]
    worker = Worker(options, int(number), int(parent), json.loads(ends), json.loads(pauses), passed_over)

    def stop(_number: int, _frame: FrameType | None) -> None:
        worker.stopped = True

    signal.signal(signal.SIGTERM, stop)
    limit_memory(options.memory)
    gc.freeze()  # imported modules live forever; collections can skip them
    worker.log.write(Started(pid=os.getpid(), python=sys.version.split()[0]))
    return worker.run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
