"""The queue of one worker: finds that wait to be reduced, and reduced ones that wait to be confirmed.

Owns the order. A key that the run has not pursued may be a defect of its own, so it comes first; late in a
run the time left is shared among such keys, less what the confirmations take. Drawn cases precede walked
ones, which are there to be replayed at any time: an engine that fails many of them still shows what is new.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from drt.diagnosis import Located
from drt.model.saved_case import SavedCase
from drt.run.find import Find
from drt.run.pursuit_time import LEAST_SHARE, PursuitTime, confirming_seconds
from drt.run.records import Found
from drt.run.reduction_locks import ReductionLocks

MOST_WAITING = 2
"""Divergences of one key that wait to be pursued."""

MOST_TOGETHER = 8
"""Reduced finds that the same fresh processes confirm."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A find that waits to be reduced, with its pursuit key and its number in the run."""

    key: str
    number: str
    find: Find


@dataclass(frozen=True, slots=True)
class Reduced:
    """A find that has been reduced and waits to be confirmed."""

    key: str
    number: str
    find: Find
    saved: SavedCase
    place: Path
    event: Found
    located: Located | None


@dataclass(frozen=True, slots=True)
class Pursue:
    """The next step is to reduce a find, in so many seconds at most."""

    waiting: Waiting
    seconds: float


@dataclass(frozen=True, slots=True)
class Confirm:
    """The next step is to confirm some finds."""

    reduced: tuple[Reduced, ...]


Step: TypeAlias = Pursue | Confirm


@dataclass(slots=True)
class PursuitQueue:
    """What waits in one worker; `claims` knows the keys that the run has pursued, `budget` the time."""

    claims: ReductionLocks
    budget: PursuitTime
    waiting: list[Waiting] = field(default_factory=list)
    unconfirmed: list[Reduced] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.waiting or self.unconfirmed)

    def add(self, key: str, number: str, find: Find) -> None:
        """Let a find wait, unless enough of its key do."""
        if sum(one.key == key for one in self.waiting) < MOST_WAITING:
            self.waiting.append(Waiting(key, number, find))

    def next(self, *, all_of_them: bool) -> Step | None:
        """Take the next step off the queue; None if nothing waits, or nothing that there is time for now.

        Late in a run, or for `all_of_them`, nothing is put off.
        """
        self.waiting.sort(key=lambda one: (self.claims.pursuits(one.key), one.find.walked))
        again = not self.waiting or self.claims.pursuits(self.waiting[0].key) > 0
        if all_of_them or self.budget.is_late():
            return self._pursue(self._share()) if self._comes_first(again=again) else self._confirm()
        if self.waiting:
            return self._pursue(float("inf")) if self.budget.is_enough(again=again) else None
        return self._confirm() if self.unconfirmed and self.budget.is_enough(again=False) else None

    def _comes_first(self, *, again: bool) -> bool:
        """Whether a find that waits is taken up before anything is confirmed."""
        if not self.unconfirmed:
            return bool(self.waiting)
        return not again and self.budget.remaining() > confirming_seconds(len(self.unconfirmed) + 1)

    def _share(self) -> float:
        """Divide the time left among keys that were never pursued, of drawn cases while there are any."""
        keys = {one.key for one in self.waiting if one.find.walked == self.waiting[0].find.walked}
        fresh = sum(self.claims.pursuits(key) == 0 for key in keys)
        left = self.budget.remaining() - confirming_seconds(len(self.unconfirmed) + fresh)
        return max(LEAST_SHARE, left / max(1, fresh))

    def _pursue(self, seconds: float) -> Pursue:
        return Pursue(self.waiting.pop(0), seconds)

    def _confirm(self) -> Confirm | None:
        some, self.unconfirmed = self.unconfirmed[:MOST_TOGETHER], self.unconfirmed[MOST_TOGETHER:]
        return Confirm(tuple(some)) if some else None
