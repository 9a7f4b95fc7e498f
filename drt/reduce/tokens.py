"""A small tokenizer of Cedar text and of JSON, for the reducer and the feature scan.

It takes any text whatever: what it does not know becomes a token of kind `other`, one character long. Only
blanks and comments are left out; no engine's idea of a token is asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

TokenKind = Literal["word", "number", "string", "slot", "punctuation", "other"]

TOKEN = re.compile(
    r"""
    (?P<blank> \s+ | //[^\r\n]* )
  | (?P<word> [_a-zA-Z][_a-zA-Z0-9]* )
  | (?P<number> [0-9]+ )
  | (?P<string> "(?:[^"\\]|\\.)*" )
  | (?P<slot> \?[_a-zA-Z][_a-zA-Z0-9]* )
  | (?P<punctuation> :: | == | != | <= | >= | \|\| | && | [@.,;:(){}\[\]<>+\-*/%!=] )
  | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)

OPENING = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Token:
    kind: TokenKind
    text: str
    start: int
    end: int


@lru_cache(maxsize=256)
def _tokens(text: str) -> tuple[Token, ...]:
    return tuple(
        Token(match.lastgroup, match.group(), match.start(), match.end())  # type: ignore[arg-type]
        for match in TOKEN.finditer(text)
        if match.lastgroup != "blank"
    )


def tokenize(text: str) -> list[Token]:
    """The tokens of a text in order."""
    return list(_tokens(text))


def spell(texts: Sequence[str]) -> str:
    """Text from token texts, with blanks where people put them and wherever two tokens would merge."""
    written: list[str] = []
    before = ""
    for text in texts:
        if before and _blank_between(before, text):
            written.append(" ")
        written.append(text)
        before = text
    return "".join(written)


TIGHT_BEFORE = frozenset([")", "]", ",", ";", ".", "::", ":"])
TIGHT_AFTER = frozenset(["(", "[", ".", "::", "@", "!"])


def _blank_between(before: str, text: str) -> bool:
    if text in TIGHT_BEFORE:
        return False
    if before in TIGHT_AFTER:
        return before == "!" and text == "="
    if text in ("(", "["):
        return not (before[-1].isalnum() and before not in BLANK_AFTER) and before not in (")", "]")
    return True


BLANK_AFTER = frozenset(["if", "then", "else", "in", "has", "like", "is", "when", "unless"])


def matching(tokens: Sequence[Token]) -> dict[int, int]:
    """Where each opening bracket closes; brackets that do not fit are left out."""
    open_at: list[int] = []
    pairs: dict[int, int] = {}
    for index, token in enumerate(tokens):
        if token.text in OPENING:
            open_at.append(index)
        elif token.text in OPENING.values() and open_at:
            opening = open_at[-1]
            if OPENING[tokens[opening].text] == token.text:
                open_at.pop()
                pairs[opening] = index
    return pairs
