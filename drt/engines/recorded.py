"""Recorded engines: the answers of a first comparison of a case, so that a further one need not ask again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

from drt.engines.base import put
from drt.model.case import Case
from drt.model.engine import Engine, NotLoaded, Session, Unanswered
from drt.model.outcome import Outcome
from drt.model.question import CaseQuestion, Outcomes, Question, TextQuestion

Answers = dict[Question[Any], Outcome]


@dataclass(slots=True)
class Memory:
    """The answers of an engine by question, also about the cases that it has loaded."""

    answers: Answers = field(default_factory=dict)
    loaded: dict[Case, tuple[Session | NotLoaded, Answers]] = field(default_factory=dict)
    variants: list[RecordedEngine] | None = None


class RecordedEngine:
    """An engine that asks another and notes the answers, or that `recalls` what was noted.

    While it notes, a question that is put twice is asked twice: an engine may contradict itself.
    """

    def __init__(self, engine: Engine, memory: Memory | None = None, *, recalls: bool = False) -> None:
        self.name, self.version = engine.name, engine.version
        self._engine = engine
        self._memory = Memory() if memory is None else memory
        self._recalls = recalls

    def anew(self) -> RecordedEngine:
        """Return the engine itself, which has forgotten everything."""
        self._memory = Memory()
        return self

    def recalling(self) -> RecordedEngine:
        """Return the engine that recalls what was noted so far, and asks only what is new."""
        return RecordedEngine(self._engine, self._memory, recalls=True)

    def variants(self) -> tuple[Engine, ...]:
        """List the engine's variants, recorded too."""
        if self._memory.variants is None:
            self._memory.variants = [RecordedEngine(one) for one in self._engine.variants()]
        known = self._memory.variants
        return tuple(one.recalling() if self._recalls else one for one in known)

    def load(self, case: Case) -> Session | NotLoaded:
        """Read a case."""
        loaded = self._memory.loaded
        if not self._recalls or case not in loaded:
            loaded[case] = (self._engine.load(case), {})
        session, answers = loaded[case]
        if isinstance(session, NotLoaded):
            return session
        return RecordedSession(session, answers, recalls=self._recalls)

    def ask(self, question: TextQuestion[Outcomes]) -> Outcomes | Unanswered:
        """Answer a question about texts."""
        return cast(Outcomes, _answer(question, self._engine, self._memory.answers, self._recalls))


class RecordedSession:
    """A case that a recorded engine has loaded."""

    __slots__ = ("_answers", "_recalls", "_session")

    def __init__(self, session: Session, answers: Answers, *, recalls: bool) -> None:
        self._session, self._answers, self._recalls = session, answers, recalls

    def ask(self, question: CaseQuestion[Outcomes]) -> Outcomes | Unanswered:
        """Answer a question about the case."""
        return cast(Outcomes, _answer(question, self._session, self._answers, self._recalls))


def _answer(question: Question[Any], target: Engine | Session, answers: Answers, recalls: bool) -> Outcome:
    if not recalls or question not in answers:
        answers[question] = put(question, target)
    return answers[question]
