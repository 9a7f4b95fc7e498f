"""Everything that can be measured, in the order of the table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import TypeAlias

from drt.bench import comparing, costs, curve, growth, latency, listings, native, other_engines, speed
from drt.bench.contestants import cedar_rust, cedarpy, production
from drt.bench.curve import Curve, Plan
from drt.bench.figure import Figure, Row, measured

Item: TypeAlias = Figure | Plan


def every_item() -> list[Item]:
    """List the figures, then the curves."""
    figures = (
        *speed.figures(),
        *growth.figures(),
        *costs.figures(),
        *latency.figures(),
        *listings.figures(),
        *comparing.figures(),
        *native.figures(),
        *other_engines.figures(),
    )
    return [*figures, *curve.plans()]


def chosen(only: Sequence[str], quick: bool) -> list[Item]:
    """Choose the items of these names; of the quick part, those that are in it."""
    return [
        each
        for each in every_item()
        if (each.quick or not quick) and any(fnmatchcase(each.name, glob) for glob in only)
    ]


def measurements(items: Sequence[Item], quick: bool) -> Iterator[Row | Curve]:
    """Measure each item; raises `Disagreement`."""
    for item in items:
        yield measured(item, quick) if isinstance(item, Figure) else item.measured()


def versions() -> dict[str, str]:
    """Return the contestants with their versions; the reference comes with production."""
    ours = dict.fromkeys(("production", "reference"), production.VERSION)
    rust = cedar_rust.version()
    native = {} if rust is None else {"cedar-rust": rust}
    return {**ours, "cedarpy": cedarpy.VERSION, **native, **other_engines.versions()}
