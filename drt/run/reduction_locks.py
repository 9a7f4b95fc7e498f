"""Per-bug locks: at most one worker reduces a bug, and hopeless bugs are not retried forever.

The locks are files in the run's folder; workers of a run communicate through nothing else.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType

from msgspec import Struct, field

from drt.engines.orphaned_workers import is_at_work
from drt.model.records import from_json, to_json
from drt.run.log import replace_json

MOST_BUCKETS = 12
"""Buckets of one coarse key that are reduced in one run; later ones are only counted."""

MAX_ATTEMPTS = 4
"""Reductions of one coarse key that may yield a known bucket, or nothing, before no more are tried."""


class _Lock(Struct):
    """The state of one coarse key.

    Holds the process working on it, the reductions begun, the features of each bucket, and the findings that
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
    """The locks of one run, as one worker sees them.

    `seen` counts its divergences by coarse key.
    """

    def __init__(self, folder: Path, seen: Mapping[str, int] = MappingProxyType({})) -> None:
        self._folder = folder
        self._known: dict[str, _Lock] = {}
        self._buckets: set[str] = set()
        self.seen = Counter(seen)

    def is_worth(self, key: str, features: Callable[[], tuple[str, ...]], find: str = "") -> bool:
        """Count a divergence of this coarse key, and decide whether it may be worth reducing.

        A divergence on a case that has all the features of a bucket of the same coarse key is taken for one
        of that bucket, except for the second, fourth, eighth, … of them: another bug may hide behind it.
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
        """Take the lock of this coarse key, if it is free and worth it; the caller must then call `finish`.

        `find` is the number of the finding in the run. A finding begun by a process that was killed is
        resumed, whatever others have found meanwhile, since part of it is saved. `again` says that the caller
        has time for a key that was reduced before.
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
        """Return how many reductions of this coarse key the run has begun, as far as this worker knows."""
        known = self._known.get(key)
        return 0 if known is None else known.began

    def has_bucket(self, signature: str) -> bool:
        """Whether a pursuit of this run has led to the bucket before."""
        if signature not in self._buckets:
            for path in self._folder.glob("*.json"):
                self._buckets.update(_read(path.read_text(encoding="utf-8")).buckets)
        return signature in self._buckets

    def sights(self) -> Counter[str]:
        """Count the divergences met by bucket, as far as this worker knows."""
        seen: Counter[str] = Counter()
        for path in self._folder.glob("*.json"):
            lock = _read(path.read_text(encoding="utf-8"))
            for signature in lock.buckets:
                seen[signature] += max(self.seen[lock.key], lock.began)
        return seen

    def release_crashed(self, process: int) -> None:
        """Release the locks of a process that was killed from outside; its attempts do not count."""
        for path in self._folder.glob("*.json"):
            if key := _read(path.read_text(encoding="utf-8")).key:
                with self._claim(key) as claim:
                    if claim.owner == process:
                        claim.owner = None
                        claim.began = max(len(claim.buckets), claim.began - 1)
                        claim.open = list(dict.fromkeys(claim.open))

    def finish(self, key: str, signature: str, features: tuple[str, ...], find: str = "") -> None:
        """Release a lock, and record the bucket that the reduction led to, once all of it is saved."""
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
    """Release the locks of all processes that were killed from outside; their attempts do not count.

    To be called while no worker runs.
    """
    for path in folder.glob("*.json"):
        claim = _read(path.read_text(encoding="utf-8"))
        if claim.key:
            claim.owner, claim.began = None, len(claim.buckets)
            claim.open = list(dict.fromkeys(claim.open))
            replace_json(path, claim)


def merge_locks(folder: Path, before: Mapping[str, bytes], after: Mapping[str, bytes]) -> None:
    """Add to the locks what work elsewhere has done: it began with the files `before`, and left `after`."""
    for name, content in after.items():
        if content == before.get(name):
            continue
        lock = _read((folder / name).read_text(encoding="utf-8") if (folder / name).exists() else "")
        base, theirs = _read(before.get(name, b"").decode()), _read(content.decode())
        lock.key, lock.owner = theirs.key, None
        lock.began += max(0, theirs.began - base.began)
        lock.buckets = {**theirs.buckets, **lock.buckets}
        ended = set(base.open) - set(theirs.open)
        begun = [find for find in theirs.open if find not in base.open]
        lock.open = [*(find for find in lock.open if find not in ended), *begun]
        replace_json(folder / name, lock)


def _read(text: str) -> _Lock:
    """Read a lock file; a new lock if there is none yet or its writer died in the middle of it."""
    try:
        return from_json(json.loads(text), _Lock)
    except ValueError:
        return _Lock()
