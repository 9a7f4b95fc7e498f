"""Tables of a benchmark in Markdown, as in docs/benchmarks.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from drt.bench.curve import Curve
from drt.bench.figure import Limit, Row
from drt.bench.report import Report
from drt.report.terminal.bench import bounds, measured_on, shown

_SIGNS = {"stretch": "stretch", "kept": "kept", "missed": "**missed**", "measured": ""}


def markdown(report: Report) -> str:
    """Render the whole report, ending with a newline."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"{measured_on(report)}."
    yield f"{report.summary}."
    if report.rows:
        yield ""
        yield "| figure | value | must | stretch | verdict |"
        yield "|---|--:|--:|--:|---|"
        yield from _merged(report.rows)
    for axis in dict.fromkeys(curve.axis for curve in report.curves):
        yield ""
        yield from _curves([curve for curve in report.curves if curve.axis == axis], axis)


def _merged(rows: Sequence[Row]) -> Iterator[str]:
    """Merge figures whose names differ only after the last comma into one row."""
    lines: dict[tuple[str, Limit | None], list[Row]] = {}
    for row in rows:
        base, _, variant = row.figure.rpartition(", ")
        lines.setdefault((base or variant, row.limit), []).append(row)
    for (base, limit), alike in lines.items():
        must, stretch = bounds(limit)
        variants = ", ".join(row.figure.rpartition(", ")[2] for row in alike)
        name = base if variants == base else f"{base}: {variants}"
        verdicts = [_SIGNS[row.verdict] for row in alike]
        verdict = verdicts[0] if len(set(verdicts)) == 1 else ", ".join(verdicts)
        yield f"| {name} | {' · '.join(map(shown, alike))} | {must} | {stretch} | {verdict} |"


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
