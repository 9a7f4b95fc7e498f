"""Engines that hostile inputs hurt, each in one way: to see whether the table of `drt hostile` would show it."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from drt.engines.base import BaseEngine, BaseSession
from drt.model.case import Case, Request
from drt.model.outcome import Authorized, Evaluated, Outcome


class Hurt(BaseEngine):
    """Answers every expression with true and every request with deny, after doing its harm."""

    version = "hurt"

    @property
    def name(self) -> str:  # type: ignore[override]  # a toy's name is that of its class
        return type(self).__name__

    def harm(self, size: int) -> None:
        pass

    def load(self, case: Case) -> Any:
        return HurtLoaded(self)


class HurtLoaded(BaseSession):
    def __init__(self, engine: Hurt) -> None:
        self.engine = engine

    def evaluate(self, expression: str, request: Request) -> Any:
        self.engine.harm(len(expression))
        return Evaluated("true")

    def authorize(self, request: Request) -> Any:
        return Authorized("deny")


class Sound(Hurt):
    def harm(self, size: int) -> None:
        _burn(size * 1e-4)


class Quadratic(Hurt):
    def harm(self, size: int) -> None:
        _burn(size * size * 1e-7)


class Hoards(Hurt):
    def harm(self, size: int) -> None:
        self.hoard = bytearray(size * size * 40)


class Recurses(Hurt):
    def harm(self, size: int) -> None:
        if size:
            self.harm(size - 1)


class Dies(Hurt):
    def harm(self, size: int) -> None:
        os.abort()


class DiesLater(Quadratic):
    """Takes long for three questions, by a diary that outlives the process, and dies of the others."""

    def harm(self, size: int) -> None:
        with Path(os.environ["HURT_DIARY"]).open("a+") as diary:
            diary.write("asked\n")
            diary.seek(0)
            if len(diary.readlines()) > 3:
                os.abort()
        super().harm(size)


class Allows(Hurt):
    def load(self, case: Case) -> Any:
        loaded = HurtLoaded(self)
        loaded.authorize = lambda request: Authorized("allow")  # type: ignore[method-assign]
        return loaded


class Lies(Hurt):
    def load(self, case: Case) -> Any:
        loaded = HurtLoaded(self)
        loaded.evaluate = _false  # type: ignore[method-assign]
        return loaded


def _false(expression: str, request: Request) -> Outcome:
    return Evaluated("false")


def _burn(seconds: float) -> None:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass
