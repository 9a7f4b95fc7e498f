"""Laying out a stream of words and possible line breaks within a width.

A group is written on one line if it fits there together with what sticks to its end; otherwise all of
its own breaks become line ends, the filling ones only where the next stretch would not fit. Widths are
sums over the stream, so the whole takes linear time and no recursion.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

_ENDLESS: Final = 1 << 60

Kind = Literal["text", "break", "fill", "begin", "end", "indent", "dedent", "newline", "blank"]


@dataclass(slots=True)
class Item:
    """One element of the stream; `width` is its own width on one line, `partner` the end of a group."""

    kind: Kind
    text: str = ""
    width: int = 0
    partner: int = 0


@dataclass(slots=True)
class Stream:
    """Items in the order of the text."""

    items: list[Item] = field(default_factory=list)
    _open: list[int] = field(default_factory=list)

    def text(self, text: str) -> None:
        """Add text."""
        self.items.append(Item("text", text, len(text)))

    def line_break(self, blanks: int, *, fill: bool = False) -> None:
        """Add a place where a line may end; `blanks` stand there if it does not."""
        self.items.append(Item("fill" if fill else "break", " " * blanks, blanks))

    def begin(self) -> None:
        """Open a group, which stands on one line if it fits."""
        self._open.append(len(self.items))
        self.items.append(Item("begin"))

    def end(self) -> None:
        """Close the innermost group."""
        self.items[self._open.pop()].partner = len(self.items)
        self.items.append(Item("end"))

    def mark(self, kind: Literal["indent", "dedent"]) -> None:
        """Add a mark of this kind."""
        self.items.append(Item(kind))

    def newline(self, *, blank: bool = False) -> None:
        """Add a line end that must be; the groups around it cannot be on one line."""
        self.items.append(Item("blank" if blank else "newline", width=_ENDLESS))

    def render(self, line_width: int, indent_width: int) -> str:
        """Return the text."""
        return _Renderer(self.items, line_width, indent_width).render()


class _Renderer:
    def __init__(self, items: list[Item], line_width: int, indent_width: int) -> None:
        self.items = items
        self.line_width = line_width
        self.indent_width = indent_width
        self.before = [0]
        for item in items:
            self.before.append(self.before[-1] + item.width)
        self.tail = [0] * (len(items) + 1)
        for at in range(len(items) - 1, -1, -1):
            item = items[at]
            if item.kind == "text":
                self.tail[at] = item.width + self.tail[at + 1]
            elif item.kind in ("begin", "end", "indent", "dedent"):
                self.tail[at] = self.tail[at + 1]

    def render(self) -> str:
        pieces: list[str] = []
        column = level = 0
        ending = ""
        flat = [False]
        for at, item in enumerate(self.items):
            kind = item.kind
            if kind == "text":
                if ending:
                    pieces.append(ending)
                    pieces.append(" " * (level * self.indent_width))
                    column = level * self.indent_width
                    ending = ""
                pieces.append(item.text)
                column = self._column(column, item.text)
            elif kind == "begin":
                start = level * self.indent_width if ending else column
                flat.append(flat[-1] or self._fits(start, at, item.partner))
            elif kind == "end":
                flat.pop()
            elif kind == "indent":
                level += 1
            elif kind == "dedent":
                level -= 1
            elif kind == "newline" or kind == "blank":
                ending = "\n\n" if kind == "blank" else ending or "\n"
            elif ending:
                pass
            elif flat[-1] or (kind == "fill" and self._stretch_fits(column, at)):
                pieces.append(item.text)
                column += item.width
            else:
                ending = "\n"
        return "".join(pieces)

    @staticmethod
    def _column(column: int, text: str) -> int:
        last = text.rfind("\n")
        return column + len(text) if last < 0 else len(text) - last - 1

    def _fits(self, column: int, start: int, end: int) -> bool:
        width = self.before[end] - self.before[start]
        return column + width + self.tail[end + 1] <= self.line_width

    def _stretch_fits(self, column: int, at: int) -> bool:
        return column + self.items[at].width + self.tail[at + 1] <= self.line_width
