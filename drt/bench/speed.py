"""Figures about authorizing: against cedarpy, and against ourselves at another size."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from drt.bench import grants
from drt.bench.applications import APPLICATIONS
from drt.bench.contestants.cedarpy import Cedarpy
from drt.bench.contestants.production import Production
from drt.bench.contestants.reference import Reference
from drt.bench.figure import Figure
from drt.bench.race import Ratio, prepared_for, race, ratio
from drt.bench.workload import Workload

ROUNDS = 11


def faster(make: Callable[[int], Workload], size: int, *, plain: bool, quick: bool) -> Ratio:
    """cedarpy's time by production's."""
    theirs, ours = race(prepared_for(make(size), [Cedarpy(), Production(plain)]), 5 if quick else ROUNDS)
    return ratio(theirs, ours)


def reference_time(make: Callable[[int], Workload], size: int, quick: bool) -> Ratio:
    """The reference's time by cedarpy's."""
    theirs, ours = race(prepared_for(make(size), [Cedarpy(), Reference()]), 5 if quick else ROUNDS)
    return ratio(ours, theirs)


def growth(make: Callable[[int], Workload], small: int, large: int, quick: bool) -> Ratio:
    """Production's time at a large size by its time at a small one."""
    both = [Production().prepare(make(size)) for size in (small, large)]
    before, after = race(both, 7 if quick else 2 * ROUNDS)
    return ratio(after, before)


def figures() -> list[Figure]:
    """The figures about authorizing."""
    found = []
    for name, make in APPLICATIONS.items():
        hard = name == "abac"
        native = partial(_faster, make, 1_000, False)
        plain = partial(_faster, make, 1_000, True)
        least = (12, 25) if hard else (25, 45)
        found.append(Figure(f"cedarpy ÷ ours, {name}", "at least", *least, native, True))
        found.append(
            Figure(f"cedarpy ÷ ours from dicts, {name}", "at least", 6 if hard else 10, 20, plain, True)
        )
    found += [
        Figure("cedarpy ÷ ours, 5,000 direct grants", "at least", 500, 2_000, _faster_at(grants.direct)),
        Figure("cedarpy ÷ ours, 5,000 many", "at least", 500, 2_000, _faster_at(grants.many)),
        Figure("own time, 5,000 ÷ 10 direct grants", "at most", 2, 1.5, _grown(grants.direct, 5_000), True),
        Figure("own time, 5,000 ÷ 10 many", "at most", 4, 2, _grown(grants.many, 5_000), True),
        Figure("own time, 100,000 ÷ 10 links", "at most", 2, 1.3, _grown(grants.links, 100_000)),
    ]
    for name, make in APPLICATIONS.items():
        measure = _grown(make, 100_000)
        found.append(Figure(f"own time, 100,000 ÷ 10 entities, {name}", "at most", 2, 1.3, measure))
        measure = partial(reference_time, make, 1_000)
        found.append(Figure(f"reference ÷ cedarpy, {name}", "at most", 1, None, measure))
    return found


def _faster(make: Callable[[int], Workload], size: int, plain: bool, quick: bool) -> Ratio:
    return faster(make, size, plain=plain, quick=quick)


def _faster_at(make: Callable[[int], Workload]) -> Callable[[bool], Ratio]:
    return partial(_faster, make, 5_000, False)


def _grown(make: Callable[[int], Workload], large: int) -> Callable[[bool], Ratio]:
    return partial(growth, make, 10, large)
