"""Curves as inline SVG: one or two lines over the time of a run, each named where it ends.

Owns the scales. Colours are the page's; the numbers are also given in words.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from drt.report.markup import Markup, tag
from drt.report.series import Curve
from drt.report.words import lasting

WIDTH, HEIGHT = 560, 220
LEFT, RIGHT, TOP, BOTTOM = 52, 92, 14, 30
STEPS = (
    1,
    2,
    3,
    5,
    6,
    10,
    15,
    20,
    30,
    60,
    120,
    300,
    600,
    900,
    1800,
    3600,
    7200,
    10_800,
    21_600,
    43_200,
    86_400,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One curve and its name."""

    name: str
    curve: Curve


def chart(title: str, caption_text: str, lines: Sequence[Line], ceiling: float | None = None) -> Markup:
    """A figure of the lines, all over the same time and on the same scale; the names stand below each other,
    so the highest line comes first. `ceiling` is what the values can reach at most."""
    end = max(line.curve[-1][0] for line in lines)
    highest = max([value for line in lines for _, value in line.curve] + [ceiling or 0.0, 1.0])
    ticks = _ticks(highest)
    top = max(highest, ticks[-1])

    def x(at: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (at / end if end else 0.0), 1)

    def y(value: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top, 1)

    parts: list[Markup] = []
    for tick in ticks:
        parts.append(tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y(tick), y2=y(tick), class_="grid"))
        parts.append(tag("text", _number(tick), x=LEFT - 8, y=y(tick) + 4, class_="tick end"))
    for at in _times(end):
        parts.append(tag("text", _time(at, end), x=x(at), y=HEIGHT - 8, class_="tick mid"))
    if ceiling is not None:
        parts.append(tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y(ceiling), y2=y(ceiling), class_="ceiling"))
        parts.append(tag("text", f"all {ceiling:,.0f}", x=WIDTH - RIGHT + 8, y=y(ceiling) + 4, class_="tick"))
    floor = float(HEIGHT)
    for number, line in enumerate(lines):
        points = " ".join(f"{x(at)},{y(value)}" for at, value in line.curve)
        first, last = line.curve[0], line.curve[-1]
        if not number:
            area = f"M{x(first[0])},{y(0)} L{points} L{x(last[0])},{y(0)} Z"
            parts.append(tag("path", d=area, class_="area"))
        parts.append(tag("path", d=f"M{points}", class_=f"line line{number}"))
        floor = min(y(last[1]) + 4, HEIGHT - BOTTOM + 4) if not number else max(floor + 14, y(last[1]) + 4)
        parts.append(tag("text", line.name, x=WIDTH - RIGHT + 8, y=floor, class_=f"name name{number}"))
    drawing = tag(
        "svg", parts, viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", aria_label=f"{title}. {caption_text}"
    )
    caption = tag("figcaption", tag("b", title), " ", caption_text)
    return tag("figure", caption, drawing, class_="chart")


def _ticks(highest: float) -> list[float]:
    """Three to six round numbers from 0 to about the highest value."""
    rough = highest / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.999)
    return [step * number for number in range(math.floor(highest / step) + 1)]


def _times(end: float) -> list[float]:
    step = next((step for step in STEPS if end / step <= 6), STEPS[-1] * math.ceil(end / STEPS[-1] / 6))
    return [float(step * number) for number in range(math.floor(end / step) + 1)]


def _time(at: float, end: float) -> str:
    if end < 120:
        return f"{at:.0f} s"
    return f"{at / 60:.0f} min" if end < 7200 else f"{at / 3600:g} h"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"


def told_of(curve: Curve, unit: str) -> str:
    """A curve in words."""
    values = [value for _, value in curve]
    middle = sorted(values)[len(values) // 2]
    low, high = min(values), max(values)
    return (
        f"{low:,.0f} to {high:,.0f} {unit}, half the time above {middle:,.0f}, over {lasting(curve[-1][0])}"
    )
