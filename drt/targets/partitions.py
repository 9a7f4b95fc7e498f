"""Lanes: the partition of cases among workers, independent of the number of workers.

Case `index` of every target lies in lane `index % LANES`. A lane belongs to one worker, which draws its cases
in order; whatever a case depends on besides its random seed lies before it in its lane.
"""

from __future__ import annotations

from dataclasses import dataclass

LANES = 48
"""Lanes of a run, divisible by most numbers of workers. A shard with more workers than lanes splits its
lanes, and its mutated cases are others."""


@dataclass(frozen=True, slots=True)
class Lanes:
    """Some lanes out of `count`, in order."""

    own: tuple[int, ...]
    count: int

    def of(self, index: int) -> int:
        """Return the lane of a case."""
        return index % self.count

    def first_from(self, index: int) -> int:
        """Return the first case from `index` on that lies in one of these lanes."""
        lane = index % self.count
        return index + min((own - lane) % self.count for own in self.own)


def lanes_of(worker: int, workers: int, shard: tuple[int, int] = (0, 1)) -> Lanes:
    """Return the lanes of one of the workers of a shard, at most `LANES` workers.

    A shard is a number from 0 and the count of shards. Shards may have different numbers of workers.
    """
    part, parts = shard
    whole = range(part, LANES, parts)
    splits = -(-workers // len(whole))
    count = splits * LANES
    return Lanes(tuple(lane for lane in range(count) if lane % LANES in whole)[worker::workers], count)
