"""Drawing SVG by hand: shapes with classes, a style sheet that knows light and dark, nothing from outside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

HUES = (("#2a78d6", "#3987e5"), ("#d9541e", "#e8743f"), ("#12875d", "#2fb886"), ("#5b49b8", "#9c92ee"))
"""Colours of series, each for light and for dark ground; they differ in lightness too."""

_LIGHT = {"ground": "#fcfcfb", "ink": "#0b0b0b", "quiet": "#52514e", "grid": "#e1e0d9", "bad": "#c62f2f"}
_DARK = {"ground": "#1a1a19", "ink": "#f6f5f1", "quiet": "#c3c2b7", "grid": "#34332f", "bad": "#ff7b72"}


class Drawing:
    """Shapes on a ground of a size, in user units; `text` closes it."""

    def __init__(self, width: float, height: float, title: str, description: str) -> None:
        self._size = width, height
        self._about = title, description
        self._shapes: list[str] = []

    def text(self, at: tuple[float, float], words: str, *, style: str = "ink", anchor: str = "start") -> None:
        """Words on a base line; `style` is a class: ink, quiet, title or hueN."""
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
        """Straight pieces through points, with a dot on each."""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dashes = ' stroke-dasharray="5 4"' if dashed else ""
        self._shapes.append(f'<polyline points="{path}" class="{style} curve"{dashes}/>')
        for point in points if dots else ():
            self.dot(point, 2.8, style)

    def dot(self, at: tuple[float, float], radius: float, style: str) -> None:
        """Draw a filled circle."""
        self._shapes.append(f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{radius:g}" class="{style} dot"/>')

    def bar(self, left: float, top: float, width: float, height: float, style: str) -> None:
        """Draw a filled rectangle."""
        self._shapes.append(
            f'<rect x="{left:.1f}" y="{top:.1f}" width="{max(width, 0.5):.1f}" height="{height:.1f}" rx="2" '
            f'class="{style} bar"/>'
        )

    def whole(self) -> str:
        """Render the file."""
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
