"""The mutation score of a run: which share of planted historic defects the default run kills, and how soon.

All plants are judged on one stream of cases. Each case is drawn once and put to the sound engines once; every
plant that is still alive, and whose patched code the sound engines have just run, is put beside the sound
engine and judged by the target's own oracle. The clock is the processor time of the sound run. Plants in both
engines alike are first judged by seed cases.
"""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from drt.assess.conformance.checker import Checker
from drt.assess.conformance.saved import check_expectations
from drt.assess.planted.copies import Copy
from drt.assess.planted.historic import EVERYWHERE, Plant, instrumented, place
from drt.assess.remembered import Remembered
from drt.coverage.novelty import Novelty
from drt.coverage.observation import Reached, is_observable, observe
from drt.engines.deadline import Alarm
from drt.engines.guard import Guarded
from drt.engines.sandbox import HarnessError, attempt
from drt.model.case import Case
from drt.model.divergence import Oracle
from drt.model.engine import Engine
from drt.model.saved_case import SavedCase
from drt.targets.partitions import lanes_of
from drt.targets.schedule import FIRST_CASES, FIRST_SECONDS, Schedule, case_random_seed, shared_random_seed
from drt.targets.table import TARGETS
from generators.choice.sources import RecordingSource

PATIENCE = 4.0
"""Seconds of processor time that one plant has for one case."""

ENGINES = ("reference", "production")
MOMENTS = (10.0, 60.0, 300.0)
"""Seconds of the sound run after which the share killed is reported."""

SEEDS = "seeds"
"""Stands for target and law where a seed case kills a plant."""

SLOW = "slow"
"""Stands for the reason to leave a case out that takes the sound engines more than their patience."""

BROKEN = "harness"
"""Stands for the law where a plant makes the harness itself raise, which a run reports too."""


@dataclass(slots=True)
class Fate:
    """What became of a plant: when it was killed, by which target and law; how often its code was reached."""

    plant: Plant
    seconds: float | None = None
    target: str = ""
    law: str = ""
    question: str = ""
    reached: int = 0

    @property
    def survived(self) -> str:
        """Why it survived, nothing where it did not."""
        if self.seconds is not None:
            return ""
        return "seen by no law" if self.reached else "never reached"

    def to_json(self) -> dict[str, Any]:
        """Return the fate as the command prints it for programs."""
        return {
            "plant": self.plant.id,
            "where": self.plant.where,
            "component": self.plant.component,
            "control": self.plant.control,
            "seconds": None if self.seconds is None else round(self.seconds, 3),
            "target": self.target,
            "law": self.law,
            "question": self.question,
            "reached": self.reached,
            "survived": self.survived,
        }


@dataclass(slots=True)
class Score:
    """The fates of all plants, and what the sound run was: its processor seconds, cases and false alarms."""

    fates: list[Fate]
    seconds: float = 0.0
    cases: int = 0
    alarms: list[str] = field(default_factory=list)

    def killed(self, within: float, *, both: bool) -> tuple[int, int]:
        """Count the plants killed within so many seconds, and all of them; controls do not count."""
        some = [f for f in self.fates if not f.plant.control and (f.plant.where == "both") is both]
        return sum(f.seconds is not None and f.seconds <= within for f in some), len(some)

    @property
    def survivors(self) -> list[Fate]:
        """The plants that live on, controls left out."""
        return [fate for fate in self.fates if fate.survived and not fate.plant.control]

    @property
    def controls(self) -> list[Fate]:
        """The controls that were killed all the same: false alarms."""
        return [fate for fate in self.fates if fate.plant.control and not fate.survived]

    def to_json(self) -> dict[str, Any]:
        """Return the score as the command prints it for programs."""
        return {
            "seconds": round(self.seconds, 3),
            "cases": self.cases,
            "killed": [
                {"within": moment, "one engine": self.killed(moment, both=False)[0],
                 "both alike": self.killed(moment, both=True)[0]}
                for moment in MOMENTS
            ],
            "planted": {
                "one engine": self.killed(0, both=False)[1],
                "both alike": self.killed(0, both=True)[1],
            },
            "components": [
                {"component": name, "killed": killed, "planted": planted}
                for name, killed, planted in components(self.fates)
            ],
            "plants": [fate.to_json() for fate in self.fates],
            "alarms": self.alarms,
        }  # fmt: skip


class _Judged:
    """A plant and the engines to judge it by, built when its code is reached first."""

    def __init__(self, plant: Plant) -> None:
        self.fate = Fate(plant)
        self.places = {place(patch) for patch in plant.patches}
        self._engines: dict[str, Guarded] = {}

    def is_reached(self, reached: set[str]) -> bool:
        return EVERYWHERE in self.places or not self.places.isdisjoint(reached)

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

    def judge(self, oracle: Oracle, case: Case, sound: Mapping[str, Engine]) -> tuple[str, str] | None:
        """Return the law that the plant breaks and the question, None where it breaks none."""
        self.engines()
        engines = [self._engines.get(name) or sound[name] for name in ENGINES]
        checked = attempt(lambda: oracle(case, engines))
        if isinstance(checked, HarnessError):
            return BROKEN, checked.error
        found = checked.answer.divergences
        return (found[0].law, found[0].question) if found else None


class Hunt:
    """One stream of cases and all the plants that are judged on it."""

    def __init__(self, plants: Sequence[Plant], random_seed: int, targets: Sequence[str] = ()) -> None:
        self._plants = [_Judged(plant) for plant in plants]
        self._random_seed = random_seed
        self._reached: set[str] = set()
        self._alarm = Alarm()
        self._novelty = Novelty()
        self._events: Collection[str] = ()
        places = {one for judged in self._plants for one in judged.places} - {EVERYWHERE}
        self._guarded = {name: Guarded(self._instrumented(name, places)) for name in ENGINES}
        self._sound = {name: Remembered(engine) for name, engine in self._guarded.items()}
        chosen = targets or list(TARGETS)
        weights = {name: TARGETS[name].weight for name in chosen}
        self._schedule = Schedule(weights, lanes_of(0, 1), first=FIRST_CASES, first_seconds=FIRST_SECONDS)
        self.score = Score([judged.fate for judged in self._plants])

    def _instrumented(self, name: str, places: set[str]) -> Engine:
        mine = [one for one in places if one.partition(".")[0] == name]
        return Copy(name, instrumented(mine), {"__reached__": self._reached}).build()

    def run(self, seconds: float) -> Iterator[Fate]:
        """Draw cases for so many processor seconds of the sound run; yield every plant when it is killed."""
        score = self.score
        while score.seconds < seconds and any(one.fate.seconds is None for one in self._plants):
            following = self._schedule.next()
            assert following is not None
            target, index = following
            began = time.process_time()
            case = self._drawn(target, index)
            disagreement = self._ask_sound(TARGETS[target].oracle, case)
            self._note(target, index, case)
            took = time.process_time() - began
            self._schedule.spend(target, took)
            score.seconds += took
            score.cases += 1
            if not disagreement:
                yield from self._judge(target, case)
            elif disagreement != SLOW:
                score.alarms.append(f"{target} {index}: {disagreement}")

    def replay(self, seeds: Sequence[SavedCase]) -> Iterator[Fate]:
        """Judge the plants in both engines by seed cases, whose right answers are known; yield the killed."""
        for saved in seeds:
            self._reached.clear()
            if _unmet(saved, self._guarded.values()):
                self.score.alarms.append(f"{SEEDS} {saved.name}")
                continue
            reached = set(self._reached)
            for judged in self._plants:
                fate = judged.fate
                if fate.plant.where == "both" and fate.seconds is None and judged.is_reached(reached):
                    fate.reached += 1
                    if self._alarm.within(PATIENCE, partial(_unmet, saved, judged.engines())):
                        fate.seconds, fate.target, fate.law, fate.question = 0.0, SEEDS, SEEDS, saved.name
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

    def _note(self, target: str, index: int, case: Case) -> None:
        """Observe a case as a run does, so that the schedule follows what is new."""
        if TARGETS[target].is_watched(index, case_random_seed(self._random_seed, target, index)):
            observed = self._alarm.within(PATIENCE, partial(observe, case)) if is_observable(case) else None
            reached = observed or Reached()
            named = {*reached.bins, *map(str, reached.crosses)}
            self._schedule.note(target, self._novelty.count(target, case, self._events, named))

    def _judge(self, target: str, case: Case) -> Iterator[Fate]:
        reached = set(self._reached)
        for judged in self._plants:
            fate = judged.fate
            if fate.seconds is None and judged.is_reached(reached):
                fate.reached += 1
                question = partial(judged.judge, TARGETS[target].oracle, case, self._sound)
                broken = self._alarm.within(PATIENCE, question)
                if broken is not None:
                    fate.seconds, fate.target = self.score.seconds, target
                    fate.law, fate.question = broken
                    judged.release()
                    yield fate

    def _drawn(self, target: str, index: int) -> Case:
        seed = case_random_seed(self._random_seed, target, index)
        shared = shared_random_seed(self._random_seed, target, index)
        return TARGETS[target].make(RecordingSource(seed, (), shared)).case


def _unmet(saved: SavedCase, engines: Iterable[Guarded]) -> bool:
    """Whether some engine does not answer as a saved case expects."""
    for engine in engines:
        checker = Checker(engine)
        check_expectations(checker, saved.name, saved)
        if checker.tally.report(engine.name).mismatches:
            return True
    return False


def by(fates: Sequence[Fate], what: str) -> Counter[str]:
    """Count the killed plants by the `target` or the `law` that killed them."""
    return Counter(getattr(fate, what) for fate in fates if fate.seconds is not None)


def components(fates: Sequence[Fate]) -> Iterator[tuple[str, int, int]]:
    """Yield each component with how many of its plants were killed and how many there are."""
    counted = [fate for fate in fates if not fate.plant.control]
    planted = Counter(fate.plant.component for fate in counted)
    killed = Counter(fate.plant.component for fate in counted if not fate.survived)
    yield from ((name, killed[name], count) for name, count in sorted(planted.items()))
