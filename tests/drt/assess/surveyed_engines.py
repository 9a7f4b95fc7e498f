"""Engines with one planted defect each, for the survey to see."""

from __future__ import annotations

import os

from drt.engines.base import BaseEngine, BaseSession
from drt.engines.production_engine import ProductionEngine
from drt.model.case import Case, Request
from drt.model.engine import NotLoaded, Session
from drt.model.outcome import Authorized, Outcome, Rejected, Unsupported
from drt.model.question import CaseQuestion


class Wrapped(BaseEngine):
    """Answers as production does, but for what a subclass changes."""

    version = "1"

    def __init__(self) -> None:
        self._sound = ProductionEngine()

    def load(self, case: Case) -> Session | NotLoaded:
        return self._sound.load(case)

    def ask(self, question: object) -> Outcome:
        return self._sound.ask(question)  # type: ignore[arg-type,return-value]  # any question


class WithoutTags(Wrapped):
    """Refuses every policy that uses tags."""

    name = "without-tags"

    def load(self, case: Case) -> Session | NotLoaded:
        return Rejected("policies") if "hasTag" in case.policies.text else super().load(case)


class Denying(BaseSession):
    def __init__(self, sound: Session) -> None:
        self._sound = sound

    def ask(self, question: CaseQuestion[Outcome]) -> Outcome:
        answer = self._sound.ask(question)
        return Authorized("deny") if isinstance(answer, Authorized) else answer


class DeniesAll(Wrapped):
    name = "denies-all"

    def load(self, case: Case) -> Session | NotLoaded:
        loaded = super().load(case)
        return loaded if isinstance(loaded, Outcome) else Denying(loaded)


class DyingSession(BaseSession):
    def authorize(self, request: Request) -> Outcome:
        os.abort()


class Dies(Wrapped):
    name = "dies"

    def load(self, case: Case) -> Session | NotLoaded:
        return DyingSession()


class ToyWithoutTags(WithoutTags):
    name = "toy"


class Toy(Wrapped):
    name = "toy"
    version = "3"


class ToyWithoutCases(Toy):
    version = "2"

    def load(self, case: Case) -> Session | NotLoaded:
        return Unsupported("load")


class ToyOtherWords(ToyWithoutTags):
    """Refuses what `ToyWithoutTags` refuses, in other words."""

    version = "2"

    def load(self, case: Case) -> Session | NotLoaded:
        loaded = super().load(case)
        return Rejected(loaded.part, "no tags", 1, 2) if isinstance(loaded, Rejected) else loaded


class ToyDies(Toy):
    version = "2"

    def load(self, case: Case) -> Session | NotLoaded:
        os._exit(3)


class ToyDiesAtTags(ToyDies):
    def load(self, case: Case) -> Session | NotLoaded:
        return super().load(case) if "hasTag" in case.policies.text else Toy.load(self, case)
