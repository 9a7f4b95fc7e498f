"""The entity hierarchy: ancestors on demand, and the check that there is no cycle (spec 05 §4).

Law (ancestors): `above[x]` is the set of all uids reachable from x through one or more parents, whatever was
asked before. Entities with the same parents share one set, and sets are made when first asked for, so loading
costs linear time and memory for every shape: a chain of 100,000 as well as a fan of 100,000.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..errors import EntitiesError
from .uids import Uid

NOBODY: Final[frozenset[Uid]] = frozenset()
_CACHE_FLOOR: Final = 1_000_000


class Ancestors(dict[Uid, frozenset[Uid]]):
    """Proper ancestors by uid; looking up makes what is missing.

    The sets kept at one time hold no more members than a fixed multiple of the store's size; beyond that the
    cache starts afresh. Filling it from several threads at once is harmless: all make equal sets.
    """

    __slots__ = ("_held", "_limit", "_parents", "_shared")

    def __init__(self, parents: Mapping[Uid, frozenset[Uid]]) -> None:
        super().__init__()
        self._parents = parents
        self._shared: dict[frozenset[Uid], frozenset[Uid]] = {}
        self._held = 0
        self._limit = _CACHE_FLOOR + 32 * len(parents)

    def __missing__(self, uid: Uid) -> frozenset[Uid]:
        parents = self._parents.get(uid)
        if not parents:
            if parents is not None:
                self[uid] = NOBODY
            return NOBODY
        found = self._shared.get(parents)
        if found is None:
            found = self._close(parents)
            self._held += len(found)
            if self._held > self._limit:
                self.clear()
                self._shared.clear()
                self._held = len(found)
            self._shared[parents] = found
        self[uid] = found
        return found

    def _close(self, parents: frozenset[Uid]) -> frozenset[Uid]:
        reached = set(parents)
        pending = list(parents)
        while pending:
            further = self._parents.get(pending.pop())
            if not further:
                continue
            closed = self._shared.get(further)
            if closed is not None:
                reached |= closed
                continue
            for uid in further:
                if uid not in reached:
                    reached.add(uid)
                    pending.append(uid)
        return frozenset(reached) if len(reached) > len(parents) else parents


def check_acyclic(parents: Mapping[Uid, frozenset[Uid]]) -> None:
    """Raise `EntitiesError` if some entity is its own ancestor.

    Only an entity that is a parent and has parents can be on a cycle, so only those are walked.
    """
    mentioned: set[Uid] = set().union(*set(parents.values()))
    suspects = {uid: further for uid in mentioned if (further := parents.get(uid))}
    finished: set[Uid] = set()
    for start in suspects:
        if start not in finished:
            _walk(start, suspects, finished)


def _walk(start: Uid, suspects: Mapping[Uid, frozenset[Uid]], finished: set[Uid]) -> None:
    """Search depth-first from `start`; whatever it leaves for good goes to `finished`."""
    open_: set[Uid] = {start}
    path = [(start, iter(suspects[start]))]
    while path:
        uid, further = path[-1]
        for parent in further:
            if parent in open_:
                raise EntitiesError(f"{parent!r} is its own ancestor")
            if parent in suspects and parent not in finished:
                open_.add(parent)
                path.append((parent, iter(suspects[parent])))
                break
        else:
            path.pop()
            open_.discard(uid)
            finished.add(uid)
