"""The drawn part of a survey: cases of every target, in a time that the targets share evenly.

Every engine is asked the same cases in the same order, and a faster one more of them. The reference is the
judge; it is itself compared with production.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from drt.assess.survey.table import Cell, Feature
from drt.engines.deadline import Alarm
from drt.engines.declared import Asked, held
from drt.engines.guard import Guarded
from drt.model.case import Case
from drt.model.divergence import Checked
from drt.model.engine import Engine
from drt.targets.table import TARGETS
from drt.targets.target import Target
from generators.choice.sources import RecordingSource

JUDGE, SECOND = "reference", "production"
CASE_SECONDS = 10.0


def judge_of(name: str) -> str:
    """Name the engine that another is compared with."""
    return SECOND if name == JUDGE else JUDGE


def ask_drawn(judge: Engine, engine: Engine, seconds: float, random_seed: int = 0) -> dict[Feature, Cell]:
    """Draw cases for so many seconds and compare the two engines."""
    alarm = Alarm()
    engines = [Guarded(judge), Guarded(engine)]
    cells: dict[Feature, Cell] = {}
    began = time.monotonic()
    for number, (name, target) in enumerate(TARGETS.items(), 1):
        until = began + seconds * number / len(TARGETS)
        cells[Feature("drawn", name)] = _ask_target(target, engines, alarm, until, random_seed)
    return cells


def _ask_target(
    target: Target, engines: Sequence[Guarded], alarm: Alarm, until: float, random_seed: int
) -> Cell:
    """Ask at least one case of a target, and more until the time is over."""
    cell = Cell()
    while not cell or time.monotonic() < until:
        case = target.draw(RecordingSource(random_seed))
        checked = alarm.within(CASE_SECONDS, lambda: target.oracle(case, engines)) or Checked()  # noqa: B023  # used at once
        cell += _judged(case, checked, engines[-1])
        random_seed += 1
    return cell


def _judged(case: Case, checked: Checked, engine: Guarded) -> Cell:
    """Count one case as right, wrong or unsupported; a law that the judge alone breaks is not counted."""
    about = [each for each in checked.divergences if any(_is_of(engine, name) for name, _ in each.answers)]
    if about and held(Asked(engine.name, engine.version), case, about) is None:
        return Cell(wrong=1)
    return Cell(right=1) if checked.comparisons or about else Cell(unsupported=1)


def _is_of(engine: Guarded, name: str) -> bool:
    """Whether a named answer is the engine's, perhaps in one of its variants."""
    return name.split(", ")[0] == engine.name
