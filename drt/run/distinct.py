"""How many of very many things are distinct, told from a few of them.

Keeps only the things whose hash lies below a bound, which halves whenever too many are kept; what lies below
the bound is a fair sample, of which it knows how often each was seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

MOST_KEPT = 512


@dataclass(slots=True)
class Distinct:
    """A sample of what was seen, by hash; all of it while there is little."""

    bound: int = 1 << 64
    seen: dict[int, int] = field(default_factory=dict)

    def add(self, texts: Iterable[str]) -> None:
        """Note one thing, given by the texts that make it up."""
        digest = blake2b(digest_size=8)
        for text in texts:
            digest.update(text.encode("utf-8", "surrogatepass"))
            digest.update(b"\0")
        number = int.from_bytes(digest.digest(), "big")
        if number < self.bound:
            self.seen[number] = self.seen.get(number, 0) + 1
            self._prune()

    def merge(self, other: Distinct) -> None:
        """Take in what another has seen."""
        self.bound = min(self.bound, other.bound)
        for number, times in other.seen.items():
            self.seen[number] = self.seen.get(number, 0) + times
        self.seen = {number: times for number, times in self.seen.items() if number < self.bound}
        self._prune()

    def _prune(self) -> None:
        while len(self.seen) > MOST_KEPT:
            self.bound //= 2
            self.seen = {number: times for number, times in self.seen.items() if number < self.bound}

    @property
    def share(self) -> float:
        """Distinct things by things seen, 0 to 1; 1 where nothing was seen."""
        times = sum(self.seen.values())
        return len(self.seen) / times if times else 1.0

    def to_json(self) -> dict[str, Any]:
        return {"bound": self.bound, "seen": {f"{number:x}": times for number, times in self.seen.items()}}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Distinct:
        """Read back what `to_json` wrote."""
        return cls(document["bound"], {int(number, 16): times for number, times in document["seen"].items()})
