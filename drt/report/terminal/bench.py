"""The tables of a benchmark."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from drt.bench.curve import Curve
from drt.bench.figure import Limit, Row
from drt.bench.report import Report

_STYLES = {"missed": "bold red", "kept": "green", "stretch": "green", "measured": ""}


def bench_report(console: Console, report: Report) -> None:
    """Print the figures, the curves, the machine and a total."""
    if report.rows:
        console.print(_figures(report.rows))
    for curve in report.curves:
        console.print(_curve(curve))
    for line in report.absent:
        console.print(Text(line))
    console.print(Text(measured_on(report)), soft_wrap=True)
    console.print(Text(report.summary, style="bold" if report.good else "bold red"), soft_wrap=True)


def _figures(rows: Sequence[Row]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("figure", no_wrap=True)
    for name in ("value", "spread", "must", "stretch"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("verdict")
    for row in rows:
        must, stretch = bounds(row.limit)
        verdict = Text("" if row.verdict == "measured" else row.verdict, style=_STYLES[row.verdict])
        table.add_row(Text(row.figure), shown(row), f"±{row.spread / 2:.0%}", must, stretch, verdict)
    return table


def _curve(curve: Curve) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column(f"{curve.name} (µs a request)", no_wrap=True)
    for size in curve.sizes:
        table.add_column(f"{size:,}", justify="right")
    for name, points in curve.series.items():
        times = dict(points)
        cells = (f"{times[size]:,.2f}" if size in times else "–" for size in curve.sizes)
        table.add_row(Text(name), *cells)
    return table


def bounds(limit: Limit | None) -> tuple[str, str]:
    """Must and stretch as they are written."""
    if limit is None:
        return "", ""
    sign = "≥" if limit.direction == "at least" else "≤"
    stretch = "–" if limit.stretch is None else f"{sign} {limit.stretch:,g}"
    return f"{sign} {limit.must:,g}", stretch


def shown(row: Row) -> str:
    """Render the value of a row with its unit."""
    number = f"{row.value:,.0f}" if row.value >= 100 else f"{row.value:,.2f}"
    return number if row.unit == "×" else f"{number} {row.unit}"


def measured_on(report: Report) -> str:
    """When, on what, with which versions."""
    machine = report.machine
    versions = ", ".join(f"{name} {version}" for name, version in report.contestants.items())
    part = " (quick)" if report.quick else ""
    return (
        f"Measured{part} {report.date} on {machine['cores']} cores, {machine['platform']}, "
        f"{machine['python']}: {versions}"
    )
