"""Growth curves: the time of a request at ever larger sizes (entities, policies, links), by contestant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from msgspec import Struct, field

from drt.bench import direct_grants
from drt.bench.applications import APPLICATIONS
from drt.bench.contestants.cedarpy import Cedarpy
from drt.bench.contestants.contestant import Contestant, Prepared
from drt.bench.contestants.production import Production
from drt.bench.controlled_mix import alike
from drt.bench.race import prepared_for, race
from drt.bench.workload import Maker, Workload

ROUNDS = 15
SLOW = 1_000
"""Number of policies from which a contestant with linear time gets few requests."""
FEW = 20
LINEAR_UP_TO = 10_000
"""Number of links beyond which a contestant with linear time gets no requests."""

ENTITIES = (10, 100, 1_000, 10_000, 100_000)
POLICIES = (10, 100, 1_000, 5_000)
LINKS = (10, 100, 1_000, 10_000, 100_000)

Points: TypeAlias = tuple[tuple[int, float], ...]


class Curve(Struct, frozen=True):
    """Microseconds a request by size of what the axis names, for each contestant."""

    name: str = field(name="curve")
    says: str
    axis: str
    series: Mapping[str, Points]

    @property
    def sizes(self) -> tuple[int, ...]:
        """List every size at which some contestant was measured."""
        return tuple(sorted({size for points in self.series.values() for size, _ in points}))


@dataclass(frozen=True, slots=True)
class Plan:
    """A curve that can be measured."""

    name: str
    says: str
    axis: str
    measure: Callable[[], Mapping[str, Points]]
    quick: bool = False

    def measured(self) -> Curve:
        """Measure the curve; raises `Disagreement`."""
        return Curve(self.name, self.says, self.axis, self.measure())


def by_entities(make: Maker) -> Mapping[str, Points]:
    """Both engines on one mix of answers at every number of entities."""
    return _raced(alike(make, ENTITIES, Production()))


def by_policies(make: Maker, sizes: tuple[int, ...]) -> Mapping[str, Points]:
    """Both engines under ever more policies."""
    return _raced({size: make(size) for size in sizes})


def _raced(workloads: Mapping[int, Workload]) -> Mapping[str, Points]:
    """All sizes in one race, after the answers at each were compared."""
    entrants: dict[tuple[str, int], Prepared] = {}
    for size, workload in workloads.items():
        contestants: list[Contestant] = [Production()]
        if workload.policy_count <= LINEAR_UP_TO:
            contestants.append(Cedarpy())
        for name, prepared in prepared_for(workload, contestants).items():
            is_slow = name == Cedarpy().name and workload.policy_count >= SLOW
            entrants[name, size] = prepared.first(FEW) if is_slow else prepared
    series: dict[str, list[tuple[int, float]]] = {}
    for (name, size), timing in race(entrants, ROUNDS).items():
        series.setdefault(name, []).append((size, min(timing.rounds)))
    return {name: tuple(points) for name, points in series.items()}


def plans() -> list[Plan]:
    """Every curve."""
    parsed = "requests and stores read beforehand, in the quickest of several turns"
    found = [
        Plan(
            f"curve, {name} by entities",
            f"time of a request over so many entities, {parsed}; one mix of answers at every size",
            "entities",
            partial(by_entities, make),
        )
        for name, make in APPLICATIONS.items()
    ]
    growing: tuple[tuple[str, str, Maker, tuple[int, ...]], ...] = (
        ("direct grants", "policies", direct_grants.direct, POLICIES),
        ("many", "policies", direct_grants.many, POLICIES),
        ("linked grants", "links of three templates", direct_grants.links, LINKS),
    )
    for name, axis, make, sizes in growing:
        says = (
            f"time of a request under so many {axis}, {parsed}; cedarpy is asked fewer requests from 1,000 on"
        )
        found.append(
            Plan(
                f"curve, {name} by {axis.split()[0]}",
                says,
                axis.split()[0],
                partial(by_policies, make, sizes),
            )
        )
    return found
