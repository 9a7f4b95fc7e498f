"""Who pursues which divergence: one worker at a time for one coarse key, and no bucket twice in vain.

Owns the claim files in a run's folder. They are all that the workers of a run say to each other.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

MOST_BUCKETS = 12
"""Buckets of one coarse key that are reduced in one run; what comes after is counted only."""

IN_VAIN = 4
"""Pursuits of one coarse key that may end in a bucket already known, or in nothing, before they stop."""


@dataclass(slots=True)
class _Claim:
    """What is known of one coarse key: the process at work on it, the features of each bucket, pursuits
    begun.
    """

    owner: int | None = None
    began: int = 0
    buckets: dict[str, list[str]] = field(default_factory=dict)

    @property
    def spent(self) -> bool:
        return len(self.buckets) >= MOST_BUCKETS or self.began - len(self.buckets) >= IN_VAIN


class Claims:
    """The claims of one run, as one worker sees them. `seen` counts the divergences met, by coarse key."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, _Claim] = {}
        self.seen: Counter[str] = Counter()

    def take(self, key: str, features: Callable[[], tuple[str, ...]]) -> bool:
        """Whether the caller is to pursue a divergence of this coarse key; it then owes a `settle`.

        A divergence on a case that has all the features of a bucket of the same coarse key is taken for one
        of that bucket, but for the second, fourth, eighth, … of them: another bug may hide behind it.
        """
        self.seen[key] += 1
        seen = self.seen[key]
        known = self._known.get(key)
        if known is not None and known.buckets:
            if known.spent:
                return False
            mine = set(features())
            covered = any(mine.issuperset(bucket) for bucket in known.buckets.values())
            if covered and seen & (seen - 1):
                return False
        with self._claim(key) as claim:
            working = claim.owner is not None and claim.owner != os.getpid() and _lives(claim.owner)
            if working or claim.spent or (claim.buckets and known is None):
                return False
            claim.owner = os.getpid()
            claim.began += 1
            return True

    def settle(self, key: str, signature: str, features: tuple[str, ...]) -> bool:
        """Say what a pursuit came to; true when the run had not seen that signature under this coarse key."""
        with self._claim(key) as claim:
            claim.owner = None
            fresh = signature not in claim.buckets
            claim.buckets[signature] = list(features)
            return fresh

    @contextlib.contextmanager
    def _claim(self, key: str) -> Iterator[_Claim]:
        path = self._folder / f"{blake2b(key.encode(), digest_size=8).hexdigest()}.json"
        with path.open("a+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            document = _document(file.read())
            claim = _Claim(document.get("owner"), document.get("began", 0), document.get("buckets", {}))
            before = (claim.owner, claim.began, len(claim.buckets))
            yield claim
            self._known[key] = claim
            if before != (claim.owner, claim.began, len(claim.buckets)):
                file.seek(0)
                file.truncate()
                json.dump(
                    {"key": key, "owner": claim.owner, "began": claim.began, "buckets": claim.buckets}, file
                )


def _document(text: str) -> dict[str, Any]:
    """The content of a claim file; nothing where there is none yet or its writer died in the middle of it."""
    with contextlib.suppress(ValueError):
        document = json.loads(text)
        if isinstance(document, dict):
            return document
    return {}


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
