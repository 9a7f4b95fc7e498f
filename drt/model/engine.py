"""The engine protocol: what the harness needs of an engine.

An adapter turns questions into calls of its engine, and answers and errors into outcomes. It lets any other
exception escape, and the caller makes a `Crashed` of it. What an engine does not do is `Unsupported`; nothing
is optional by absence. `Unanswered` is all that a caller may get instead of an answer: an engine in a process
of its own answers for its own death, the guard answers for the others.
"""

from __future__ import annotations

from typing import Protocol

from drt.model.case import Case
from drt.model.outcome import Crashed, ExceededBudget, Rejected, Unlinkable, Unsupported
from drt.model.question import CaseQuestion, Outcomes, TextQuestion

Unanswered = Unsupported | ExceededBudget | Crashed

NotLoaded = Rejected | Unlinkable | Unanswered
"""Outcomes that a caller may get instead of a session."""


class Session(Protocol):
    """A case that an engine has read: policies linked, schema resolved, entities closed."""

    def ask(self, question: CaseQuestion[Outcomes]) -> Outcomes | Unanswered:
        """Answer a question about the case."""
        ...


class Engine(Protocol):
    """Something that can answer a case."""

    @property
    def name(self) -> str:
        """The name under which reports list the engine."""
        ...

    @property
    def version(self) -> str:
        """The version of the engine."""
        ...

    def variants(self) -> tuple[Engine, ...]:
        """List other ways in which the engine could find its answers, such as compiled code; often none."""
        ...

    def load(self, case: Case) -> Session | NotLoaded:
        """Read everything of the case but its requests and expressions, as `question.Load` describes."""
        ...

    def ask(self, question: TextQuestion[Outcomes]) -> Outcomes | Unanswered:
        """Answer a question about texts."""
        ...
