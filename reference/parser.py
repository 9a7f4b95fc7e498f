"""Cedar text to syntax (spec 01): the grammar is `cedar.lark`, and `building` says what its rules build.

The tables are made once, when this module is imported.
"""

from __future__ import annotations

from pathlib import Path
from typing import cast

from reference.building import Builder, Refusal
from reference.errors import InputError, Part
from reference.grammar import END, NOTHING, Grammar, Unexpected
from reference.nesting import NestingLimit, TooDeep
from reference.policies import Body
from reference.positions import refuse_surrogates, refused
from reference.syntax import Expr

GRAMMAR = Grammar(
    Path(__file__).with_name("cedar.lark").read_text(encoding="utf-8"), ("policies", "expr"), Builder()
)


def parse_policies(text: str) -> tuple[Body, ...]:
    """The policies and templates of a text, in order.

    Raises:
        InputError: part `policies`, with line and column.
    """
    return cast(tuple[Body, ...], _parse("policies", text, "policies", brackets=1))


def parse_expression(text: str) -> Expr:
    """One expression.

    Raises:
        InputError: part `expression`, with line and column.
    """
    return cast(Expr, _parse("expr", text, "expression", brackets=0))


def _parse(start: str, text: str, part: Part, brackets: int) -> object:
    """`brackets` are around every expression of such a text."""
    refuse_surrogates(text, part)
    try:
        return GRAMMAR.read(text, start, NestingLimit(brackets))
    except Refusal as refusal:
        raise refused(part, str(refusal), text, refusal.token.start + refusal.offset) from None
    except TooDeep as deep:
        raise refused(part, str(deep), text, deep.token.start) from None
    except Unexpected as unexpected:
        raise _unexpected(unexpected, text, part) from None


def _unexpected(error: Unexpected, text: str, part: Part) -> InputError:
    token = error.token
    if token.kind == NOTHING and token in HINTS:
        return refused(part, HINTS[token], text, token.start)
    found = {END: "the end of the text", NOTHING: f"{str(token)!a}, which starts no token"}
    expected = ", ".join(sorted({_shown(kind) for kind in error.expected - {END}}))
    shown = found.get(token.kind) or f"`{_short(token)}`"
    return refused(part, f"expected {expected}; found {shown}", text, token.start)


HINTS = {
    "/": "there is no division, so `/` has no meaning",
    "%": "there is no remainder, so `%` has no meaning",
    "=": "expected `==`, found `=`",
    '"': "the string is not closed, or has a backslash before a line break",
}


def _shown(kind: str) -> str:
    """A kind of token as people know it."""
    return NAMES.get(kind) or f"`{SPELLING[kind]}`"


SPELLING = {kind: spelling for spelling, kind in GRAMMAR.spelled.items()}
NAMES = {
    "WORD": "a word",
    "NUMBER": "a number",
    "STRING": "a string",
    "SLOT": "a slot",
    "RELATION": "a comparison",
}


def _short(token: str) -> str:
    return token if len(token) <= 40 else f"{token[:40]}…"
