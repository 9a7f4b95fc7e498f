"""Engines of other authors in our own process: their outcomes are checked as those of a process are."""

from __future__ import annotations

from typing import Any

from drt.engines.answers import BadAnswer, checked_outcome
from drt.engines.base import put
from drt.model.case import Case
from drt.model.engine import Engine, NotLoaded, Session
from drt.model.outcome import Crashed
from drt.model.outcome_json import outcome_to_json
from drt.model.question import Load, Question

LONGEST = 300
"""Most characters of an answer that is none."""


class OutsideEngine:
    """An engine whose outcomes are believed only after a check.

    Its `canonical` may be any JSON of the same meaning.
    """

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
        if not isinstance(loaded, NotLoaded):
            return OutsideSession(loaded)
        refused: NotLoaded = _checked(Load, loaded)
        return refused

    def ask(self, question: Question[Any]) -> Any:
        """Answer a question about texts."""
        return _checked(type(question), put(question, self._engine))


class OutsideSession:
    """A case that such an engine has loaded."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def ask(self, question: Question[Any]) -> Any:
        """Answer a question about the case."""
        return _checked(type(question), put(question, self._session))


def _checked(question: type[Question[Any]], outcome: Any) -> Any:
    """Check an outcome and give it its one form; what nests too deep for that is compared as it is."""
    try:
        return checked_outcome(question, _document(outcome))
    except RecursionError:
        return outcome
    except BadAnswer as reason:
        return Crashed("protocol", ("no outcome",), f"{reason}: {outcome!r}"[:LONGEST])


def _document(outcome: Any) -> dict[str, Any]:
    try:
        return outcome_to_json(outcome)
    except (TypeError, ValueError) as error:
        raise BadAnswer(f"{type(error).__name__}: {error}") from None
