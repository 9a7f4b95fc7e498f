"""The tokens of a policy for the formatter: their comments, their widths, the blanks between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

OPEN = frozenset({"(", "[", "{"})
CLOSE = frozenset({")", "]", "}"})
CLAUSES = frozenset({"when", "unless"})
BRANCHES = frozenset({"then", "else"})
BREAK_AFTER = frozenset({",", "&&", "||"})
OPERANDS_AFTER = frozenset(
    {"(", "[", "{", ",", ":", "&&", "||", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "!",
     "in", "like", "has", "is", "if", "then", "else"}
)  # fmt: skip
"""Tokens after which a `-` is a sign, not a subtraction."""


@dataclass(slots=True)
class Token:
    """`above` are the comments on lines of their own before it, `beside` the one after it on its line.

    `tight` is what no blank follows: a sign, or the key of an annotation.
    """

    text: str
    above: list[str] = field(default_factory=list)
    beside: str = ""
    tight: bool = False


def measures(tokens: Sequence[Token]) -> tuple[list[int], list[int]]:
    """Up to and with each token: its end if all stood on one line; how many comments break that line.

    A comment beside a token counts from the next token on: it breaks the line after it.
    """
    ends: list[int] = []
    commented: list[int] = []
    end = comments = 0
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place else None
        end += len(token.text) + (before is not None and spaced(before, token))
        comments += len(token.above) + (before is not None and bool(before.beside))
        ends.append(end)
        commented.append(comments)
    return ends, commented


def starts_line(before: Token, token: Token) -> bool:
    """Outside brackets: annotations, the effect and the clauses begin lines."""
    return token.text in CLAUSES or (is_head(token) and before.text not in "@;")


def is_head(token: Token) -> bool:
    return token.text in CLAUSES or token.text in {"@", "permit", "forbid"}


def spaced(before: Token, token: Token) -> bool:
    """Whether a blank stands between two tokens of one line."""
    if token.text in {",", ";", ":", "::", ".", ")", "]"} or before.text in {"(", "[", ".", "::", "@"}:
        return False
    if before.tight:
        return False
    if token.text in {"(", "["}:
        return before.text in OPERANDS_AFTER or before.text in {"permit", "forbid"}
    if token.text == "}":
        return before.text != "{"
    return True
