"""Base classes of adapters: the method of a question's name answers it.

An adapter for Python code derives from `BaseEngine`, its loaded cases from `BaseSession`, and both define a
method for each question that they answer: `read_policies(policies)` for `ReadPolicies`, and so on, with the
members of the record as parameters. Any other question is `Unsupported`.
"""

from __future__ import annotations

from typing import Any

from drt.model.case import Case
from drt.model.engine import Engine, NotLoaded, Session
from drt.model.outcome import Unsupported
from drt.model.question import Question, members


def answer_by_method(target: object, question: Question[Any]) -> Any:
    """Answer a question by the method of its name; `Unsupported` where there is none."""
    method = getattr(target, question.name, None)
    if method is None:
        return Unsupported(question.name)
    positional, named = members(question)
    return method(*positional, **named)


def put(question: Question[Any], target: Any) -> Any:
    """Put a question to an engine or a session, which may have no `ask` but a method for each question.

    Only an `ask` of its class counts: a wrapper that passes on unknown attributes answers by its own methods.
    """
    asks = hasattr(type(target), "ask")
    return target.ask(question) if asks else answer_by_method(target, question)


def take_stated_name(engine: object) -> None:
    """Give an engine, a dataclass with slots, the name that a derived class states."""
    stated = type(engine).name  # type: ignore[attr-defined]  # a slot's descriptor where no class states it
    if isinstance(stated, str):
        object.__setattr__(engine, "name", stated)


class BaseSession:
    """A loaded case that answers the questions that it has a method for."""

    __slots__ = ()

    def ask(self, question: Question[Any]) -> Any:
        """Answer a question about the case."""
        return answer_by_method(self, question)


class BaseEngine:
    """An engine that answers the questions that it has a method for."""

    __slots__ = ()

    name = "base"
    version = "0"

    def variants(self) -> tuple[Engine, ...]:
        """List other ways in which the engine could find its answers: none."""
        return ()

    def load(self, case: Case) -> Session | NotLoaded:
        """Read a case."""
        return Unsupported("load")

    def ask(self, question: Question[Any]) -> Any:
        """Answer a question about texts."""
        return answer_by_method(self, question)


BaseLoaded = BaseSession
"""The name of `BaseSession` in adapters that were written for earlier versions."""
