"""Cases of `like`: texts and patterns that nearly fit, some with the code of a character or of a wildcard."""

from __future__ import annotations

from collections.abc import Sequence

from drt.model.case import Case
from drt.model.case import Source as Text
from generators.choice.sources import Source

LIKES_A_CASE = 12
LETTERS = ("a", "b", "A", "*", "\\", '"', "\n", "é", "\U0001f600", "\0")
USUAL = LETTERS[:4]
ESCAPED_STAR = r"\*"
ESCAPES = {"\\": r"\\", '"': r"\"", "\0": r"\0"}


def likes(source: Source) -> Case:
    """Draw texts like patterns: the pattern is the text with stars and, now and then, a change."""
    return Case(policies=Text(""), expressions=tuple(_like(source) for _ in range(LIKES_A_CASE)))


def _like(source: Source) -> str:
    alphabet = LETTERS if source.boolean(0.3) else USUAL
    text = [source.choice(alphabet) for _ in range(source.integer(0, 9))]
    pattern: list[str | None] = list(text)
    for _ in range(source.integer(0, 4)):
        at = source.integer(0, len(pattern))
        pattern[at : at + source.integer(0, 3)] = [None]
    if source.boolean(0.4):
        pattern.insert(source.integer(0, len(pattern)), source.choice(alphabet))
    return f"{_literal(source, text, star='*')} like {_literal(source, pattern, star=ESCAPED_STAR)}"


def _literal(source: Source, elements: Sequence[str | None], star: str) -> str:
    """Write a string literal, now and then with the code of a character or of a wildcard.

    `star` is how the character `*` is written, None is the wildcard.
    """
    written = ["*" if one is None else star if one == "*" else ESCAPES.get(one, one) for one in elements]
    if written and source.boolean(0.25):
        at = source.integer(0, len(written) - 1)
        if written[at] != ESCAPED_STAR:
            code = ord(elements[at] or "*")
            short = code < 0x80 and source.boolean()
            written[at] = f"\\x{code:02x}" if short else f"\\u{{{code:x}}}"
    return f'"{"".join(written)}"'
