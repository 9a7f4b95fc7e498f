"""String literals: unescaping and escaping (spec 01 §3, §7)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reference.extensions.ipaddr import HEX_DIGITS
from reference.syntax import Pattern, Star

SIMPLE = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "\\": "\\", '"': '"', "'": "'"}
WRITTEN = {"\n": r"\n", "\r": r"\r", "\t": r"\t", "\0": r"\0", "\\": r"\\", '"': r"\""}
ESCAPE = re.compile(r"\\(?:x(..)|u\{([^{}]*)\}|(.))|\r", re.DOTALL)
HEX = re.compile(r"[0-9a-fA-F]+")
CODE = re.compile(r"[0-9a-fA-F][0-9a-fA-F_]*")


class EscapeError(ValueError):
    """The text between the quotes is no string from `offset` on."""

    def __init__(self, offset: int, message: str) -> None:
        super().__init__(message)
        self.offset = offset


def unescape(raw: str) -> str:
    """Return the string that the text between the quotes denotes.

    Raises:
        EscapeError: an escape that there is not, or a raw carriage return.
    """
    if "\\" not in raw and "\r" not in raw:
        return raw
    return "".join(text for text, _ in _pieces(raw, starred=False))


def unescape_pattern(raw: str) -> Pattern:
    r"""Read the pattern that the text between the quotes denotes.

    A star is a wildcard however it is written, `\x2a` included; only `\*` is the character.

    Raises:
        EscapeError: as `unescape`.
    """
    elements: list[Star | str] = []
    for text, literal_star in _pieces(raw, starred=True):
        elements.extend("*" if literal_star else (Star() if c == "*" else c) for c in text)
    return tuple(elements)


def escape(text: str) -> str:
    """Return the text between the quotes of a literal that denotes `text`."""
    return "".join(_written(character) for character in text)


def escape_pattern(pattern: Pattern) -> str:
    r"""Write the text between the quotes of a pattern; the character `*` is written `\*`."""
    return "".join(
        "*" if isinstance(element, Star) else r"\*" if element == "*" else _written(element)
        for element in pattern
    )


def _written(character: str) -> str:
    if character in WRITTEN:
        return WRITTEN[character]
    return character if character.isprintable() else f"\\u{{{ord(character):x}}}"


def _pieces(raw: str, *, starred: bool) -> Iterator[tuple[str, bool]]:
    r"""Yield the denoted text, piece by piece, and whether the piece is a `\*`."""
    end = 0
    for escape in ESCAPE.finditer(raw):
        yield raw[end : escape.start()], False
        if starred and escape[0] == r"\*":
            yield "*", True
        else:
            yield _denoted(escape), False
        end = escape.end()
    yield raw[end:], False


def _denoted(escape: re.Match[str]) -> str:
    hex_pair, code, simple = escape.groups()
    if hex_pair is not None and HEX.fullmatch(hex_pair) and _hex(hex_pair) <= 0x7F:
        return chr(_hex(hex_pair))
    if code is not None and CODE.fullmatch(code):
        digits = code.replace("_", "")
        if len(digits) <= 6 and _is_scalar(_hex(digits)):
            return chr(_hex(digits))
    if simple in SIMPLE:
        return SIMPLE[simple]
    raise EscapeError(escape.start(), _reason(escape))


def _reason(escape: re.Match[str]) -> str:
    if escape[0] == "\r":
        return "a raw carriage return in a string; write \\r"
    if escape[1] is not None:
        return f"the escape {escape[0]!a} needs two hex digits, at most 7f"
    if escape[2] is not None:
        return f"the escape {escape[0]!a} needs one to six hex digits of a Unicode scalar value"
    return f"there is no escape {escape[0]!a}"


def _hex(digits: str) -> int:
    number = 0
    for digit in digits:
        number = number << 4 | HEX_DIGITS[digit]
    return number


def _is_scalar(code: int) -> bool:
    return code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
