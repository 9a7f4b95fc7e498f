"""Repeatability: whether the engines repeat their answers when the same process gets the same question again.

Separates a divergence from an engine that answers at random: the latter is one finding, whatever the
question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from drt.diagnosis.located import Located
from drt.diagnosis.signature import alike
from drt.engines.guard import Guarded
from drt.engines.observed import ObservedEngine
from drt.model.case import Case
from drt.model.divergence import Checked, Divergence, Oracle
from drt.model.engine import Engine, Session, Unanswered
from drt.model.outcome import Evaluated, Validated
from drt.model.question import Evaluate, Question

RERUNS = 3
"""Repetitions that must all show a divergence before it is pursued."""

MOST_RERUNS = 12
"""Repetitions in search of the engine that changes its answers, and where one is known to do so."""

MOST_EVALUATIONS = 64
"""Evaluations of one expression in search of the one whose value changes, perhaps rarely."""

CHANGING = Evaluated("the answers change")

Answers = tuple[tuple[str, object], ...]
Record = dict[str, Answers]
"""The answers of each engine in one repetition."""


def unsteady_engines(
    oracle: Oracle,
    case: Case,
    engines: Sequence[Engine],
    divergence: Divergence,
    ask: Callable[[Callable[[], Checked]], Checked | None],
    reruns: int = RERUNS,
) -> tuple[str, ...]:
    """List the engines that change their answers, sorted; empty where none takes the divergence back.

    A death, a question that is not supported and an exceeded budget change no answer: a repetition without
    the divergence counts only if it leaves no more unanswered than those that show it. `ask` runs one
    repetition within a deadline, and returns None where it does not end.
    """
    is_alike = alike(divergence)
    records: list[Record] = []
    usual: set[tuple[str, int, object]] = set()
    for _ in range(reruns):
        record, checked = _recorded(oracle, case, engines, ask)
        if checked is None:
            return ()
        records.append(record)
        if any(map(is_alike, checked.divergences)):
            usual |= _unanswered(record)
        elif _unanswered(record) <= usual:
            break
    else:
        return ()
    changed = _taken_back(divergence, records[-1])
    while len(changed) != 1 and len(records) < 2 * MOST_RERUNS:
        record, checked = _recorded(oracle, case, engines, ask)
        if checked is None:
            break
        records.append(record)
        changed = {name for name in record if any(_differ(name, one, record) for one in records)}
    return tuple(sorted(changed or records[-1]))


class _Repeating(ObservedEngine):
    """An engine that evaluates many times, and answers `CHANGING` where it does not repeat itself."""

    def put(self, question: Question[Any], target: Engine | Session) -> Any:
        first = super().put(question, target)
        reruns = MOST_EVALUATIONS if isinstance(question, Evaluate) else 0
        again = (super(_Repeating, self).put(question, target) for _ in range(reruns))
        return first if all(_exact(one) == _exact(first) for one in again) else CHANGING


def repeating(engines: Sequence[Guarded], unsteady: Sequence[str]) -> tuple[Guarded, ...]:
    """Ask engines that change their answers many times, so that a search finds where they do."""
    return tuple(Guarded(_Repeating(one)) if one.name in unsteady else one for one in engines)


def changes(located: Located | None) -> bool:
    """Whether a search among repeating engines ended where one of them changes its answers."""
    return located is not None and any(answer == CHANGING for _, answer in located.answers)


def _unanswered(record: Record) -> set[tuple[str, int, object]]:
    """List what each engine left unanswered, with the places in its answers."""
    return {
        (name, place, answer)
        for name, answers in record.items()
        for place, (_, answer) in enumerate(answers)
        if isinstance(answer, Unanswered)
    }


def _differ(name: str, one: Record, other: Record) -> bool:
    """Whether an engine gave two different answers to a question.

    After an answer that is missing in one repetition only, the laws may put other questions.
    """
    if _unanswered(one) == _unanswered(other):
        return one[name] != other[name]
    for first, second in zip(one[name], other[name], strict=False):
        if first != second:
            return not isinstance(first[1], Unanswered) and not isinstance(second[1], Unanswered)
    return False


def _taken_back(divergence: Divergence, record: Record) -> set[str]:
    """List the engines that did not repeat their answer of the divergence."""
    return {
        engine
        for name, answer in divergence.answers
        if (engine := name.partition(",")[0]) in record
        and all(_exact(answer) != again for _, again in record[engine])
    }


def _recorded(
    oracle: Oracle,
    case: Case,
    engines: Sequence[Engine],
    ask: Callable[[Callable[[], Checked]], Checked | None],
) -> tuple[Record, Checked | None]:
    """Record what each engine answers in one repetition, and the oracle's result."""
    records: dict[str, list[tuple[str, object]]] = {engine.name: [] for engine in engines}
    recorded = [_recording(engine, records[engine.name]) for engine in engines]
    checked = ask(lambda: oracle(case, recorded))
    return {name: tuple(answers) for name, answers in records.items()}, checked


def _recording(engine: Engine, answers: list[tuple[str, object]]) -> ObservedEngine:
    """Wrap an engine so that it and its variants add each answer to `answers`."""
    return ObservedEngine(
        engine, after=lambda question, outcome: answers.append((question.name, _exact(outcome)))
    )


def _exact(answer: object) -> object:
    """Complete an answer with what equality of verdicts leaves out."""
    return (answer, answer.errors, answer.warnings) if isinstance(answer, Validated) else answer
