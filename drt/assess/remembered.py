"""Engines that answer a question about a case once, and copies that are asked only what may differ.

Owns the memory of which watched places of the code a question reached.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeVar

from drt.engines.guard import Guarded, GuardedSession
from drt.model.case import Case
from drt.model.engine import Engine, NotLoaded
from drt.model.question import CaseQuestion, TextQuestion

Answer = TypeVar("Answer")

MOST_CAUGHT_UP = 8
"""Most questions of a case that a copy catches up on."""


class Remembered:
    """A guarded engine that remembers its answers until `forget` is called.

    Its code puts the places that it reaches into `reached`, a set that it may share with other engines.
    """

    def __init__(self, engine: Guarded, reached: set[str] | None = None) -> None:
        self.name, self.version = engine.name, engine.version
        self._engine = engine
        self._reached = set[str]() if reached is None else reached
        self._variants: tuple[Remembered, ...] | None = None
        self.answers: dict[TextQuestion[Any], tuple[Any, Collection[str]]] = {}
        self.loaded: dict[Case, tuple[RememberedSession | NotLoaded, Collection[str]]] = {}

    def forget(self) -> None:
        """Forget every answer."""
        self.answers.clear()
        self.loaded.clear()
        for one in self._variants or ():
            one.forget()

    def variants(self) -> tuple[Remembered, ...]:
        """List the engine's variants, which remember too."""
        if self._variants is None:
            guarded = (Guarded(one) for one in self._engine.variants())
            self._variants = tuple(Remembered(one, self._reached) for one in guarded)
        return self._variants

    def load(self, case: Case) -> RememberedSession | NotLoaded:
        """Read a case."""
        if case not in self.loaded:
            answer, places = _watched(self._reached, lambda: self._engine.load(case))
            if isinstance(answer, GuardedSession):
                self.loaded[case] = RememberedSession(answer, self._reached), places
            else:
                self.loaded[case] = answer, places
        return self.loaded[case][0]

    def ask(self, question: TextQuestion[Any]) -> Any:
        """Answer a question about texts."""
        if question not in self.answers:
            self.answers[question] = _watched(self._reached, lambda: self._engine.ask(question))
        return self.answers[question][0]


class RememberedSession:
    """A loaded case whose answers are remembered."""

    def __init__(self, session: GuardedSession, reached: set[str]) -> None:
        self._session = session
        self._reached = reached
        self.answers: dict[CaseQuestion[Any], tuple[Any, Collection[str]]] = {}

    def ask(self, question: CaseQuestion[Any]) -> Any:
        """Answer a question about the case."""
        if question not in self.answers:
            self.answers[question] = _watched(self._reached, lambda: self._session.ask(question))
        return self.answers[question][0]


def _watched(reached: set[str], ask: Callable[[], Answer]) -> tuple[Answer, Collection[str]]:
    """Return an answer, and the places that were reached on the way to it."""
    before = set(reached)
    reached.clear()
    try:
        answer = ask()
        return answer, frozenset(reached)
    finally:
        reached |= before


class Spared:
    """A changed copy of an engine that is only asked questions on which the engine reached a changed place.

    To all others it gives the engine's answers. Where an engine keeps what it has read, a place may be
    reached for one question and matter to another, so what this engine shows is to be confirmed.
    """

    def __init__(self, sound: Remembered, copy: Engine, places: Collection[str]) -> None:
        self.name, self.version = copy.name, copy.version
        self._sound, self._copy, self._places = sound, copy, places

    def variants(self) -> tuple[Engine, ...]:
        """List the variants, spared alike."""
        pairs = zip(self._sound.variants(), self._copy.variants(), strict=True)
        return tuple(Spared(sound, copy, self._places) for sound, copy in pairs)

    def load(self, case: Case) -> SparedSession | Any:
        """Read a case, later or never if reading it reached no changed place."""
        answer, places = self._sound.loaded.get(case, (None, self._places))
        if not _disjoint(places, self._places):
            return self._copy.load(case)
        if isinstance(answer, RememberedSession):
            return SparedSession(answer, lambda: self._copy.load(case), self._places)
        return answer

    def ask(self, question: TextQuestion[Any]) -> Any:
        """Answer a question about texts."""
        answer, places = self._sound.answers.get(question, (None, self._places))
        return answer if _disjoint(places, self._places) else self._copy.ask(question)


class SparedSession:
    """A case that a spared copy has not read before it is asked what may come out otherwise."""

    def __init__(self, sound: RememberedSession, load: Callable[[], Any], places: Collection[str]) -> None:
        self._sound, self._load, self._places = sound, load, places
        self._session: Any = None
        self._first: list[CaseQuestion[Any]] = []

    def ask(self, question: CaseQuestion[Any]) -> Any:
        """Answer a question about the case.

        Before it is asked anything, the copy is asked the first questions that it was spared, because what an
        engine keeps of them may decide which code a later one reaches.
        """
        answer, places = self._sound.answers.get(question, (None, self._places))
        if _disjoint(places, self._places):
            if len(self._first) < MOST_CAUGHT_UP:
                self._first.append(question)
            return answer
        if self._session is None:
            self._session = self._load()
            for one in () if isinstance(self._session, NotLoaded) else self._first:
                self._session.ask(one)
        return self._session if isinstance(self._session, NotLoaded) else self._session.ask(question)


def _disjoint(places: Collection[str], others: Collection[str]) -> bool:
    return not any(one in others for one in places)
