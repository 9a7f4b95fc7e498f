"""Progress of a run over time: its cases, its decisions, the coverage bins it had reached.

Times are seconds of the run, so that an interrupted and resumed run is one curve.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from drt.coverage.bins import bins
from drt.run.footer import Footer
from drt.run.log import RunLog
from drt.run.records import Event, Progress, Reached, Resumed

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


def gather_series(log: RunLog, footer: Footer) -> Series:
    """Read the curves of a run with this footer."""
    elapsed = _clock(log)
    samples = [event for event in log.events if isinstance(event, Progress)]
    end = footer.seconds
    cases = _curve([(event.elapsed, event.cases) for event in samples], (end, footer.counts.cases))
    decisions = _curve(
        [(event.elapsed, event.decisions) for event in samples], (end, footer.counts.decisions)
    )
    known, first = bins(), dict[str, float]()
    for event in log.events:
        if isinstance(event, Reached):
            for name in event.features:
                if name in known:
                    first.setdefault(name, min(max(elapsed(event), 0.0), end))
    ordered = sorted((at, name) for name, at in first.items())
    return Series(end, cases, decisions, tuple(ordered))


def _curve(samples: Sequence[tuple[float, int]], last: tuple[float, int]) -> Curve:
    """Draw samples as a curve that never falls, from nothing to the last point; empty without samples."""
    if not samples:
        return ()
    points, most = [(0.0, 0.0)], 0.0
    for at, value in samples:
        most = max(most, float(value))
        points.append((at, most))
    return (*points, (max(last[0], points[-1][0]), max(most, float(last[1]))))


def growth(all_of_them: Sequence[Series]) -> Curve:
    """Count the coverage bins that any of the runs had reached, as steps."""
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


def _clock(log: RunLog) -> Callable[[Event], float]:
    """Make a function from an event to the seconds into the run, without pauses."""
    begins = [(log.header.at, 0.0)]
    begins += [(event.at, event.elapsed) for event in log.events if isinstance(event, Resumed)]

    def elapsed(event: Event) -> float:
        began, before = next((pair for pair in reversed(begins) if pair[0] <= event.at), begins[0])
        return before + event.at - began

    return elapsed
