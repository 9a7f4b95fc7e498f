"""Policy text to tokens: one compiled pattern, ASCII-exact, every token a plain string (spec 01 §1, §2).

A token's first character decides its class, so the parser needs no second list. Positions are not kept:
the rare text that fails is scanned again for the place. Where no token starts, the whole rest becomes
one token that no rule of the grammar takes; a string that never ends is such a rest, and `unescape`
refuses it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final

from ..errors import PolicyError

WHITE_SPACE: Final = "\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_SKIPPED: Final = rf"[{WHITE_SPACE}]*+(?://[^\r\n]*+[{WHITE_SPACE}]*+)*+"
_TOKEN: Final = (
    r"[_a-zA-Z][_a-zA-Z0-9]*+"
    r"|::|==|!=|<=|>=|&&|\|\||[@.,;:(){}\[\]<>+\-*/%!=]"
    r'|"[^"\\]*+(?:\\[^\n][^"\\]*+)*+"'
    r"|[0-9]++"
    r"|\?[_a-zA-Z][_a-zA-Z0-9]*+"
)
_SCAN: Final = re.compile(rf"{_SKIPPED}({_TOKEN}|[\s\S]++|\Z)")
COMMENT_OR_TOKEN: Final = re.compile(rf"[{WHITE_SPACE}]*+(//[^\r\n]*+|{_TOKEN}|\Z)")
"""The next comment or token of a text that is known to be lexically right."""
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_STRAY: Final = re.compile(rf"(?!{_TOKEN})[\s\S]++")
_LINE_END: Final = re.compile(r"\r\n|\r|\n")

END: Final = ""
"""The token after the last one."""


def tokenize(text: str) -> list[str]:
    """Return all tokens of a text, with `END` at the end; raise `PolicyError` for a text that is no text."""
    if not text.isascii():
        surrogate = _SURROGATE.search(text)
        if surrogate is not None:
            raise error_at(text, surrogate.start(), "a lone surrogate is not a character")
    tokens = _SCAN.findall(text)
    tokens.append(END)
    return tokens


def offset_of(text: str, index: int) -> int:
    """Return where the token of this index starts."""
    for number, match in enumerate(_SCAN.finditer(text)):
        if number == index:
            return match.start(1)
    return len(text)


def offsets_of(text: str) -> list[int]:
    """Return where each token starts, the end of the text included."""
    return [match.start(1) for match in _SCAN.finditer(text)]


def error_at(text: str, offset: int, message: str) -> PolicyError:
    """Return an error that names the line and column of an offset, both counted from 1."""
    ends = [match.end() for match in _LINE_END.finditer(text, 0, offset)]
    line = bisect_right(ends, offset)
    start = ends[line - 1] if line else 0
    return PolicyError(message, line + 1, offset - start + 1)


def describe(token: str) -> str:
    """Return a token as messages show it."""
    if token == END:
        return "the end of the text"
    if _STRAY.fullmatch(token):
        token = token[0]
    shown = token if len(token) <= 40 else f"{token[:37]}..."
    return f"`{shown}`" if shown.isprintable() else ascii(shown)
