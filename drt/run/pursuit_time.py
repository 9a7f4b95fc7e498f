"""Time for pursuits: how much of a worker's time reductions and confirmations may take, and when.

Owns the shares. Drawing goes on beside pursuits, so that one defect does not use up the run.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

SHARE_FOR_PURSUITS = 0.5
"""The share of a worker's time for reducing and confirming; drawing has the rest."""

SHARE_FOR_MORE = 0.2
"""The share of a worker's time for divergences whose key the run has pursued before."""

HEAD_START = 20.0
"""Seconds that pursuits may take in advance."""

LAST_PART = 0.25
"""The part of a run, at its end, in which what waits is pursued before more cases are drawn."""

LEAST_REDUCTION = 3.0

CONFIRMING_SECONDS = 4.0
"""What three fresh processes are expected to take."""

CONFIRMING_ONE = 1.0
"""What each find adds to this when the same processes confirm several, and an arbiter is asked about it."""

LEAST_SHARE = 1.0
"""Seconds that a reduction may take however many others wait."""


def confirming_seconds(finds: int) -> float:
    """Return what the confirmation of so many finds is expected to take."""
    return CONFIRMING_SECONDS + CONFIRMING_ONE * finds if finds else 0.0


@dataclass(slots=True)
class PursuitTime:
    """The time of one worker; `ends` is the end of the run on the monotonic clock, if it has one."""

    ends: float | None = None
    _born: float = field(default_factory=time.monotonic)
    _spent: float = 0.0
    _spent_again: float = 0.0

    def remaining(self) -> float:
        """Seconds left in the run."""
        return float("inf") if self.ends is None else self.ends - time.monotonic()

    def is_late(self) -> bool:
        """Whether the run is in its last part."""
        return self.ends is not None and self.remaining() < LAST_PART * (self.ends - self._born)

    def is_enough(self, *, again: bool) -> bool:
        """Whether there is time for one more pursuit, `again` for one of a key that was pursued before."""
        elapsed = time.monotonic() - self._born
        if elapsed * SHARE_FOR_PURSUITS + HEAD_START < self._spent:
            return False
        return not again or self.is_enough_again()

    def is_enough_again(self) -> bool:
        """Whether the share of keys that were pursued before leaves time for one more pursuit."""
        return self.allowance_again() >= CONFIRMING_SECONDS + LEAST_REDUCTION

    def allowance_again(self) -> float:
        """Seconds that may go into keys that the run has pursued before."""
        return (time.monotonic() - self._born) * SHARE_FOR_MORE - self._spent_again

    def spend(self, seconds: float, *, again: bool) -> None:
        """Charge a pursuit."""
        self._spent += seconds
        if again:
            self._spent_again += seconds
