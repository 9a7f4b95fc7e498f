"""The mutation score of a run: which share of planted historic defects the default run kills, and how soon.

All plants are judged on one stream of cases. Each case is drawn once and put to the sound engines once; every
plant that is still alive, and whose patched code the sound engines have just run, is put beside the sound
engine and judged by the target's own oracle. The clock is the processor time of the sound run. Plants in both
engines alike are judged by an arbiter where no law kills them, and last by theorems.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property, partial

from drt.assess.fates import Fate, Score
from drt.assess.planted.copies import Copy
from drt.assess.planted.historic import EVERYWHERE, Plant, instrumented, place
from drt.assess.remembered import Remembered, Spared
from drt.coverage.novelty import Novelty
from drt.coverage.observation import Reached, is_observable, observe
from drt.engines.deadline import Alarm
from drt.engines.guard import Guarded
from drt.engines.sandbox import HarnessError, attempt
from drt.model.case import Case
from drt.model.divergence import Oracle
from drt.model.engine import Engine
from drt.targets.partitions import lanes_of
from drt.targets.schedule import (
    Floor,
    Schedule,
    case_random_seed,
    shared_random_seed,
)
from drt.targets.table import TARGETS
from drt.targets.target import Target

PATIENCE = 4.0
"""Seconds of processor time that one plant has for one case."""

ENGINES = ("reference", "production")
Arbitrate = Callable[[Oracle, Case, Guarded], str | None]
"""Compare a further engine with one: the law they break, empty if they agree, None if it cannot judge."""

Refute = Callable[[Plant], str | None]
"""Return the theorem that a plant makes false, None where there is none."""

PROOF_PATIENCE = 60.0
"""Seconds of processor time that one plant has for the theorems about its code."""

SLOW = "slow"
"""Stands for the reason to leave a case out that takes the sound engines more than their patience."""

BROKEN = "harness"
"""Stands for the law where a plant makes the harness itself raise, which a run reports too."""


class _Judged:
    """A plant and the engines to judge it by, built when its code is reached first.

    `is_watched` says whether each change is at a place that says when it is reached.
    """

    def __init__(self, plant: Plant) -> None:
        self.fate = Fate(plant)
        self.places = {place(patch) for patch in plant.patches}
        self.is_watched = EVERYWHERE not in self.places
        self._engines: dict[str, Guarded] = {}

    @cached_property
    def fault(self) -> str:
        """Why the engines at fault cannot be built; empty where they can."""
        built = attempt(self.engines)
        return built.error if isinstance(built, HarnessError) else ""

    def is_reached(self, reached: set[str]) -> bool:
        return not self.is_watched or not self.places.isdisjoint(reached)

    def engines(self) -> list[Guarded]:
        """Return the engines at fault."""
        plant = self.fate.plant
        for name in plant.engines:
            if name not in self._engines:
                self._engines[name] = Guarded(Copy(name, plant.sources(name)).build())
                gc.freeze()  # no collection of the sound run is to pay for hundreds of copies
        return list(self._engines.values())

    def release(self) -> None:
        """Drop the engines, of which hundreds would fill the memory."""
        self._engines.clear()

    def judge(
        self, oracle: Oracle, case: Case, sound: Mapping[str, Remembered], *, spare: bool
    ) -> tuple[str, str] | None:
        """Return the law that the plant breaks and the question, None where it breaks none.

        The engines at fault may be spared questions on which the sound ones reach no changed place.
        """
        if self.fault:
            return BROKEN, self.fault
        engines: list[Engine] = [self._engines.get(name) or sound[name] for name in ENGINES]
        if spare:
            engines = [
                Spared(sound[name], self._engines[name], self.places) if name in self._engines else engine
                for name, engine in zip(ENGINES, engines, strict=True)
            ]
        checked = attempt(lambda: oracle(case, engines))
        if isinstance(checked, HarnessError):
            return BROKEN, checked.error
        found = checked.answer.divergences
        return (found[0].law, found[0].question) if found else None


class _Arbiter:
    """The arbiter on one case: it judges only where it agrees with the sound engine."""

    def __init__(self, arbitrate: Arbitrate | None, oracle: Oracle, case: Case, sound: Guarded) -> None:
        self._arbitrate = arbitrate
        self._oracle, self._case, self._sound = oracle, case, sound

    @cached_property
    def can_judge(self) -> bool:
        """Whether there is an arbiter, which gives the answers of the sound engine."""
        return self.opinion(self._sound) == ""

    def opinion(self, engine: Guarded) -> str | None:
        """Return the law that the arbiter and an engine break between them."""
        return None if self._arbitrate is None else self._arbitrate(self._oracle, self._case, engine)


class Hunt:
    """One stream of cases and all the plants that are judged on it."""

    def __init__(
        self,
        plants: Sequence[Plant],
        random_seed: int,
        targets: Sequence[str] = (),
        arbitrate: Arbitrate | None = None,
        table: Mapping[str, Target] = TARGETS,
    ) -> None:
        self._arbitrate = arbitrate
        self._plants = [_Judged(plant) for plant in plants]
        self._random_seed = random_seed
        self._reached: set[str] = set()
        self._alarm = Alarm()
        self._novelty = Novelty()
        self._events: Collection[str] = ()
        places = {one for judged in self._plants for one in judged.places} - {EVERYWHERE}
        self._guarded = {name: Guarded(self._instrumented(name, places)) for name in ENGINES}
        for judged in self._plants:  # what runs when an engine is built shows in any case
            judged.is_watched = judged.is_watched and judged.places.isdisjoint(self._reached)
        self._sound = {name: Remembered(engine, self._reached) for name, engine in self._guarded.items()}
        self._targets = {name: table[name] for name in targets or table}
        self.score = Score([judged.fate for judged in self._plants])

    def _instrumented(self, name: str, places: set[str]) -> Engine:
        mine = [one for one in places if one.partition(".")[0] == name]
        return Copy(name, instrumented(mine), {"__reached__": self._reached}).build()

    def run(self, seconds: float) -> Iterator[Fate]:
        """Draw cases for so many processor seconds of the sound run; yield every plant when it is killed."""
        score = self.score
        walks = {name: target.walk for name, target in self._targets.items() if target.walk}
        weights = {name: target.weight for name, target in self._targets.items()}
        schedule = Schedule(weights, lanes_of(0, 1), walks, floor=Floor(), walked=walks)
        while score.seconds < seconds and any(one.fate.seconds is None for one in self._plants):
            following = schedule.next()
            if following is None:
                return
            target, index = following
            began = time.process_time()
            case = self._drawn(target, index)
            disagreement = self._ask_sound(self._targets[target].oracle, case)
            self._note(schedule, target, index, case)
            took = time.process_time() - began
            schedule.spend(target, took)
            score.seconds += took
            score.cases += 1
            if not disagreement:
                yield from self._judge(target, case)
            elif disagreement != SLOW:
                score.alarms.append(f"{target} {index}: {disagreement}")

    def prove(self, refute: Refute) -> Iterator[Fate]:
        """Judge the plants in both engines that are still alive by theorems; yield the killed."""
        gc.unfreeze()  # the proofs look the live functions up among the objects of the collector
        for judged in self._plants:
            fate = judged.fate
            if fate.plant.where == "both" and fate.seconds is None:
                theorem = self._alarm.within(PROOF_PATIENCE, partial(refute, fate.plant))
                if theorem is not None:
                    fate.killer, fate.seconds, fate.law = "proof", self.score.seconds, theorem
                    yield fate

    def _ask_sound(self, oracle: Oracle, case: Case) -> str:
        """Put a case to the sound engines, and note what code they reach; return why it is of no use."""
        self._reached.clear()
        for engine in self._sound.values():
            engine.forget()
        engines = [self._sound[name] for name in ENGINES]
        checked = self._alarm.within(PATIENCE, lambda: attempt(lambda: oracle(case, engines)))
        if checked is None:
            return SLOW
        if isinstance(checked, HarnessError):
            return checked.error
        self._events = checked.answer.events
        return next((f"{found.law}, {found.question}" for found in checked.answer.divergences), "")

    def _note(self, schedule: Schedule, target: str, index: int, case: Case) -> None:
        """Observe a case as a run does, so that the schedule follows what is new."""
        if self._targets[target].is_watched(index, case_random_seed(self._random_seed, target, index)):
            observed = self._alarm.within(PATIENCE, partial(observe, case)) if is_observable(case) else None
            reached = observed or Reached()
            named = {*reached.bins, *map(str, reached.crosses)}
            schedule.note(target, self._novelty.count(target, case, self._events, named))

    def _judge(self, target: str, case: Case) -> Iterator[Fate]:
        reached = set(self._reached)
        arbiter = _Arbiter(self._arbitrate, self._targets[target].oracle, case, self._guarded["production"])
        for judged in self._plants:
            fate = judged.fate
            if fate.seconds is None and judged.is_reached(reached):
                fate.reached += 1
                question = partial(judged.judge, self._targets[target].oracle, case, self._sound)
                broken = None
                if judged.is_watched:
                    broken = self._alarm.within(PATIENCE, partial(question, spare=True))
                if broken is not None or not judged.is_watched:
                    broken = self._alarm.within(PATIENCE, partial(question, spare=False))
                fate.killer = "" if broken is None else "seed" if self._targets[target].walk else "law"
                if broken is None and fate.plant.where == "both" and arbiter.can_judge:
                    law = arbiter.opinion(judged.engines()[0])
                    broken, fate.killer = (law, "") if law else None, "arbiter" if law else ""
                if broken is not None:
                    fate.seconds, fate.target = self.score.seconds, target
                    fate.law, fate.question = broken
                    judged.release()
                    yield fate

    def _drawn(self, target: str, index: int) -> Case:
        seed = case_random_seed(self._random_seed, target, index)
        shared = shared_random_seed(self._random_seed, target, index)
        chosen = self._targets[target]
        return chosen.make(chosen.source(seed, index, (), shared)).case
