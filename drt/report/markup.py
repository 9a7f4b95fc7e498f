"""HTML by construction: a text becomes markup only through here, spelled and escaped.

Owns `Markup`, the type of what is escaped already; whatever else is put into an element is a text.
"""

from __future__ import annotations

import html
import sys
from collections.abc import Iterable

from drt.model.escape import escape_untrusted

LONGEST = 20_000
"""Characters of one text; attributes are whole."""

VOID = frozenset(["meta"])


class Markup(str):
    """HTML that may be written as it is."""

    __slots__ = ()


def text(content: str, longest: int = LONGEST) -> Markup:
    """A text of anybody's."""
    return Markup(html.escape(escape_untrusted(content, longest)))


def tag(name: str, /, *inside: str | Iterable[str], **attributes: str | float | None) -> Markup:
    """An element; strings inside are texts unless they are `Markup`. `class_` and the like lose their
    underscore, other underscores become hyphens, and an attribute that is None is left out."""
    named = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(escape_untrusted(str(value), sys.maxsize))}"'
        for key, value in attributes.items()
        if value is not None
    )
    body = join(inside)
    return Markup(f"<{name}{named}>" if name in VOID and not body else f"<{name}{named}>{body}</{name}>")


def join(parts: Iterable[str | Iterable[str]], between: str = "") -> Markup:
    """Texts and markup one after the other."""
    pieces: list[str] = []
    for part in parts:
        if isinstance(part, Markup):
            pieces.append(part)
        elif isinstance(part, str):
            pieces.append(text(part))
        else:
            pieces.append(join(part))
    return Markup(between.join(pieces))


def table(
    head: Iterable[str], rows: Iterable[Iterable[str]], numbers: Iterable[int] = (), class_: str | None = None
) -> Markup:
    """A table whose first column names the row; the columns of these numbers (from 0) hold numbers."""
    right = set(numbers)

    def cell(kind: str, column: int, inside: str, scope: str | None) -> Markup:
        return tag(kind, inside, scope=scope, class_="n" if column in right else None)

    titles = [cell("th", column, title, "col") for column, title in enumerate(head)]
    lines = [
        tag(
            "tr",
            [cell("td" if column else "th", column, one, None if column else "row") for column, one in row],
        )
        for row in map(enumerate, rows)
    ]
    body = tag("table", tag("thead", tag("tr", titles)), tag("tbody", lines), class_=class_)
    return tag("div", body, class_="wide")
