"""String literals and patterns to the characters that they stand for (spec 01 §3)."""

from __future__ import annotations

import re
from typing import Final, TypeAlias

Pattern: TypeAlias = tuple[str | None, ...]
"""A `like` pattern: runs of literal characters, never empty and never two in a row, and `None` for a star."""

_SIMPLE: Final = {
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "0": "\0",
    "\\": "\\",
    '"': '"',
    "'": "'",
}
_HEX: Final = frozenset("0123456789abcdefABCDEF")
_PIECE: Final = re.compile(r"[^\\]++|\\(?:x([\s\S]{0,2})|u\{([^}]*+)\}|([\s\S]))")
_WHOLE: Final = re.compile(r'"[^"\\]*+(?:\\[^\n][^"\\]*+)*+"')
_CODE: Final = re.compile(r"[0-9a-fA-F][0-9a-fA-F_]*+")


class EscapeError(Exception):
    """A literal has a raw carriage return or an escape that does not exist."""


def unescape(literal: str) -> str:
    """Return the characters of a string token, quotes included in the token; raise `EscapeError`."""
    if "\\" not in literal and "\r" not in literal and literal.endswith('"', 1):
        return literal[1:-1]
    return "".join(filter(None, _pieces(literal, pattern=False)))


def unescape_pattern(literal: str) -> Pattern:
    r"""Return the elements of a pattern token; every escape that yields a star is a wildcard, save `\*`."""
    return make_pattern(_pieces(literal, pattern=True))


def _pieces(literal: str, *, pattern: bool) -> list[str | None]:
    """Yield runs of characters; in a pattern `None` stands for a star."""
    if not _WHOLE.fullmatch(literal):
        raise EscapeError("a string literal that never ends")
    if "\r" in literal:
        raise EscapeError("a raw carriage return in a string; write \\r")
    pieces: list[str | None] = []
    for match in _PIECE.finditer(literal, 1, len(literal) - 1):
        text = match[0]
        if text[0] == "\\":
            if pattern and text == "\\*":
                pieces.append("*")
                continue
            text = _escape(match)
        if not pattern or "*" not in text:
            pieces.append(text)
            continue
        for number, run in enumerate(text.split("*")):
            if number:
                pieces.append(None)
            pieces.append(run)
    return pieces


def _escape(match: re.Match[str]) -> str:
    two, braced, letter = match[1], match[2], match[3]
    if two is not None:
        if len(two) == 2 and _HEX.issuperset(two) and two[0] < "8":
            return chr(int(two, 16))
        raise EscapeError(f"\\x takes two hexadecimal digits up to 7f, not {two!r}")
    if braced is not None:
        digits = braced.replace("_", "")
        if _CODE.fullmatch(braced) and len(digits) <= 6:
            code = int(digits, 16)
            if code < 0xD800 or 0xE000 <= code <= 0x10FFFF:
                return chr(code)
        raise EscapeError(f"\\u takes one to six hexadecimal digits of a character in braces, not {braced!r}")
    simple = _SIMPLE.get(letter)
    if simple is None:
        raise EscapeError(f"unknown escape \\{letter}")
    return simple


def make_pattern(elements: list[str | None]) -> Pattern:
    """Return a pattern in its one form: neighbouring characters joined, empty runs dropped, stars kept."""
    pattern: list[str | None] = []
    run: list[str] = []
    for element in elements:
        if element is not None:
            run.append(element)
            continue
        literal = "".join(run)
        if literal:
            pattern.append(literal)
        run.clear()
        pattern.append(None)
    literal = "".join(run)
    if literal:
        pattern.append(literal)
    return tuple(pattern)
