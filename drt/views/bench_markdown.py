"""A benchmark as the README shows it: tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from drt.bench.curve import Curve
from drt.bench.figure import Row
from drt.bench.report import Report
from drt.views.bench import bounds, measured_on, shown

_SIGNS = {"stretch": "stretch", "kept": "kept", "missed": "**missed**", "told": ""}


def markdown(report: Report) -> str:
    """The whole report; ends with a newline."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"{measured_on(report)}."
    yield f"{report.summary}."
    if report.rows:
        yield ""
        yield "| figure | value | must | stretch | verdict |"
        yield "|---|--:|--:|--:|---|"
        yield from map(_row, report.rows)
    for axis in dict.fromkeys(curve.axis for curve in report.curves):
        yield ""
        yield from _curves([curve for curve in report.curves if curve.axis == axis], axis)


def _row(row: Row) -> str:
    must, stretch = bounds(row.limit)
    return f"| {row.figure} | {shown(row)} | {must} | {stretch} | {_SIGNS[row.verdict]} |"


def _curves(curves: list[Curve], axis: str) -> Iterator[str]:
    sizes = sorted({size for curve in curves for size in curve.sizes})
    yield f"| µs a request, by {axis} | " + " | ".join(f"{size:,}" for size in sizes) + " |"
    yield "|---" + "|--:" * len(sizes) + "|"
    for curve in curves:
        title = curve.name.removeprefix("curve, ").removesuffix(f" by {axis}")
        for name, points in curve.series.items():
            times = dict(points)
            cells = " | ".join(f"{times[size]:,.2f}" if size in times else "–" for size in sizes)
            yield f"| {title}: {name} | {cells} |"
