"""Matching `like` patterns (spec 02 §4.8).

Law (like): a pattern with stars is a prefix, pieces to be found in order, and a suffix. Taking each
piece at its leftmost place leaves the most text for the rest, so no choice has ever to be taken back,
and `str.find` does the searching: never more than one pass over the text for each piece.
"""

from __future__ import annotations

from dataclasses import dataclass

from .escapes import Pattern


@dataclass(frozen=True, slots=True)
class Wildcard:
    """A prepared pattern; without a star the text must be `prefix`."""

    prefix: str
    pieces: tuple[str, ...] = ()
    suffix: str = ""
    starred: bool = False

    def matches(self, text: str) -> bool:
        """Return whether the whole of `text` matches."""
        if not self.starred:
            return text == self.prefix
        end = len(text) - len(self.suffix)
        at = len(self.prefix)
        if at > end or not text.startswith(self.prefix) or not text.endswith(self.suffix):
            return False
        for piece in self.pieces:
            found = text.find(piece, at, end)
            if found < 0:
                return False
            at = found + len(piece)
        return True


def prepare(pattern: Pattern) -> Wildcard:
    """Return the pattern, ready for matching."""
    if None not in pattern:
        return Wildcard("".join(element for element in pattern if element is not None))
    prefix = pattern[0] or ""
    suffix = pattern[-1] or ""
    middle = pattern[1 if prefix else 0 : len(pattern) - 1 if suffix else len(pattern)]
    return Wildcard(prefix, tuple(piece for piece in middle if piece is not None), suffix, starred=True)
