"""Reduction of a find, within its time and on the bug that it started from."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from drt.diagnosis.hints import first_like
from drt.diagnosis.reading import refused_by_some
from drt.diagnosis.signature import HANGING_SECONDS, first_alike
from drt.engines.deadline import Alarm
from drt.engines.declared import Asked, held_by_any
from drt.engines.sandbox import Completed, attempt
from drt.model.case import Case
from drt.model.divergence import Divergence
from drt.model.outcome import ExceededBudget
from drt.oracles.law import Compares
from drt.oracles.table import LAWS
from drt.reduce import reduce_case
from drt.run.find import Find
from drt.run.hypothesis_search import HOME
from drt.run.log import LogWriter
from drt.run.records import Broken
from drt.run.second_opinion import simpler_by_shrinking

PATIENCE = 5.0
"""Seconds for one candidate of a reduction."""


def is_declared(find: Find, case: Case, divergence: Divergence) -> bool:
    """Whether a difference that is declared of one of the engines can be the cause on this case.

    A reduction that starts elsewhere does not walk into one: the bucket would have its name.
    """
    asked = (Asked(engine.name, engine.version) for engine in find.engines)
    return held_by_any(asked, case, [divergence]) is not None


def is_of_one_engine(find: Find) -> bool:
    """Whether an engine breaks a law alone, so that the others need not read the case at all.

    A reduction of such a find keeps what all engines read: what one refuses would name the bucket.
    """
    law = LAWS.get(find.divergence.law)
    return law is not None and law.compares is not Compares.ENGINES


def reduced_find(
    find: Find,
    seconds: float,
    deadline: float,
    alarm: Alarm,
    stopped: Callable[[], bool],
    log: LogWriter,
    place: Path,
) -> tuple[Case, Divergence, bool]:
    """Reduce a find, for so many seconds at most; `place` is the folder of the run.

    Returns the simplest case that still shows the divergence, how it shows there, and whether the reduction
    came to its end.
    """
    hanging = any(answer == ExceededBudget("time") for _, answer in find.divergence.answers)
    patience = min(deadline, HANGING_SECONDS if hanging else PATIENCE)
    until = time.monotonic() + seconds

    excused = is_declared(find, find.case, find.divergence)
    reads_alike = is_of_one_engine(find) and refused_by_some(find.case, find.engines) is None

    def interesting(candidate: Case) -> bool:
        if stopped() or time.monotonic() > until:
            return False
        checked = alarm.within(patience, lambda: find.oracle(candidate, find.engines))
        alike = None if checked is None else first_like(find.divergence, checked)
        if alike is None or (reads_alike and refused_by_some(candidate, find.engines) is not None):
            return False
        return excused or not is_declared(find, candidate, alike)

    if seconds <= 0:
        return find.case, find.divergence, False
    result = attempt(lambda: reduce_case(find.case, interesting, seconds))
    if not isinstance(result, Completed):
        log.write(Broken(what="the reducer", error=result.error, traceback=result.traceback))
        return find.case, find.divergence, False
    complete = not stopped() and time.monotonic() <= until
    left = until - time.monotonic()
    reduced = simpler_by_shrinking(find, result.answer, interesting, left, place / HOME)
    checked = alarm.within(deadline, lambda: find.oracle(reduced, find.engines))
    divergence = None if checked is None else first_alike(find.divergence, checked)
    if divergence is None:
        return find.case, find.divergence, False
    return reduced, divergence, complete
