"""`like`: matching a whole text against a pattern (spec 02 §4.8)."""

from __future__ import annotations

from collections.abc import Sequence

from reference.syntax import Pattern, Star


def matches(text: str, pattern: Pattern) -> bool:
    """Return whether the pattern describes the whole text.

    The recursive definition, one pattern element after the other from the last to the first: `rest` lists, in
    ascending order, the places from which the elements seen so far describe the remaining text.
    """
    rest: Sequence[int] = [len(text)]
    for element in reversed(pattern):
        rest = before(element, rest, text)
    return 0 in rest


def before(element: Star | str, rest: Sequence[int], text: str) -> Sequence[int]:
    """Return the places from which the element leads to one of the places in `rest`."""
    match element:
        case Star():
            return range(rest[-1] + 1) if rest else []
        case character:
            return [place - 1 for place in rest if place > 0 and text[place - 1] == character]
