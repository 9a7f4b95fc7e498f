"""The tokens of Cedar schema text (spec 07 §2, 01 §1–3): words, strings and marks, each with its offset."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from production.schema_errors import Place, SchemaTextError

TokenKind = Literal["word", "string", "mark", "end"]

_SPACE = "\\t-\\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_SKIP = re.compile(f"(?:[{_SPACE}]++|//[^\\r\\n]*+)*+")
_TOKEN = re.compile(
    r'(?P<word>[_a-zA-Z][_a-zA-Z0-9]*)|(?P<string>"[^"\\]*+(?:\\[^\n][^"\\]*+)*+")|(?P<mark>::|[@,;:(){}\[\]<>=?])'
)
_ESCAPE = re.compile(r"\\(?:x([0-7][0-9a-fA-F])|u\{([0-9a-fA-F][0-9a-fA-F_]*)\}|(.))|\r", re.DOTALL)
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "\\": "\\", '"': '"', "'": "'"}


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is the word, the mark, or the *value* of the string; the end of the text has kind `end`."""

    kind: TokenKind
    text: str
    at: int

    def __str__(self) -> str:
        match self.kind:
            case "end":
                return "the end of the text"
            case "string":
                return "a string"
            case _:
                return f"`{self.text}`"


def tokens(text: str) -> list[Token]:
    """All tokens, the end included. Raises `SchemaTextError` at the first character that starts none."""
    found: list[Token] = []
    skip, token = _SKIP.match, _TOKEN.match
    at = 0
    while True:
        blank = skip(text, at)
        at = blank.end() if blank else at
        if at == len(text):
            found.append(Token("end", "", at))
            return found
        match = token(text, at)
        if match is None:
            raise _no_token(text, at)
        match match.lastgroup:
            case "word":
                found.append(Token("word", match.group(), at))
            case "string":
                found.append(Token("string", _unescape(text, at + 1, match.end() - 1), at))
            case _:
                found.append(Token("mark", match.group(), at))
        at = match.end()


def _no_token(text: str, at: int) -> SchemaTextError:
    if text[at] == '"':
        return SchemaTextError("a string that does not end", Place(text, at))
    return SchemaTextError(f"unexpected character {text[at]!a}", Place(text, at))


def _unescape(text: str, start: int, end: int) -> str:
    """The value of a string literal, its quotes left out (spec 01 §3)."""
    pieces: list[str] = []
    done = start
    for match in _ESCAPE.finditer(text, start, end):
        pieces.append(text[done : match.start()])
        pieces.append(_escaped(text, match))
        done = match.end()
    pieces.append(text[done:end])
    value = "".join(pieces)
    if not value.isascii() and (lone := re.search("[\ud800-\udfff]", value)):
        raise SchemaTextError(f"a lone surrogate {lone.group()!a} in a string", Place(text, start - 1))
    return value


def _escaped(text: str, match: re.Match[str]) -> str:
    byte, scalar, simple = match.groups()
    if byte:
        return chr(int(byte, 16))
    if scalar:
        digits = scalar.replace("_", "")
        if len(digits) <= 6 and (code := int(digits, 16)) <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF:
            return chr(code)
    elif simple in _SIMPLE:
        return _SIMPLE[simple]
    what = "a raw carriage return" if match.group() == "\r" else f"the invalid escape {match.group()!a}"
    raise SchemaTextError(f"{what} in a string", Place(text, match.start()))
