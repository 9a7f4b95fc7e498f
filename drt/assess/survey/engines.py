"""One column of a survey per engine, each asked in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from drt.assess.survey.drawn import ask_drawn, judge_of
from drt.assess.survey.recorded import Material, ask_recorded
from drt.assess.survey.table import Cell, Column, Feature, Survey, distinguish
from drt.engines import build
from drt.engines.guard import Guarded
from drt.engines.sandbox import Completed, HarnessError, ProcessDied, in_child
from drt.model.errors import InputProblem, MachineProblem

MOST_SECONDS = 3_600.0
"""What the whole of the recorded part may take one engine."""

MEMORY = 4_096


class SurveyBroke(MachineProblem):
    """The harness itself broke while it asked an engine."""


def survey(
    names: Sequence[str],
    material: Material,
    seconds: float = 0.0,
    random_seed: int = 0,
    progress: Callable[[str], None] = lambda _: None,
) -> Survey:
    """Ask each engine what is recorded, and compare it on drawn cases for so many seconds.

    An interrupt ends the survey with the columns that are there; the others are `left`.

    Raises `UnknownEngine` for an engine that cannot be built, and `InputProblem` for material that cannot be
    used.
    """
    columns: list[Column] = []
    try:
        for name in names:
            progress(name)
            columns.append(ask_engine(name, material, seconds, random_seed))
    except KeyboardInterrupt:
        pass
    shown = [path for _, _, path in material.pieces()]
    done = len(columns)
    answered = distinguish(columns, names[:done])
    return Survey(answered, tuple(str(path) for path in shown), tuple(names[done:]))


def ask_engine(name: str, material: Material, seconds: float = 0.0, random_seed: int = 0) -> Column:
    """Return the column of one engine."""
    engine = build(name)
    column = Column(engine.name, engine.version)
    if hasattr(engine, "close"):
        engine.close()
    recorded = in_child(partial(_recorded, material), [name], MOST_SECONDS, MEMORY)
    if not isinstance(recorded, Completed):
        column = _without(column, recorded)
    elif isinstance(recorded.answer, InputProblem):
        raise recorded.answer
    else:
        column = recorded.answer
    if seconds <= 0:
        return column
    drawn = in_child(partial(_drawn, seconds, random_seed), [judge_of(name), name], MOST_SECONDS, MEMORY)
    if isinstance(drawn, Completed):
        return replace(column, cells={**column.cells, **drawn.answer})
    return _without(column, drawn)


def _recorded(material: Material, engines: Sequence[Guarded]) -> Column | InputProblem:
    try:
        return ask_recorded(engines[0], material)
    except InputProblem as problem:
        return problem


def _drawn(seconds: float, random_seed: int, engines: Sequence[Guarded]) -> dict[Feature, Cell]:
    return ask_drawn(engines[0], engines[1], seconds, random_seed)


def _without(column: Column, broke: HarnessError | ProcessDied) -> Column:
    """Return the column with what the engine died of."""
    if isinstance(broke, HarnessError):
        raise SurveyBroke(f"the harness broke: {broke.error}\n{broke.traceback}")
    asked = f" at {broke.question}" if broke.question else ""
    return replace(column, died="; ".join(filter(None, (column.died, f"{broke.cause}{asked}"))))
