"""The protocol of a contestant: prepared once for a workload, then run as fast as its engine allows.

Its answers are read afterwards, so that they can be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from drt.bench.workload import Workload


class Unmeasurable(Exception):
    """A contestant in a process of its own broke."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is compared: decision, determining policies, erring policies with the kinds of their errors.

    Policies are `None` if a contestant reports only its decision.
    """

    decision: str
    determining: frozenset[str] | None = None
    erring: frozenset[tuple[str, str]] | None = None

    def agrees(self, other: Answer) -> bool:
        """Whether both answers are equal in all that both report."""
        return self.decision == other.decision and all(
            ours is None or theirs is None or ours == theirs
            for ours, theirs in ((self.determining, other.determining), (self.erring, other.erring))
        )

    @property
    def key(self) -> tuple[str, list[str], list[tuple[str, str]]]:
        """Something to sort by."""
        return self.decision, sorted(self.determining or ()), sorted(self.erring or ())

    def __str__(self) -> str:
        because = (
            "" if self.determining is None else f" because of {', '.join(sorted(self.determining)) or '-'}"
        )
        errors = "" if not self.erring else f" with {', '.join(f'{a}: {b}' for a, b in sorted(self.erring))}"
        return f"{self.decision}{because}{errors}"


@dataclass(frozen=True, slots=True)
class Prepared:
    """One way of asking: `ask` answers one of `questions` and is timed; `read` makes it plain.

    An engine in another process times itself: `turn` asks all questions so many times and gives nanoseconds
    of CPU time.
    """

    ask: Callable[[Any], object]
    questions: Sequence[Any]
    read: Callable[[Any], Answer]
    turn: Callable[[int], int] | None = None

    def answers(self) -> list[Answer]:
        """Return the answers to all questions, in order."""
        return [self.read(self.ask(question)) for question in self.questions]

    def first(self, count: int) -> Prepared:
        """Return the same with at most so many questions."""
        if self.turn is not None:
            raise ValueError("a contestant that times itself asks all questions")
        return replace(self, questions=self.questions[:count])


class Contestant(Protocol):
    """An engine with one way of asking it."""

    @property
    def name(self) -> str: ...

    def prepare(self, workload: Workload) -> Prepared:
        """Read policies, entities and requests."""
        ...
