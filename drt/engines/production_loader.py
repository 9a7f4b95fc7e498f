"""A loader of batched evaluation (spec 09 §9) over a store of production; it notes what it is asked for."""

from __future__ import annotations

from collections.abc import Iterable

from drt.model.outcome import canonical_entity
from drt.model.question import LoaderKind
from production import Entities, Entity, Uid


class StoreLoader:
    """A loader of a store's entities; `loads` are the uids of its calls, sorted."""

    def __init__(self, store: Entities, kind: LoaderKind) -> None:
        self._store = store
        self._kind = kind
        self.loads: list[tuple[str, ...]] = []

    def load(self, uids: frozenset[Uid]) -> dict[Uid, Entity | None]:
        """Return the entities with these uids, or more or fewer, as the kind of the loader says."""
        self.loads.append(texts(uids))
        wanted = uids.union(self._store.parents) if self._kind == "more" else uids
        return {uid: self._loaded(uid) for uid in wanted if self._kind != "less" or uid in self._store}

    def _loaded(self, uid: Uid) -> Entity | None:
        found = self._store.get(uid)
        if found is None:
            return None
        return Entity(uid, found.attributes, self._store.ancestors(uid), found.tags)


def texts(uids: Iterable[Uid]) -> tuple[str, ...]:
    """Write uids, sorted."""
    return tuple(sorted(canonical_entity(uid.type, uid.id) for uid in uids))
