"""An engine that answers each question about a case once, and from memory when it is asked again."""

from __future__ import annotations

from typing import Any

from drt.engines.guard import Guarded, GuardedSession
from drt.model.case import Case
from drt.model.engine import Engine, NotLoaded
from drt.model.question import CaseQuestion, TextQuestion


class Remembered:
    """A guarded engine that remembers its answers until `forget` is called."""

    def __init__(self, engine: Guarded) -> None:
        self.name, self.version = engine.name, engine.version
        self._engine = engine
        self._variants: tuple[Remembered, ...] | None = None
        self._answers: dict[TextQuestion[Any], Any] = {}
        self._loaded: dict[Case, RememberedSession | NotLoaded] = {}

    def forget(self) -> None:
        """Forget every answer."""
        self._answers.clear()
        self._loaded.clear()
        for one in self._variants or ():
            one.forget()

    def variants(self) -> tuple[Engine, ...]:
        """List the engine's variants, which remember too."""
        if self._variants is None:
            self._variants = tuple(Remembered(Guarded(one)) for one in self._engine.variants())
        return self._variants

    def load(self, case: Case) -> RememberedSession | NotLoaded:
        """Read a case."""
        if case not in self._loaded:
            answer = self._engine.load(case)
            self._loaded[case] = RememberedSession(answer) if isinstance(answer, GuardedSession) else answer
        return self._loaded[case]

    def ask(self, question: TextQuestion[Any]) -> Any:
        """Answer a question about texts."""
        if question not in self._answers:
            self._answers[question] = self._engine.ask(question)
        return self._answers[question]


class RememberedSession:
    """A loaded case whose answers are remembered."""

    def __init__(self, session: GuardedSession) -> None:
        self._session = session
        self._answers: dict[CaseQuestion[Any], Any] = {}

    def ask(self, question: CaseQuestion[Any]) -> Any:
        """Answer a question about the case."""
        if question not in self._answers:
            self._answers[question] = self._session.ask(question)
        return self._answers[question]
