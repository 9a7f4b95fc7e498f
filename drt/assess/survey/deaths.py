"""Deaths of an engine in a process of its own, which answers again after each: how often, and of what."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from drt.model.outcome import Crashed, ExceededBudget, Outcome
from drt.model.question import Question

END_OF_A_PROCESS = re.compile("exit |signal |SIG")

MOST_CAUSES = 3
"""Causes that are named."""


@dataclass(slots=True)
class Deaths:
    """Questions that an engine was asked and those that it did not survive, by the name of the question."""

    asked: Counter[str] = field(default_factory=Counter)
    unanswered: Counter[tuple[str, str]] = field(default_factory=Counter)

    def before(self, _engine: str, question: Question[Any]) -> None:
        """Count a question."""
        self.asked[question.name] += 1

    def after(self, question: Question[Any], outcome: Outcome) -> None:
        """Count a question without an answer, with what came in its place."""
        match outcome:
            case Crashed(cause):
                self.unanswered[question.name, cause] += 1
            case ExceededBudget(resource):
                self.unanswered[question.name, f"out of {resource}"] += 1

    def always(self) -> frozenset[str]:
        """Return the questions that the engine was asked several times and never answered."""
        broken: Counter[str] = Counter()
        for (name, _), count in self.unanswered.items():
            broken[name] += count
        return frozenset(name for name, count in broken.items() if 1 < count == self.asked[name])

    def sentence(self) -> str:
        """Describe the deaths of a process, and other failures that left a question always unanswered."""
        always = self.always()
        named = [
            f"{cause} at {name}, {count:,} of {self.asked[name]:,} times"
            for (name, cause), count in self.unanswered.most_common()
            if name in always or END_OF_A_PROCESS.match(cause)
        ]
        more = len(named) - MOST_CAUSES
        return "; ".join(named[:MOST_CAUSES]) + (f"; {more} more" if more > 0 else "")
