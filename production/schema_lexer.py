"""The tokens of Cedar schema text (spec 07 §2, 01 §1–3): words, strings and marks, each with its offset."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from production.escapes import EscapeError, unescape
from production.schema_errors import Place, SchemaTextError

TokenKind = Literal["word", "string", "mark", "end"]

_SPACE = "\\t-\\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_SKIP = re.compile(f"(?:[{_SPACE}]++|//[^\\r\\n]*+)*+")
_TOKEN = re.compile(
    r'(?P<word>[_a-zA-Z][_a-zA-Z0-9]*)|(?P<string>"[^"\\]*+(?:\\[^\n][^"\\]*+)*+")|(?P<mark>::|[@,;:(){}\[\]<>=?])'
)
_SURROGATE = re.compile("[\ud800-\udfff]")


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
    if not text.isascii() and (lone := _SURROGATE.search(text)):
        raise SchemaTextError("a lone surrogate in the text", Place(text, lone.start()))
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
                found.append(Token("string", _value(text, match), at))
            case _:
                found.append(Token("mark", match.group(), at))
        at = match.end()


def _no_token(text: str, at: int) -> SchemaTextError:
    if text[at] == '"':
        return SchemaTextError("a string that does not end", Place(text, at))
    return SchemaTextError(f"unexpected character {text[at]!a}", Place(text, at))


def _value(text: str, match: re.Match[str]) -> str:
    """The characters of a string token (spec 01 §3)."""
    try:
        return unescape(match.group())
    except EscapeError as error:
        raise SchemaTextError(str(error), Place(text, match.start())) from None
