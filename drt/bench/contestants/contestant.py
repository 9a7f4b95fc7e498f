"""What a contestant is: prepared once for a workload, asked as fast as its engine allows, and read afterwards
so that answers can be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from drt.bench.workload import Workload


@dataclass(frozen=True, slots=True)
class Answer:
    """What is compared: decision, determining policies, erring policies (kinds are not told by all)."""

    decision: str
    determining: frozenset[str]
    erring: frozenset[str]


@dataclass(frozen=True, slots=True)
class Prepared:
    """One way of asking: `ask` answers one of `questions` and is timed; `read` makes it plain."""

    ask: Callable[[Any], object]
    questions: Sequence[Any]
    read: Callable[[Any], Answer]

    def answers(self) -> list[Answer]:
        """The answers to all questions, in order."""
        return [self.read(self.ask(question)) for question in self.questions]


class Contestant(Protocol):
    """An engine with one way of asking it."""

    @property
    def name(self) -> str: ...

    def prepare(self, workload: Workload) -> Prepared:
        """Read policies, entities and requests."""
        ...
