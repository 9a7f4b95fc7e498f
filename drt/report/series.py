"""How a run went over time: its cases, its decisions, the cells of the language it had reached.

Owns the curves. Times are seconds of the run, so that a run that was cut off and gone on with is one curve.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from drt.coverage.bins import bins
from drt.run.log import Event, RunLog

Curve = tuple[tuple[float, float], ...]
"""Points of time and value, in order of time; between two of them the value goes straight."""


@dataclass(frozen=True, slots=True)
class Series:
    """Curves of one run, empty if the log has no samples.

    `cases` and `decisions` are running totals; `first` is the time at which each coverage bin was reached.
    """

    seconds: float
    cases: Curve
    decisions: Curve
    first: tuple[tuple[float, str], ...]


def gather_series(log: RunLog, footer: Mapping[str, Any]) -> Series:
    """Read the curves of a run with this footer."""
    elapsed = _clock(log)
    samples = [event for event in log.events if event["event"] == "progress" and "elapsed" in event]
    end = float(footer["seconds"])
    curves = {}
    for name in ("cases", "decisions"):
        points, most = [(0.0, 0.0)], 0.0
        for event in samples:
            most = max(most, float(event[name]))
            points.append((float(event["elapsed"]), most))
        final = max(most, float(footer[name]))
        curves[name] = (*points, (max(end, points[-1][0]), final)) if samples else ()
    known, first = bins(), dict[str, float]()
    for event in log.events:
        if event["event"] == "reached":
            for name in event["features"]:
                if name in known:
                    first.setdefault(str(name), min(max(elapsed(event), 0.0), end))
    ordered = sorted((at, name) for name, at in first.items())
    return Series(end, curves["cases"], curves["decisions"], tuple(ordered))


def growth(all_of_them: Sequence[Series]) -> Curve:
    """How many different cells had been reached, by any of the runs, as steps."""
    first: dict[str, float] = {}
    for series in all_of_them:
        for at, name in series.first:
            first[name] = min(at, first.get(name, at))
    end = max((series.seconds for series in all_of_them), default=0.0)
    points, number = [(0.0, 0.0)], 0
    for at, fresh in sorted(Counter(first.values()).items()):
        points += [(at, float(number)), (at, float(number + fresh))]
        number += fresh
    return (*points, (end, float(len(first)))) if first else ()


def rates(curves: Sequence[Curve], parts: int) -> Curve:
    """Compute the summed increase per second in equal intervals of time, at their middles."""
    curves = [curve for curve in curves if len(curve) > 1]
    end = max((curve[-1][0] for curve in curves), default=0.0)
    if end <= 0.0:
        return ()
    borders = [end * number / parts for number in range(parts + 1)]
    totals = [sum(value_at(curve, at) for curve in curves) for at in borders]
    pairs = zip(pairwise(borders), pairwise(totals), strict=True)
    return tuple(
        ((low + high) / 2, (after - before) / (high - low)) for (low, high), (before, after) in pairs
    )


def value_at(curve: Curve, at: float) -> float:
    """Interpolate the value at a time; outside of the curve, use its nearest end."""
    after = bisect_right(curve, at, key=lambda point: point[0])
    if after == 0:
        return curve[0][1]
    if after == len(curve):
        return curve[-1][1]
    (low, before), (high, later) = curve[after - 1], curve[after]
    return before + (later - before) * (at - low) / (high - low)


def _clock(log: RunLog) -> Any:
    """Make a function from an event to the seconds into the run, without pauses."""
    begins = [(float(log.header["at"]), 0.0)]
    begins += [(float(e["at"]), float(e["elapsed"])) for e in log.events if e["event"] == "resumed"]

    def elapsed(event: Event) -> float:
        at = float(event["at"])
        began, before = next((pair for pair in reversed(begins) if pair[0] <= at), begins[0])
        return before + at - began

    return elapsed
