"""Figures about our own time at a large size by that at a small one, measured side by side."""

from __future__ import annotations

from functools import partial

from drt.bench import direct_grants
from drt.bench.applications import APPLICATIONS
from drt.bench.contestants.production import Production
from drt.bench.controlled_mix import alike
from drt.bench.figure import Figure, at_most
from drt.bench.race import Measured, quickest, race
from drt.bench.workload import Maker, Workload

ROUNDS, QUICK_ROUNDS = 41, 15


def grown(small: Workload, large: Workload, sizes: tuple[int, int], quick: bool) -> Measured:
    """Production's time at the large size by its time at the small one, each in its quickest turn."""
    before, after = (f"{size:,}" for size in sizes)
    both = {before: Production().prepare(small), after: Production().prepare(large)}
    return quickest(race(both, QUICK_ROUNDS if quick else ROUNDS), after, before)


def entities(make: Maker, small: int, large: int, quick: bool) -> Measured:
    """Growth with the number of entities, on one mix of answers."""
    mixed = alike(make, (small, large), Production())
    return grown(mixed[small], mixed[large], (small, large), quick)


def policies(make: Maker, small: int, large: int, quick: bool) -> Measured:
    """Growth with the number of policies; requests are drawn the same way at both sizes."""
    return grown(make(small), make(large), (small, large), quick)


def figures() -> list[Figure]:
    """List the figures of this module."""
    found = [
        Figure(
            "own time, 5,000 ÷ 10 direct grants",
            "growth",
            "time of a request under so many policies that each name one user, one action and one document; "
            "every other request hits one; 2,000 entities",
            partial(policies, direct_grants.direct, 10, 5_000),
            at_most(2, 1.5),
            quick=True,
        ),
        Figure(
            "own time, 5,000 ÷ 10 many",
            "growth",
            "time of a request under so many policies of nine shapes over 2,000 entities; at 5,000 more of "
            "them apply to a request than at 10",
            partial(policies, direct_grants.many, 10, 5_000),
            at_most(4, 2),
            quick=True,
        ),
        Figure(
            "own time, 100,000 ÷ 10 links",
            "growth",
            "time of a request under so many links of three templates; a request meets as many at any size",
            partial(policies, direct_grants.links, 10, 100_000),
            at_most(2, 1.3),
        ),
    ]
    says = (
        "time of a request over so many entities; both sizes are asked 200 requests, as many of each sort "
        "(action, decision, determining policies, errors)"
    )
    for name, make in APPLICATIONS.items():
        measure = partial(entities, make, 10, 100_000)
        found.append(
            Figure(f"own time, 100,000 ÷ 10 entities, {name}", "growth", says, measure, at_most(2, 1.3))
        )
    return found
