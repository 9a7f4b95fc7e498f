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
from hashlib import blake2b
from pathlib import Path

from msgspec import Struct, field

from drt.engines.orphaned_workers import is_at_work
from drt.model.records import from_json, to_json
from drt.run.log import replace_json

MOST_BUCKETS = 12
"""Buckets of one coarse key that are reduced in one run; what comes after is counted only."""

MAX_ATTEMPTS = 4
"""Pursuits of one coarse key that may end in a bucket already known, or in nothing, before they stop."""


class _Lock(Struct):
    """The state of one coarse key.

    Holds the process at work on it, the pursuits begun, the features of each bucket, and the findings that
    are begun and not finished.
    """

    key: str = ""
    owner: int | None = None
    began: int = 0
    buckets: dict[str, list[str]] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)

    @property
    def spent(self) -> bool:
        return len(self.buckets) >= MOST_BUCKETS or self.began - len(self.buckets) >= MAX_ATTEMPTS


class ReductionLocks:
    """The claims of one run, as one worker sees them. `seen` counts the divergences met, by coarse key."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, _Lock] = {}
        self.seen: Counter[str] = Counter()

    def is_worth(self, key: str, features: Callable[[], tuple[str, ...]], find: str = "") -> bool:
        """Whether a divergence of this coarse key is worth a pursuit, as far as this worker knows; counts it.

        A divergence on a case that has all the features of a bucket of the same coarse key is taken for one
        of that bucket, but for the second, fourth, eighth, … of them: another bug may hide behind it.
        """
        self.seen[key] += 1
        seen = self.seen[key]
        known = self._known.get(key)
        if known is None or not known.buckets or find in known.open:
            return True
        if known.spent:
            return False
        mine = set(features())
        covered = any(mine.issuperset(bucket) for bucket in known.buckets.values())
        return not covered or not seen & (seen - 1)

    def acquire(self, key: str, find: str = "", again: bool = True) -> bool:
        """Whether the caller is to pursue a divergence of this coarse key; it then owes a `finish`.

        `find` is the name of this find in the run. One that was begun by a process that was killed is
        resumed, whatever others have found meanwhile: part of it is saved. `again` says that the caller has
        time for a key that was pursued before.
        """
        known = self._known.get(key)
        with self._claim(key) as claim:
            working = claim.owner not in (None, os.getpid()) and is_at_work(claim.owner, self._folder.parent)
            begun = claim.open.count(find)
            if begun >= MAX_ATTEMPTS or (
                not begun
                and (
                    working
                    or claim.spent
                    or (claim.buckets and known is None)
                    or (claim.began > 0 and not again)
                )
            ):
                return False
            if find:
                claim.open.append(find)
            claim.owner = os.getpid()
            claim.began += 1
            return True

    def pursuits(self, key: str) -> int:
        """How often the run has begun to pursue this coarse key, as far as this worker knows."""
        known = self._known.get(key)
        return 0 if known is None else known.began

    def release_crashed(self, process: int) -> None:
        """Take back what a process that was killed from outside had begun: it was not in vain."""
        for path in self._folder.glob("*.json"):
            if key := _read(path.read_text(encoding="utf-8")).key:
                with self._claim(key) as claim:
                    if claim.owner == process:
                        claim.owner = None
                        claim.began = max(len(claim.buckets), claim.began - 1)
                        claim.open = list(dict.fromkeys(claim.open))

    def finish(self, key: str, signature: str, features: tuple[str, ...], find: str = "") -> None:
        """Record the bucket that a pursuit led to, once all of it is saved."""
        with self._claim(key) as claim:
            claim.owner = None
            claim.open = [begun for begun in claim.open if begun != find]
            claim.buckets[signature] = list(features)

    @contextlib.contextmanager
    def _claim(self, key: str) -> Iterator[_Lock]:
        path = self._folder / f"{blake2b(key.encode(), digest_size=8).hexdigest()}.json"
        with path.open("a+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            before = file.read()
            claim = _read(before)
            claim.key = key
            yield claim
            self._known[key] = claim
            if (after := json.dumps(to_json(claim))) != before:
                file.seek(0)
                file.truncate()
                file.write(after)


def release(folder: Path) -> None:
    """Free what processes that were killed from outside had claimed: their pursuits were not in vain.

    For a time when nobody is at work.
    """
    for path in folder.glob("*.json"):
        claim = _read(path.read_text(encoding="utf-8"))
        if claim.key:
            claim.owner, claim.began = None, len(claim.buckets)
            claim.open = list(dict.fromkeys(claim.open))
            replace_json(path, claim)


def _read(text: str) -> _Lock:
    """Read a lock file; a new lock where there is none yet or its writer died in the middle of it."""
    try:
        return from_json(json.loads(text), _Lock)
    except ValueError:
        return _Lock()
