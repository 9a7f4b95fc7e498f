"""The tokens of Cedar schema text (spec 07 §2, 01 §1–3): words, strings and marks, as they are written.

A string token keeps its quotes, so no token can be taken for one of another kind. What starts no token is a
token of its own, one character long, that no rule of the grammar takes.
"""

from __future__ import annotations

import re
from itertools import accumulate, chain
from string import ascii_letters
from typing import Final

from .errors import Place, SchemaTextError

_SPACE: Final = "\\t-\\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_BLANK_AND_TOKEN: Final = re.compile(
    f"((?:[{_SPACE}]++|//[^\\r\\n]*+)*+)"
    r'([_a-zA-Z][_a-zA-Z0-9]*+|"[^"\\]*+(?:\\[^\n][^"\\]*+)*+"|::|[\s\S]|\Z)'
)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_WORD_START: Final = frozenset(ascii_letters + "_")
_MARKS: Final = frozenset("@,;:(){}[]<>=?")

END: Final = ""
"""The token behind the last one."""


def tokens(text: str) -> tuple[list[str], list[int]]:
    """Split a text into its tokens, the end included, and their offsets; raise for a lone surrogate."""
    if not text.isascii() and (lone := _SURROGATE.search(text)):
        raise SchemaTextError("a lone surrogate in the text", Place(text, lone.start()))
    pairs = _BLANK_AND_TOKEN.findall(text)
    ends = list(accumulate(map(len, chain.from_iterable(pairs))))
    return [token for _, token in pairs], ends[::2]


def is_word(token: str) -> bool:
    """Return whether a token is a word, reserved or not."""
    return token[:1] in _WORD_START


def is_string(token: str) -> bool:
    """Return whether a token is a string; a lone quote is none."""
    return token[:1] == '"' and token != '"'


def shown(token: str) -> str:
    """Describe a token."""
    if token == END:
        return "the end of the text"
    if is_string(token):
        return "a string"
    if token == '"':
        return "a string that does not end"
    if is_word(token) or token == "::" or token in _MARKS:
        return f"`{token}`"
    return f"the unexpected character {token!a}"
