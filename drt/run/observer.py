"""Coverage of a worker's cases: the rules of the language that they reach, and how good their policies are.

Counts observations and their cost; it never judges the engines.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence

from drt.coverage.input_classes import input_bins
from drt.coverage.observation import is_observable, observe
from drt.engines.deadline import Alarm, Stuck
from drt.engines.guard import Guarded
from drt.model.engine import Engine, NotLoaded
from drt.model.outcome import Validated
from drt.model.question import Validate
from drt.run.records import WorkerState
from drt.run.statistics import Counts
from drt.run.working_corpus import PAIRED
from drt.targets.cases import Drawn


class CoverageObserver:
    """The coverage of one worker: `features` and `situations` count what its cases have reached.

    `before` is the state of its predecessor.
    """

    def __init__(
        self, engines: Sequence[Guarded], alarm: Alarm, deadline: float, before: WorkerState
    ) -> None:
        self.features: Counter[str] = Counter(before.features)
        self.situations: Counter[str] = Counter(before.sights)
        self._validator = engines[-1]
        self._reference = any(engine.name == "reference" for engine in engines)
        self._alarm = alarm
        self._deadline = deadline

    def observe(self, drawn: Drawn, counts: Counts) -> set[str]:
        """Observe a case on which the engines agree; give up after the deadline.

        Returns the names of the features that the case reaches, and of their pairs.
        """
        start = time.perf_counter()
        self._alarm.set(self._deadline)
        try:
            self.situations.update(input_bins(drawn.case))
            if not self._reference or not is_observable(drawn.case):
                return set()
            reached = observe(drawn.case)
            self.features.update(reached.bins)
            self.situations.update(reached.situations)
            if drawn.stream:
                judge(drawn, self._validator, counts.streams.setdefault(drawn.stream, Counter()))
            return {*reached.bins, *(f"{below}{PAIRED}{above}" for below, above in reached.crosses)}
        except Stuck:
            return set()
        finally:
            self._alarm.off()
            counts.spend("watch", time.perf_counter() - start)


def judge(drawn: Drawn, validator: Engine, counts: Counter[str]) -> None:
    """Count the parts of a case, and whether its policies validate against their schema."""
    judged = drawn.policies_with_schema()
    if judged is None:
        return
    counts["looked at"] += 1
    counts.update(drawn.statistics())
    loaded = validator.load(judged)
    if isinstance(loaded, NotLoaded):
        return
    said = loaded.ask(Validate())
    if isinstance(said, Validated):
        counts["judged"] += 1
        counts["valid"] += said.valid
