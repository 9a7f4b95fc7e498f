"""A benchmark as charts: bars of ratios beside their limits, curves of growth; all scales are logarithmic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from math import ceil, floor, log10

from drt.bench.curve import Curve
from drt.bench.figure import Row
from drt.bench.report import Report
from drt.report.charts import HUES, Drawing
from drt.report.terminal.bench import bounds, shown

WIDTH = 760.0
_ROW, _LABELS, _VALUES = 22.0, 290.0, 150.0
_PLOT_HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 330.0, 62.0, 170.0, 56.0, 48.0
_LINE = 14.0
"""Least distance of two labels' base lines."""

FASTER = "How many times faster than cedarpy, and than others on direct grants"
COSTS = "Growth, reading, memory and tails as ratios: less is better"


@dataclass(frozen=True, slots=True)
class Scale:
    """Logarithmic scale from a number to a position; whole decades."""

    low: int
    high: int
    start: float
    end: float

    @classmethod
    def around(cls, values: Sequence[float], start: float, end: float) -> Scale:
        """Find the smallest range of decades that holds all values."""
        low, high = floor(log10(min(values))), ceil(log10(max(values)))
        return cls(low, max(high, low + 1), start, end)

    def place(self, value: float) -> float:
        """Return the position of a number; one beyond the scale goes to its end."""
        share = (log10(value) - self.low) / (self.high - self.low)
        return self.start + min(1.0, max(0.0, share)) * (self.end - self.start)

    @property
    def ticks(self) -> list[float]:
        """The powers of ten."""
        return [10.0**power for power in range(self.low, self.high + 1)]


def drawn(report: Report) -> Iterator[tuple[str, str]]:
    """File names and texts of all charts that the report has something for."""
    ratios = [row for row in report.rows if row.unit == "×"]
    faster = [row for row in ratios if row.group in ("authorizing", "others")]
    costs = [row for row in ratios if row.limit and row.limit.direction == "at most"]
    if faster:
        yield "faster.svg", bars(FASTER, faster)
    if costs:
        yield "costs.svg", slacks(COSTS, costs)
    for axis in dict.fromkeys(curve.axis for curve in report.curves):
        yield f"growth-by-{axis}.svg", growth(axis, [each for each in report.curves if each.axis == axis])


def bars(title: str, rows: Sequence[Row]) -> str:
    """Draw one bar per ratio, from 1 to its value, and a stroke at its limit."""
    drawing, scale = _ratios(title, rows, "ratio, logarithmic; a stroke: the limit that must be kept")
    for row, top in zip(rows, _tops(), strict=False):
        left, right = sorted((scale.place(1.0), scale.place(row.value)))
        drawing.bar(left, top + 4, right - left, _ROW - 9, _style(row, "hue0"))
        if row.limit:
            at = scale.place(row.limit.must)
            drawing.line((at, top + 1), (at, top + _ROW - 2), "limit")
    return drawing.whole()


def slacks(title: str, rows: Sequence[Row]) -> str:
    """Draw one dot per ratio, and a line to the stroke of its limit."""
    legend = "ratio, logarithmic; a dot: what was measured; a stroke: the limit that must be kept"
    drawing, scale = _ratios(title, rows, legend)
    for row, top in zip(rows, _tops(), strict=False):
        middle = top + _ROW / 2
        value = scale.place(row.value)
        if row.limit:
            at = scale.place(row.limit.must)
            drawing.curve([(value, middle), (at, middle)], _style(row, "hue0"), dots=False)
            drawing.line((at, top + 3), (at, top + _ROW - 3), "limit")
        drawing.dot((value, middle), 5, _style(row, "hue0"))
    return drawing.whole()


def _tops() -> Iterator[float]:
    return (_TOP + number * _ROW for number in count())


def _style(row: Row, good: str) -> str:
    return good if row.good else "bad"


def _ratios(title: str, rows: Sequence[Row], legend: str) -> tuple[Drawing, Scale]:
    """Draw one row per figure with its name, value and limit, on a scale of decades."""
    floor_at = _TOP + _ROW * len(rows)
    about = "; ".join(f"{row.figure}: {shown(row)}" for row in rows)
    drawing = Drawing(WIDTH, floor_at + _BOTTOM, title, about)
    limits = [row.limit.must for row in rows if row.limit]
    scale = Scale.around([1.0, *limits, *(row.value for row in rows)], _LABELS, WIDTH - _VALUES)
    drawing.text((16, 26), title, style="title")
    for tick in scale.ticks:
        drawing.line((scale.place(tick), _TOP - 6), (scale.place(tick), floor_at))
        drawing.text((scale.place(tick), floor_at + 16), f"{tick:,g}", style="quiet", anchor="middle")
    drawing.text((16, floor_at + 38), legend, style="quiet")
    for row, top in zip(rows, _tops(), strict=False):
        drawing.text((_LABELS - 10, top + 15), row.figure, anchor="end")
        drawing.text((WIDTH - _VALUES + 16, top + 15), shown(row), style=_style(row, "ink"))
        drawing.text((WIDTH - 16, top + 15), bounds(row.limit)[0], style="quiet", anchor="end")
    return drawing, scale


def growth(axis: str, curves: Sequence[Curve]) -> str:
    """Time of a request by size: one colour a workload, production drawn through and the others dashed."""
    title = f"Time of a request by number of {axis}"
    height = _TOP + _PLOT_HEIGHT + _BOTTOM
    drawing = Drawing(WIDTH, height, title, "; ".join(f"{each.name}: {each.says}" for each in curves))
    sizes = [size for curve in curves for size in curve.sizes]
    times = [time for curve in curves for points in curve.series.values() for _, time in points]
    across = Scale.around([float(size) for size in sizes], _LEFT, WIDTH - _RIGHT)
    up = Scale.around(times, _TOP + _PLOT_HEIGHT, _TOP)
    drawing.text((16, 26), title, style="title")
    _frame(drawing, across, up, axis)
    ends: list[tuple[float, str, str]] = []
    for number, curve in enumerate(curves):
        style = f"hue{number % len(HUES)}"
        about = curve.name.removeprefix("curve, ").removesuffix(f" by {axis}")
        for name, points in curve.series.items():
            placed = [(across.place(float(size)), up.place(time)) for size, time in points]
            drawing.curve(placed, style, dashed=name != "production")
            ends.append((placed[-1][1], f"{about}, {name}", style))
    for at, words, style in spread(ends):
        drawing.text((WIDTH - _RIGHT + 12, at + 4), words, style=style)
    return drawing.whole()


def _frame(drawing: Drawing, across: Scale, up: Scale, axis: str) -> None:
    bottom = _TOP + _PLOT_HEIGHT
    for tick in up.ticks:
        drawing.line((_LEFT, up.place(tick)), (WIDTH - _RIGHT, up.place(tick)))
        drawing.text((_LEFT - 8, up.place(tick) + 4), f"{tick:,g}", style="quiet", anchor="end")
    for tick in across.ticks:
        drawing.line((across.place(tick), bottom), (across.place(tick), bottom + 5))
        drawing.text((across.place(tick), bottom + 20), f"{tick:,g}", style="quiet", anchor="middle")
    drawing.text((16, _TOP - 12), "µs a request, logarithmic", style="quiet")
    drawing.text((_LEFT, bottom + 38), f"{axis}, logarithmic", style="quiet")


def spread(ends: Sequence[tuple[float, str, str]]) -> list[tuple[float, str, str]]:
    """Labels pushed down, and then as a whole up again, until none touches another."""
    placed: list[tuple[float, str, str]] = []
    for at, words, style in sorted(ends):
        placed.append((max(at, placed[-1][0] + _LINE) if placed else at, words, style))
    bottom = _TOP + _PLOT_HEIGHT
    raised: list[tuple[float, str, str]] = []
    for at, words, style in reversed(placed):
        raised.append((min(at, (raised[-1][0] - _LINE) if raised else bottom), words, style))
    return raised[::-1]
