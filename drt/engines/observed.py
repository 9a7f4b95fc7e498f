"""Observed engines: every question is reported before it is answered, every outcome once it is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drt.engines.base import put
from drt.model.case import Case
from drt.model.engine import Engine, NotLoaded, Session
from drt.model.outcome import Outcome
from drt.model.question import Load, Question

Before = Callable[[str, Question[Any]], object]
After = Callable[[Question[Any], Outcome], object]


def ignore(*_: object) -> None:
    """Report nothing."""


class ObservedEngine:
    """An engine that reports its own questions, and those of its variants and of the cases that it loads.

    `before` gets the name of the engine and the question, `after` the question and the outcome.
    """

    def __init__(self, engine: Engine, before: Before = ignore, after: After = ignore) -> None:
        self.name = engine.name
        self.version = engine.version
        self._engine = engine
        self._before = before
        self._after = after

    def variants(self) -> tuple[Engine, ...]:
        """List the engine's variants, observed too."""
        return tuple(ObservedEngine(one, self._before, self._after) for one in self._engine.variants())

    def load(self, case: Case) -> ObservedSession | NotLoaded:
        """Read a case."""
        self._before(self.name, Load(case))
        loaded = self._engine.load(case)
        if isinstance(loaded, NotLoaded):
            self._after(Load(case), loaded)
            return loaded
        return ObservedSession(self, loaded)

    def ask(self, question: Question[Any]) -> Any:
        """Answer a question about texts."""
        return self.put(question, self._engine)

    def put(self, question: Question[Any], target: Engine | Session) -> Any:
        """Put a question to the engine or to a case that it has loaded."""
        self._before(self.name, question)
        outcome = put(question, target)
        self._after(question, outcome)
        return outcome


class ObservedSession:
    """A case that an observed engine has loaded."""

    def __init__(self, engine: ObservedEngine, session: Session) -> None:
        self._engine = engine
        self._session = session

    def ask(self, question: Question[Any]) -> Any:
        """Answer a question about the case."""
        return self._engine.put(question, self._session)
