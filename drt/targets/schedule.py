"""Schedule of a run's cases: the budget shared over targets, and over workers by lanes.

Case `index` of a target is made from a random seed of its own, so that the same random seed of a run gives
the same cases, however many workers draw them and whichever of them are killed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from drt.targets.partitions import Lanes

DEATH_SECONDS = 1.0
"""Seconds charged to a target for a case that killed a worker, so that the others get their share."""


def case_random_seed(run_random_seed: int, target: str, index: int) -> int:
    """Derive the random seed of one case: 64 bits of a hash, the same on every machine and Python."""
    text = f"{run_random_seed}\0{target}\0{index}".encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big")


FIRST_CASES = 2
FIRST_SECONDS = 0.06
"""The least floor of a target: so many cases, or so much time."""

FLOOR_SHARE = 0.02
LATER_FLOOR_SHARE = 0.18
"""The parts of a run's first minute, and of the time after it, after which a target has had its floor."""

SECONDS_PER_CASE = 10.0
LATER_SECONDS_PER_CASE = 1.8
"""Seconds in which the floor of every target grows by a case, in the first minute and after it."""

MOST_FLOOR_CASES = 60
"""Cases of the floor in a run however long."""

HEAD_START = 0.005
"""Seconds that a target of weight 1 lags behind at first, and others by their weight less."""

WALKING_SHARE = 0.75
"""The part of the time that targets whose cases are walked have until all of these are done."""

WARM_UP = 3.0
"""Seconds of a run that are shared by weight alone, before targets get their floor."""

SHARING = 8
"""Number of consecutive cases of one target that share a schema, where they can."""


@dataclass(frozen=True, slots=True)
class Floor:
    """What every target has had after any time of a run, shared by its workers: cases, or seconds.

    It grows with the time, so that no cheap target waits until many slow ones have had theirs.
    """

    workers: int = 1

    def after(self, seconds: float) -> tuple[int, float]:
        """Return the cases and the seconds that each worker gives to every target in its first seconds.

        The workers are taken to have had the same time; what pursuits take is none of it.
        """
        if seconds < WARM_UP / self.workers:
            return 0, 0.0
        whole = seconds * self.workers
        first, later = min(whole, 60.0), max(0.0, whole - 60.0)
        grown = first / SECONDS_PER_CASE + later / LATER_SECONDS_PER_CASE
        cases = min(MOST_FLOOR_CASES, max(FIRST_CASES, int(grown)))
        most = max(FIRST_SECONDS, FLOOR_SHARE * first + LATER_FLOOR_SHARE * later)
        return -(-cases // self.workers), most / self.workers


def shared_random_seed(run_random_seed: int, target: str, index: int) -> int:
    """Derive the random seed of what a case shares with its neighbours."""
    return case_random_seed(run_random_seed, f"{target}\0shared", index // SHARING)


def shares(cases: int, weights: Mapping[str, int], walks: Mapping[str, int] | None = None) -> dict[str, int]:
    """Divide a number of cases among targets by weight, adding up exactly.

    A target in `walks` gets no more cases than it has there; the others get what that leaves.
    """
    given = _shares(cases, weights)
    walked = {name: min(given[name], most) for name, most in (walks or {}).items()}
    drawn = {name: weight for name, weight in weights.items() if name not in walked}
    return walked | _shares(cases - sum(walked.values()), drawn) if drawn else given


def _shares(cases: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Divide a number of cases by weight: what is left goes to the largest remainders."""
    total = sum(weights.values())
    given = {name: cases * weight // total for name, weight in weights.items()}
    by_remainder = sorted(weights, key=lambda name: (-(cases * weights[name] % total), name))
    for name in by_remainder[: cases - sum(given.values())]:
        given[name] += 1
    return given


STALE = 8
"""Observed cases without anything new after which a target has less than its full pace."""

SLOWEST = 0.5
"""The floor of a target's pace: the part of its share that it keeps however long nothing new appears."""

MOST_UNANSWERED = 9
"""Cases in a row on which nothing could be compared after which a target's pace falls no further."""


class Schedule:
    """The cases of one worker, in order.

    Of every target it draws the indices in its lanes below the limit, if there is one. Those that are
    `walked` have most of the time at first. Then the next target is the one that has had the least time for
    its weight and pace; one that has neither the cases nor the seconds of the `floor` precedes all others.
    The pace falls with the observed cases since the last that reached something new, and with the cases since
    the last on which anything could be compared: counts, so that they are the same for a random seed. The
    clock decides how far a target gets, never what its cases are.
    """

    def __init__(
        self,
        weights: Mapping[str, int],
        lanes: Lanes,
        limits: Mapping[str, int] | None = None,
        following: Mapping[str, int] | None = None,
        skipped: Sequence[tuple[str, int]] = (),
        floor: Floor | None = None,
        walked: Collection[str] = (),
    ) -> None:
        self.following = dict.fromkeys(weights, lanes.first_from(0)) | dict(following or {})
        self._weights = dict(weights)
        self._lanes = lanes
        self._limits = {} if limits is None else limits
        self._walked = walked
        self._skipped = frozenset(skipped)
        self._spent = {
            name: HEAD_START / weight for name, weight in weights.items() if self._limits.get(name, 1) > 0
        }
        self._floor = floor
        self._drawn = dict.fromkeys(weights, 0)
        self._stale = dict.fromkeys(weights, 0)
        self._unanswered = dict.fromkeys(weights, 0)
        self._seconds = dict.fromkeys(weights, 0.0)
        self._total = 0.0

    def next(self) -> tuple[str, int] | None:
        """Return the target and index of the next case; None when this worker has drawn all of its own."""
        while self._spent:
            name = min(self._walking() or self._behind() or self._spent, key=self._spent.__getitem__)
            index = self.following[name]
            if index >= self._limits.get(name, index + 1):
                del self._spent[name]
                continue
            self._drawn[name] += 1
            self.following[name] = self._lanes.first_from(index + 1)
            if (name, index) not in self._skipped:
                return name, index
            self.spend(name, DEATH_SECONDS)
        return None

    def _walking(self) -> list[str]:
        """List the targets whose walk is not done and has not had its part of the time yet."""
        most = WALKING_SHARE * self._total
        return [name for name in self._walked if name in self._spent and self._seconds[name] <= most]

    def _behind(self) -> list[str]:
        """List the targets below the floor."""
        cases, seconds = (0, 0.0) if self._floor is None else self._floor.after(self._total)
        return [name for name in self._spent if self._drawn[name] < cases and self._seconds[name] < seconds]

    def note(self, name: str, news: int) -> None:
        """Note how much an observed case has reached that none before it did."""
        self._stale[name] = 0 if news else self._stale[name] + 1

    def pace(self, name: str) -> float:
        """Return the part of its share that a target gets: up to 1, little while nothing is compared."""
        pace = max(SLOWEST, STALE / max(STALE, self._stale[name]))
        return pace / (1 + min(self._unanswered[name], MOST_UNANSWERED))

    def compared(self, name: str, comparisons: int, *, in_vain: bool) -> None:
        """Note how much could be compared on a case; draw no more of a target whose cases are all in vain."""
        self._unanswered[name] = 0 if comparisons else self._unanswered[name] + 1
        if in_vain:
            self._spent.pop(name, None)

    @property
    def is_empty(self) -> bool:
        """Whether no target is left."""
        return not self._spent

    def spend(self, name: str, seconds: float) -> None:
        """Charge a target for what its last case took."""
        self._total += seconds
        if name in self._spent:
            self._seconds[name] += seconds
            self._spent[name] += seconds / (self._weights[name] * self.pace(name))
