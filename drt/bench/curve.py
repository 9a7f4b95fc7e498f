"""A growth curve: the time of a request at ever larger sizes, by contestant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Points: TypeAlias = tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """Microseconds a request by size of what the axis names, for each contestant."""

    name: str
    says: str
    axis: str
    series: Mapping[str, Points]

    @property
    def sizes(self) -> tuple[int, ...]:
        """Every size that somebody was measured at."""
        return tuple(sorted({size for points in self.series.values() for size, _ in points}))

    def to_json(self) -> dict[str, Any]:
        """The curve as JSON; `from_json` reads it."""
        series = {name: [list(point) for point in points] for name, points in self.series.items()}
        return {"curve": self.name, "says": self.says, "axis": self.axis, "series": series}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Curve:
        """The curve that `to_json` wrote."""
        series = {
            name: tuple((int(size), float(time)) for size, time in points)
            for name, points in data["series"].items()
        }
        return cls(data["curve"], data["says"], data["axis"], series)
