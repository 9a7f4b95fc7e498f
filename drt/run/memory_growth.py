"""Memory growth of a run's workers, from samples that they take of themselves.

The memory of a long run must be flat: growth in its second half would continue forever.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from msgspec import Struct

FEWEST_SAMPLES = 10
FLAT = 0.05
"""Largest growth of a worker over the second half of a run that counts as flat."""

Sample = tuple[float, int]
"""A time in seconds, and the resident bytes at that time."""


def growth(samples: Sequence[Sample]) -> float | None:
    """Return the growth of memory from the middle of the run to its end; None for few samples.

    Middle and end are medians, of the samples in the middle tenth and in the last tenth of the time.
    """
    if len(samples) < FEWEST_SAMPLES:
        return None
    first, last = samples[0][0], samples[-1][0]
    length = last - first
    middle = [held for at, held in samples if abs(at - first - length / 2) <= length / 20]
    end = [held for at, held in samples if at >= last - length / 10]
    if not middle:
        return None
    return median(end) / median(middle) - 1.0


@dataclass(slots=True)
class Resident:
    """Samples of one worker's memory, and how often it was restarted because it used too much."""

    samples: list[Sample] = field(default_factory=list)
    recycled: int = 0

    def summary(self) -> Growth:
        """Sum up the samples."""
        held = [bytes_held for _, bytes_held in self.samples]
        grown = growth(self.samples)
        return Growth(
            end=held[-1] if held else None,
            most=max(held, default=None),
            growth=None if grown is None else round(grown, 4),
            samples=len(held),
            recycled=self.recycled,
        )


class Growth(Struct, frozen=True):
    """The memory of one worker: bytes at the end and at most, and the growth over the second half."""

    end: int | None = None
    most: int | None = None
    growth: float | None = None
    samples: int = 0
    recycled: int = 0


def in_words(workers: Sequence[Growth]) -> str:
    """Describe the memory of all workers; empty if none is known."""
    ends = [worker.end for worker in workers if worker.end]
    if not ends:
        return ""
    words = f"{max(ends) / 2**20:,.0f} MiB per worker at the end"
    grown = [worker.growth for worker in workers if worker.growth is not None]
    if grown:
        words += f", {max(grown):+.1%} over the second half"
    if recycled := sum(worker.recycled for worker in workers):
        words += f", restarted {recycled} time{'' if recycled == 1 else 's'}"
    return words


def is_flat(workers: Sequence[Growth]) -> bool:
    """Whether no worker is known to grow."""
    return all(worker.growth is None or worker.growth < FLAT for worker in workers)
