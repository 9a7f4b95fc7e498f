"""The problem that a reduction works on: the simplest case so far, a predicate, a deadline.

Its only verb is `consider`. A candidate that is not strictly simpler is not even tried, so passes may propose
anything; the best case is always a complete, interesting one.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from drt.model.case import Case
from drt.reduce.order import weight


class OutOfTime(Exception):
    """The reduction has used its seconds."""


class Problem:
    """`best` is the simplest interesting case so far; `tries` counts the calls of the predicate."""

    __slots__ = ("_ends", "_interesting", "_seen", "_weight", "best", "tries")

    def __init__(self, case: Case, interesting: Callable[[Case], bool], seconds: float) -> None:
        self.best = case
        self.tries = 0
        self._interesting = interesting
        self._ends = monotonic() + seconds
        self._seen: set[Case] = {case}
        self._weight = weight(case)

    def consider(self, candidate: Case) -> bool:
        """Take the candidate if it is simpler and still interesting; raises `OutOfTime` at the deadline."""
        if candidate in self._seen:
            return False
        if monotonic() > self._ends:
            raise OutOfTime
        its_weight = weight(candidate)
        if its_weight >= self._weight:
            return False
        self._seen.add(candidate)
        self.tries += 1
        if not self._interesting(candidate):
            return False
        self.best = candidate
        self._weight = its_weight
        return True
