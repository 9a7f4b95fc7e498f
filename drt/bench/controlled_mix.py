"""One mix of answers at every number of entities, so that growth is not read off easier or harder requests.

Requests are drawn in plenty, sorted by what they ask and how they are answered (action, decision, determining
policies, errors), and picked so that each sort has the same number at every size. A small world that lacks a
sort is drawn again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice
from typing import TypeAlias

from drt.bench.contestants.contestant import Answer, Contestant
from drt.bench.workload import REQUESTS, Json, Maker, Workload, seeded

Sort: TypeAlias = tuple[str, Answer]
Quotas: TypeAlias = Mapping[Sort, int]

PLENTY = 3_000
MODEL = 1_000
"""The size whose mix of answers is the model."""

WORLDS: tuple[tuple[int, int], ...] = ((50, 60), (500, 8))
"""Up to so many entities, so many worlds are drawn; of larger ones, one."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """A workload whose requests were sorted by a contestant's answers."""

    workload: Workload
    requests: Mapping[Sort, Sequence[Json]]

    def share(self, model: Mapping[Sort, int]) -> float:
        """Return the share of the model's mix that has a counterpart here."""
        return sum(count for sort, count in model.items() if sort in self.requests) / sum(model.values())


def alike(make: Maker, sizes: Sequence[int], contestant: Contestant) -> dict[int, Workload]:
    """Make a workload of each size with the same number of requests of each sort, in the same order."""
    model = _counts(_sorted(make(MODEL, PLENTY), contestant))
    worlds = {size: _best(make, size, contestant, model) for size in sizes}
    quotas = shared_quotas(model, [set(world.requests) for world in worlds.values()])
    return {size: _picked(world, quotas) for size, world in worlds.items()}


def shared_quotas(model: Mapping[Sort, int], available: Sequence[set[Sort]]) -> Quotas:
    """Choose how many requests of each sort make up the model's shares of allowed, denied and erring ones.

    Only sorts that are available everywhere count.
    """
    common = {sort: count for sort, count in model.items() if all(sort in each for each in available)}
    if not common:
        raise ValueError("no sort of request occurs at every size")
    wanted = _by_kind(model)
    there = _by_kind(common)
    covered = sum(wanted[kind] for kind in there)
    weights = {
        sort: count / there[_kind(sort)] * wanted[_kind(sort)] / covered for sort, count in common.items()
    }
    return _apportioned(weights, REQUESTS)


def _kind(sort: Sort) -> tuple[str, bool]:
    return sort[1].decision, bool(sort[1].erring)


def _by_kind(counts: Mapping[Sort, int]) -> Counter[tuple[str, bool]]:
    found: Counter[tuple[str, bool]] = Counter()
    for sort, count in counts.items():
        found[_kind(sort)] += count
    return found


def _apportioned(weights: Mapping[Sort, float], total: int) -> dict[Sort, int]:
    """`total` split by weights that add up to one: the largest remainders are rounded up."""
    parts = {sort: int(weight * total) for sort, weight in weights.items()}
    by_remainder = sorted(weights, key=lambda sort: parts[sort] - weights[sort] * total)
    for sort in by_remainder[: total - sum(parts.values())]:
        parts[sort] += 1
    return {sort: count for sort, count in parts.items() if count}


def _sorted(made: Workload, contestant: Contestant) -> Sorted:
    requests: dict[Sort, list[Json]] = {}
    for asked, answer in zip(made.requests, contestant.prepare(made).answers(), strict=True):
        requests.setdefault((asked["action"]["id"], answer), []).append(asked)
    return Sorted(made, requests)


def _counts(world: Sorted) -> dict[Sort, int]:
    return {sort: len(requests) for sort, requests in world.requests.items()}


def _best(make: Maker, size: int, contestant: Contestant, model: Mapping[Sort, int]) -> Sorted:
    """Return the world of this size that covers most of the model's mix."""
    tries = next((count for largest, count in WORLDS if size <= largest), 1)
    worlds = (_sorted(make(size, PLENTY, world), contestant) for world in range(tries))
    return max(worlds, key=lambda world: world.share(model))


def _picked(world: Sorted, quotas: Quotas) -> Workload:
    """Pick requests as the quotas say; a small world's requests repeat."""
    ordered = sorted(quotas, key=lambda sort: (sort[0], sort[1].key))
    picked = [each for sort in ordered for each in islice(cycle(world.requests[sort]), quotas[sort])]
    seeded("mix", len(picked)).shuffle(picked)
    return replace(world.workload, requests=tuple(picked))
