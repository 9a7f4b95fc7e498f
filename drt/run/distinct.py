"""Estimate of how many of very many things are distinct, from a sample of them.

Keeps only the things whose hash lies below a bound, which halves whenever too many are kept. The kept things
are a fair sample, and their counts are exact.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

from msgspec import Struct, field

MOST_KEPT = 512


class Distinct(Struct):
    """A sample of things, counted by their hashes in hexadecimal; complete while there are few."""

    bound: int = 1 << 64
    seen: dict[str, int] = field(default_factory=dict)

    def add(self, texts: Iterable[str]) -> None:
        """Count one thing, given by the texts that make it up."""
        digest = blake2b(digest_size=8)
        for text in texts:
            digest.update(text.encode("utf-8", "surrogatepass"))
            digest.update(b"\0")
        number = int.from_bytes(digest.digest(), "big")
        if number < self.bound:
            self._count(f"{number:x}", 1)
            self._prune()

    def merge(self, other: Distinct) -> None:
        """Add the other's sample to this one."""
        self.bound = min(self.bound, other.bound)
        for number, times in other.seen.items():
            self._count(number, times)
        self._keep_below_bound()
        self._prune()

    def _count(self, number: str, times: int) -> None:
        self.seen[number] = self.seen.get(number, 0) + times

    def _keep_below_bound(self) -> None:
        self.seen = {number: times for number, times in self.seen.items() if int(number, 16) < self.bound}

    def _prune(self) -> None:
        while len(self.seen) > MOST_KEPT:
            self.bound //= 2
            self._keep_below_bound()

    @property
    def share(self) -> float:
        """Return distinct things divided by things seen, 0 to 1; 1 if nothing was seen."""
        times = sum(self.seen.values())
        return len(self.seen) / times if times else 1.0
