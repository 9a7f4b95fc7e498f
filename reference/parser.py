"""Cedar text to syntax (spec 01): the grammar is `cedar.lark`, and `building` says what its rules build.

The tables are made once, when this module is imported. lark reads and builds with its own stack, so long
chains and deep nesting cost no recursion.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from lark import Lark, Token, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from reference.building import Builder, Refusal
from reference.errors import InputError, Part
from reference.nesting import NestingLimit, TooDeep
from reference.policies import Body
from reference.positions import refuse_surrogates, refused
from reference.syntax import Expr

GRAMMAR = Path(__file__).with_name("cedar.lark").read_text(encoding="utf-8")


def _parser(start: str, outer_brackets: int) -> Lark:
    return Lark(
        GRAMMAR,
        start=start,
        parser="lalr",
        maybe_placeholders=False,
        transformer=Builder(),
        postlex=NestingLimit(outer_brackets),
    )


POLICIES = _parser("policies", outer_brackets=1)
EXPRESSION = _parser("expr", outer_brackets=0)


def parse_policies(text: str) -> tuple[Body, ...]:
    """The policies and templates of a text, in order.

    Raises:
        InputError: part `policies`, with line and column.
    """
    return cast(tuple[Body, ...], _parse(POLICIES, text, "policies"))


def parse_expression(text: str) -> Expr:
    """One expression.

    Raises:
        InputError: part `expression`, with line and column.
    """
    return cast(Expr, _parse(EXPRESSION, text, "expression"))


def _parse(parser: Lark, text: str, part: Part) -> Any:
    refuse_surrogates(text, part)
    try:
        return parser.parse(text)
    except Refusal as refusal:
        raise refused(part, str(refusal), text, _offset(refusal.token, text) + refusal.offset) from None
    except TooDeep as deep:
        raise refused(part, str(deep), text, _offset(deep.token, text)) from None
    except UnexpectedInput as unexpected:
        raise _unexpected(parser, unexpected, text, part) from None


def _offset(token: Token, text: str) -> int:
    return len(text) if token.start_pos is None else token.start_pos


def _unexpected(parser: Lark, error: UnexpectedInput, text: str, part: Part) -> InputError:
    match error:
        case UnexpectedToken(token=token) if token.type == "$END":
            offset, found, allowed = len(text), "the end of the text", error.expected
        case UnexpectedToken(token=token):
            offset, found, allowed = _offset(token, text), f"`{_short(token)}`", error.expected
        case UnexpectedCharacters():
            offset, allowed = error.pos_in_stream or 0, error.allowed
            if text[offset] in HINTS:
                return refused(part, HINTS[text[offset]], text, offset)
            found = f"{text[offset]!a}, which starts no token"
        case _:
            raise error
    expected = sorted({_shown(parser, name) for name in allowed or ()})
    return refused(part, f"expected {', '.join(expected)}; found {found}", text, offset)


HINTS = {
    "/": "there is no division, so `/` has no meaning",
    "%": "there is no remainder, so `%` has no meaning",
    "=": "expected `==`, found `=`",
    '"': "the string is not closed, or has a backslash before a line break",
}


def _shown(parser: Lark, terminal: str) -> str:
    """A terminal as people know it."""
    if terminal in NAMES:
        return NAMES[terminal]
    pattern = parser.get_terminal(terminal).pattern
    return f"`{pattern.value}`" if pattern.type == "str" else f"`{terminal.strip('_').lower()}`"


NAMES = {
    "WORD": "a word",
    "NUMBER": "a number",
    "STRING": "a string",
    "SLOT": "a slot",
    "RELATION": "a comparison",
    "$END": "the end of the text",
}


def _short(token: str) -> str:
    return token if len(token) <= 40 else f"{token[:40]}…"
