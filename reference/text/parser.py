"""Cedar text to syntax (spec 01): the grammar is `cedar.lark`, and `ast_builder` its builder.

The tables are made once, when this module is imported.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

from reference.errors import InputError, Part
from reference.policies import Body
from reference.syntax import Expr
from reference.text.ast_builder import Builder
from reference.text.depth_limit import NestingLimit, TooDeep
from reference.text.expression_builder import Refusal
from reference.text.lalr import END, NOTHING, Grammar, Unexpected
from reference.text.positions import one_line, refuse_surrogates, refused

GRAMMAR = Grammar(
    Path(__file__).with_name("cedar.lark").read_text(encoding="utf-8"), ("policies", "expr"), Builder()
)


class Fault(Exception):
    """The text goes wrong at `offset`."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


def parse_policies(text: str) -> tuple[Body, ...]:
    """Parse the policies and templates of a text, in order.

    Raises:
        InputError: part `policies`, with line and column; the message goes on with the errors of further
            policies, a line each.
    """
    refuse_surrogates(text, "policies")
    try:
        return _policies(text)
    except Fault as first:
        raise _refused(_all_faults(text, first), text, "policies") from None


def parse_expression(text: str) -> Expr:
    """One expression.

    Raises:
        InputError: part `expression`, with line and column.
    """
    refuse_surrogates(text, "expression")
    try:
        return cast(Expr, _read("expr", text, brackets=0))
    except Fault as fault:
        raise _refused([fault], text, "expression") from None


def _policies(text: str, begin: int = 0) -> tuple[Body, ...]:
    return cast(tuple[Body, ...], _read("policies", text, brackets=1, begin=begin))


def _read(start: str, text: str, brackets: int, begin: int = 0) -> object:
    """Read what the text holds from `begin` on; `brackets` are around every expression of such a text.

    Raises `Fault`.
    """
    try:
        return GRAMMAR.read(text, start, NestingLimit(brackets), begin=begin)
    except Refusal as refusal:
        raise Fault(str(refusal), refusal.token.start + refusal.offset) from None
    except TooDeep as deep:
        raise Fault(str(deep), deep.token.start) from None
    except Unexpected as unexpected:
        raise Fault(_unexpected(unexpected), unexpected.token.start) from None


def _all_faults(text: str, first: Fault) -> list[Fault]:
    """Parse the fault of every policy that has one, found by reading on after each of them."""
    faults = [first]
    begin = end_of_policy(text, 0, first.offset)
    while begin is not None and len(faults) < MOST_FAULTS:
        try:
            _policies(text, begin)
        except Fault as fault:
            faults.append(fault)
            begin = end_of_policy(text, begin, fault.offset)
        else:
            break
    return faults


def end_of_policy(text: str, begin: int, fault: int) -> int | None:
    """Parse the place after the `;` that ends a faulty policy; `begin` is outside of all policies.

    That is the first one after the fault outside brackets, or with the start of a policy behind it, as a
    bracket may be missing.
    """
    depth, end = 0, None
    for found in GRAMMAR.token.finditer(text, begin):
        piece = found[found.lastgroup or 0]
        if end is not None and (depth == 0 or piece in POLICY_STARTS):
            return end
        end = found.end() if piece == ";" and found.end() > fault else None
        depth = max(0, depth + (piece in "([{") - (piece in ")]}")) if piece else depth
    return None


def _refused(faults: Sequence[Fault], text: str, part: Part) -> InputError:
    errors = [refused(part, str(fault), text, fault.offset) for fault in faults]
    further = [f"\nline {error.line}, column {error.column}: {error.message}" for error in errors[1:]]
    return InputError(part, "".join([errors[0].message, *further]), errors[0].line, errors[0].column)


def _unexpected(error: Unexpected) -> str:
    token = error.token
    if token.kind == NOTHING and token in HINTS:
        return HINTS[token]
    found = {END: "the end of the text", NOTHING: f"{str(token)!a}, which starts no token"}
    expected = ", ".join(sorted({_shown(kind) for kind in error.expected - {END}}))
    shown = found.get(token.kind) or f"`{_short(token)}`"
    return f"expected {expected}; found {shown}"


POLICY_STARTS = frozenset({"permit", "forbid", "@"})
MOST_FAULTS = 100
"""Of one text that are reported."""

HINTS = {
    "/": "there is no division, so `/` has no meaning",
    "%": "there is no remainder, so `%` has no meaning",
    "=": "expected `==`, found `=`",
    '"': "the string is not closed, or has a backslash before a line break",
}


def _shown(kind: str) -> str:
    """Name a kind of token as people know it."""
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
    """Parse the beginning of a token, on one line."""
    shown = one_line(token[:40])
    return shown if len(token) <= 40 else f"{shown}…"
