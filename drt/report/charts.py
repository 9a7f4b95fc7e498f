"""Charts as SVG: shapes with classes, and the curves of a run over its time.

A chart is a file of its own, with a style sheet for light and dark, or part of a page, in the page's colours.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from drt.report.series import Curve
from drt.report.words import lasting

HUES = (("#2a78d6", "#3987e5"), ("#d9541e", "#e8743f"), ("#12875d", "#2fb886"), ("#5b49b8", "#9c92ee"))
"""Colours of series, each for light and for dark ground; they differ in lightness too."""

_LIGHT = {"ground": "#fcfcfb", "ink": "#0b0b0b", "quiet": "#52514e", "grid": "#e1e0d9", "bad": "#c62f2f"}
_DARK = {"ground": "#1a1a19", "ink": "#f6f5f1", "quiet": "#c3c2b7", "grid": "#34332f", "bad": "#ff7b72"}


class Drawing:
    """Shapes on a ground of a size, in user units."""

    def __init__(self, width: float, height: float, title: str, description: str) -> None:
        self._size = width, height
        self._about = title, description
        self._shapes: list[str] = []

    def text(self, at: tuple[float, float], words: str, *, style: str = "ink", anchor: str = "start") -> None:
        """Write words on a base line; `style` is a class: ink, quiet, title or hueN."""
        x, y = at
        self._shapes.append(
            f'<text x="{x:.1f}" y="{y:.1f}" class="{style}" text-anchor="{anchor}">{escape(words)}</text>'
        )

    def line(self, start: tuple[float, float], end: tuple[float, float], style: str = "grid") -> None:
        """Draw a straight line."""
        (x1, y1), (x2, y2) = start, end
        self._shapes.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{style} line"/>'
        )

    def curve(
        self, points: Sequence[tuple[float, float]], style: str, *, dashed: bool = False, dots: bool = True
    ) -> None:
        """Draw straight pieces through points, with a dot on each."""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dashes = ' stroke-dasharray="5 4"' if dashed else ""
        self._shapes.append(f'<polyline points="{path}" class="{style} curve"{dashes}/>')
        for point in points if dots else ():
            self.dot(point, 2.8, style)

    def area(self, points: Sequence[tuple[float, float]], floor: float, style: str) -> None:
        """Fill the area between points and a floor."""
        corners = [(points[0][0], floor), *points, (points[-1][0], floor)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
        self._shapes.append(f'<polygon points="{path}" class="{style} area"/>')

    def dot(self, at: tuple[float, float], radius: float, style: str) -> None:
        """Draw a filled circle."""
        self._shapes.append(f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{radius:g}" class="{style} dot"/>')

    def bar(self, left: float, top: float, width: float, height: float, style: str) -> None:
        """Draw a filled rectangle."""
        self._shapes.append(
            f'<rect x="{left:.1f}" y="{top:.1f}" width="{max(width, 0.5):.1f}" height="{height:.1f}" rx="2" '
            f'class="{style} bar"/>'
        )

    def inline(self) -> Markup:
        """Render the drawing for a page, whose style sheet knows the classes."""
        width, height = self._size
        label = escape(". ".join(self._about))
        shapes = "".join(self._shapes)
        return Markup(
            f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{label}">{shapes}</svg>'
        )

    def whole(self) -> str:
        """Render the drawing as a file of its own."""
        width, height = self._size
        title, description = self._about
        return "\n".join(
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
                f'width="{width:g}" height="{height:g}" role="img" aria-labelledby="title desc">',
                f'<title id="title">{escape(title)}</title>',
                f'<desc id="desc">{escape(description)}</desc>',
                f"<style>{_style()}</style>",
                f'<rect width="{width:g}" height="{height:g}" class="ground"/>',
                *self._shapes,
                "</svg>\n",
            )
        )


def _style() -> str:
    fixed = (
        "text{font:12px system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif}",
        "text.title{font-size:15px;font-weight:600}",
        ".curve{fill:none;stroke-width:2;stroke-linejoin:round}",
        ".line{stroke-width:1}",
        ".limit.line{stroke-width:2}",
    )
    dark = "".join(_colours(_DARK, [dark for _, dark in HUES]))
    return "".join((*fixed, *_colours(_LIGHT, [light for light, _ in HUES]))) + (
        f"@media (prefers-color-scheme:dark){{{dark}}}"
    )


def _colours(ground: dict[str, str], hues: Sequence[str]) -> Iterable[str]:
    yield f".ground{{fill:{ground['ground']}}}"
    yield f"text.ink,text.title{{fill:{ground['ink']}}}text.quiet{{fill:{ground['quiet']}}}"
    yield f".grid{{stroke:{ground['grid']}}}.limit{{stroke:{ground['ink']}}}"
    named = [(f".hue{number}", hue) for number, hue in enumerate(hues)]
    for name, hue in [*named, (".bad", ground["bad"])]:
        yield f"{name}.curve{{stroke:{hue}}}{name}.bar,{name}.dot,text{name}{{fill:{hue}}}"


WIDTH, HEIGHT = 560, 220
LEFT, RIGHT, TOP, BOTTOM = 52, 92, 14, 30
LINE_HEIGHT = 14
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


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with its title and its content in words."""

    title: str
    caption: str
    drawing: Markup


def over_time(title: str, caption: str, lines: Sequence[Line], ceiling: float | None = None) -> Chart:
    """Draw lines over one time and on one scale, each named where it ends, the highest first.

    `ceiling` is the largest possible value.
    """
    end = max(line.curve[-1][0] for line in lines)
    highest = max([value for line in lines for _, value in line.curve] + [ceiling or 0.0, 1.0])
    ticks = _ticks(highest)
    top = max(highest, ticks[-1])
    right = WIDTH - RIGHT
    drawing = Drawing(WIDTH, HEIGHT, title, caption)

    def x(at: float) -> float:
        return LEFT + (right - LEFT) * (at / end if end else 0.0)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top

    for tick in ticks:
        drawing.line((LEFT, y(tick)), (right, y(tick)))
        drawing.text((LEFT - 8, y(tick) + 4), _number(tick), style="quiet", anchor="end")
    for at in _times(end):
        drawing.text((x(at), HEIGHT - 8), _time(at, end), style="quiet", anchor="middle")
    if ceiling is not None:
        drawing.line((LEFT, y(ceiling)), (right, y(ceiling)), "limit")
        drawing.text((right + 8, y(ceiling) + 4), f"all {ceiling:,.0f}", style="quiet")
    label = 0.0
    for number, line in enumerate(lines):
        points = [(x(at), y(value)) for at, value in line.curve]
        if number == 0:
            drawing.area(points, y(0), "hue0")
        drawing.curve(points, f"hue{number}", dots=False)
        lowest = HEIGHT - BOTTOM + 4
        label = max(label + LINE_HEIGHT, points[-1][1] + 4) if number else min(points[-1][1] + 4, lowest)
        drawing.text((right + 8, label), line.name, style=f"hue{number}")
    return Chart(title, caption, drawing.inline())


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


def describe(curve: Curve, unit: str) -> str:
    """Describe a curve in words."""
    values = [value for _, value in curve]
    middle = sorted(values)[len(values) // 2]
    low, high = min(values), max(values)
    return (
        f"{low:,.0f} to {high:,.0f} {unit}, half the time above {middle:,.0f}, over {lasting(curve[-1][0])}"
    )


def over_nights(title: str, caption: str, values: Sequence[float | None], days: Sequence[str]) -> Chart:
    """Draw one figure over the nights, equally far apart, from zero up; nights without it are left out."""
    top = max([value for value in values if value is not None] + [1.0])
    known = [(number, value) for number, value in enumerate(values) if value is not None]
    last = f"{caption}, from {days[0]} to {days[-1]}: last {known[-1][1]:.4g}"
    drawing = Drawing(WIDTH, HEIGHT, title, last)

    def at(number: int, value: float) -> tuple[float, float]:
        across = (WIDTH - LEFT - RIGHT) * number / (len(values) - 1)
        return LEFT + across, HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top

    for value in (0.0, top / 2, top):
        drawing.line((LEFT, at(0, value)[1]), (WIDTH - RIGHT, at(0, value)[1]))
        drawing.text((LEFT - 8, at(0, value)[1] + 4), f"{value:,.4g}", style="quiet", anchor="end")
    for number in sorted({0, len(days) - 1}):
        drawing.text((at(number, 0)[0], HEIGHT - 8), days[number], style="quiet", anchor="middle")
    points = [at(number, value) for number, value in known]
    drawing.area(points, at(0, 0)[1], "hue0")
    drawing.curve(points, "hue0")
    return Chart(title, caption, drawing.inline())
