"""Engines beside cedarpy, where they are installed: each on direct grants, which all of them can express."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

from drt.bench import direct_grants
from drt.bench.contestants import cedar_wasm
from drt.bench.contestants.contestant import Contestant
from drt.bench.contestants.production import Production
from drt.bench.figure import Figure
from drt.bench.race import Measured
from drt.bench.speed import versus

POLICIES = 1_000


@dataclass(frozen=True, slots=True)
class Other:
    """An optional engine: how to install it, and the way in which it is called."""

    name: str
    install: str
    way: str
    version: Callable[[], str | None]
    make: Callable[[], Contestant]


def _contestant(module: str, name: str) -> Contestant:
    """Load a contestant when it is wanted: its engine may not be installed."""
    made: Contestant = getattr(import_module(f"drt.bench.contestants.{module}"), name)()
    return made


def _distribution(name: str) -> str | None:
    """Return the version of a Python package that is installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


OTHERS = (
    Other(
        "cedar-wasm",
        f"npm install {cedar_wasm.PACKAGE}",
        "policies parsed beforehand, no entities, timed inside node",
        cedar_wasm.version,
        cedar_wasm.CedarWasm,
    ),
    Other(
        "casbin",
        "pip install casbin",
        "FastEnforcer keyed by subject and object",
        partial(_distribution, "casbin"),
        partial(_contestant, "casbin", "Casbin"),
    ),
    Other(
        "oso",
        "pip install oso",
        "one fact a grant",
        partial(_distribution, "oso"),
        partial(_contestant, "oso", "Oso"),
    ),
)


def absent() -> tuple[str, ...]:
    """Name the engines that are not installed, a line each."""
    return tuple(f"not installed: {each.name} ({each.install})" for each in OTHERS if each.version() is None)


def versions() -> dict[str, str]:
    """Those that are installed, in which version."""
    return {each.name: found for each in OTHERS if (found := each.version()) is not None}


def versus_production(other: Other, quick: bool) -> Measured:
    """Measure the other's time by production's; decisions are compared first."""
    return versus(direct_grants.direct, POLICIES, other.make(), Production(), None, quick)


def figures() -> list[Figure]:
    """List a figure for each engine that is installed."""
    return [
        Figure(
            f"{each.name} ÷ ours, 1,000 direct grants",
            "others",
            f"time of a request under 1,000 grants of one action on one document to one user; {each.way}",
            partial(versus_production, each),
        )
        for each in OTHERS
        if each.version() is not None
    ]
