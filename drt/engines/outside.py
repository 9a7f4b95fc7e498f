"""Engines of other authors in our own process: their documents are read as those of a process are."""

from __future__ import annotations

from typing import Any

from drt.engines.answers import BadAnswer, with_one_form
from drt.engines.base import put
from drt.model.case import Case
from drt.model.engine import Engine, NotLoaded, Session
from drt.model.question import Question


class OutsideEngine:
    """An engine whose `canonical` may be any JSON of the same meaning; all else it does as it is."""

    def __init__(self, engine: Engine) -> None:
        self.name, self.version = engine.name, engine.version
        self._engine = engine

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def variants(self) -> tuple[Engine, ...]:
        """List the engine's variants, whose documents are read likewise."""
        return tuple(OutsideEngine(one) for one in self._engine.variants())

    def load(self, case: Case) -> Session | NotLoaded:
        """Read a case."""
        loaded = self._engine.load(case)
        return loaded if isinstance(loaded, NotLoaded) else OutsideSession(loaded)

    def ask(self, question: Question[Any]) -> Any:
        """Answer a question about texts."""
        return _in_one_form(question, put(question, self._engine))


class OutsideSession:
    """A case that such an engine has loaded."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def ask(self, question: Question[Any]) -> Any:
        """Answer a question about the case."""
        return _in_one_form(question, put(question, self._session))


def _in_one_form(question: Question[Any], outcome: Any) -> Any:
    """Give an outcome its one form; what has none, and what nests too deep, is compared as it is."""
    try:
        return with_one_form(type(question), outcome)
    except (BadAnswer, RecursionError):
        return outcome
