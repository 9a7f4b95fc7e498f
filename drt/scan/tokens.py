"""A small tokenizer of Cedar text and of JSON, for the reducer and the feature scan.

It accepts any text: an unknown character becomes a token of kind `other`. Only blanks and comments are left
out; it shares nothing with an engine's lexer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

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

SPELLING = re.compile(re.sub(r"\?P<\w+>", "?:", TOKEN.pattern), TOKEN.flags)
"""The same without the kinds of tokens, for those who only want their texts."""

OPENING = {"(": ")", "[": "]", "{": "}"}


class Token(NamedTuple):
    """A token of Cedar text with its place."""

    kind: TokenKind
    text: str
    start: int
    end: int


@lru_cache(maxsize=32)
def _tokens(text: str) -> tuple[Token, ...]:
    return tuple(
        Token(match.lastgroup, match.group(), match.start(), match.end())  # type: ignore[arg-type]  # the pattern names its groups by kind
        for match in TOKEN.finditer(text)
        if match.lastgroup != "blank"
    )


def tokenize(text: str) -> list[Token]:
    """Split a text into tokens, in order."""
    return list(_tokens(text))


def spellings(text: str) -> list[str]:
    """List the texts of a text's tokens, in order."""
    return [one for one in SPELLING.findall(text) if not one.isspace() and not one.startswith("//")]


TIGHT_BEFORE = frozenset([")", "]", ",", ";", ".", "::", ":"])
TIGHT_AFTER = frozenset(["(", "[", ".", "::", "@", "!"])
OPERATOR_WORDS = frozenset(["if", "then", "else", "in", "has", "like", "is", "when", "unless"])
OPERANDS_END = frozenset([")", "]", "}"])


def spell(texts: Sequence[str]) -> str:
    """Write token texts, one line per policy, with blanks where people put them or tokens would merge."""
    written: list[str] = []
    before = earlier = ""
    for text in texts:
        if before == ";":
            written.append("\n")
        elif before and _blank_between(earlier, before, text):
            written.append(" ")
        written.append(text)
        earlier, before = before, text
    return "".join(written)


def edited(text: str, tokens: Sequence[Token], edits: Sequence[tuple[int, int, Sequence[str]]]) -> str:
    """Replace the tokens from, to (exclusive) by token texts, for each edit in order.

    A text in the usual spelling is spelled afresh. Any other keeps all that surrounds the edits, blanks and
    comments included, because they may be what matters.
    """
    texts = [token.text for token in tokens]
    if spell(texts) == text:
        for start, end, instead in reversed(edits):
            texts[start:end] = instead
        return spell(texts)
    for start, end, instead in reversed(edits):
        first = tokens[start].start if start < len(tokens) else len(text)
        last = tokens[end - 1].end if end > start else first
        written = spell(instead)
        text = f"{text[:first]}{written}{text[last:]}" if written else _closed_up(text[:first], text[last:])
    return text


def _closed_up(before: str, after: str) -> str:
    """Join two pieces of text; a blank stays between words."""
    words = before[-1:].isalnum() and after[:1].isalnum()
    return f"{before} {after}" if words else before + after


def _blank_between(earlier: str, before: str, text: str) -> bool:
    if (before + text)[:2] in MERGING or (before[-1] == ":" and text[0] == ":"):
        return True
    if text in TIGHT_BEFORE or before in TIGHT_AFTER:
        return False
    if text in ("(", "["):
        return not _ends_operand(before)
    return not (before == "-" and not _ends_operand(earlier))


MERGING = frozenset(["!=", "==", "<=", ">=", "//", "||", "&&"])


def _ends_operand(text: str) -> bool:
    """Return whether what ends with this token may be called, indexed or subtracted from."""
    if not text:
        return False
    if text[0].isalnum() or text[0] == "_":
        return text not in OPERATOR_WORDS
    return text in OPERANDS_END or text[0] == '"'


def matching(tokens: Sequence[Token]) -> dict[int, int]:
    """Find where each opening bracket closes; brackets that do not fit are left out."""
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
