"""Tier 2: lowered code written out as Python statements.

Law (tiers): generated code gives the status, or the value, that the machine gives.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ..language import lowering as op
from ..language.lowering import Instructions
from .codegen_control import (
    write_else,
    write_end_if,
    write_guard,
    write_if,
    write_is_left,
    write_is_right,
    write_left,
    write_right,
)
from .codegen_operators import (
    write_arithmetic,
    write_bool,
    write_call,
    write_const,
    write_contains,
    write_contains_many,
    write_equals,
    write_get,
    write_get_tag,
    write_has,
    write_has_tag,
    write_in,
    write_is,
    write_is_empty,
    write_like,
    write_neg,
    write_not,
    write_order,
    write_record,
    write_set,
    write_var,
)
from .codegen_writer import Writer

_DEEPEST_BLOCK: Final = 60
_DEEPEST_STACK: Final = 1_000


class TooLarge(Exception):
    """The code is nested beyond what Python's compiler takes; the machine runs it instead."""


def write_code(out: Writer, instructions: Instructions, literal: Callable[[int], str]) -> None:
    """Write out code whose literals go by the given names; at the end all guards hold.

    Raises `TooLarge`.
    """
    out.literal = literal
    out.dead = False
    for opcode, argument in instructions:
        _WRITERS[opcode](out, argument)
        if out.indent > _DEEPEST_BLOCK or len(out.stack) > _DEEPEST_STACK:
            raise TooLarge
        if out.dead:
            break


_WRITERS: Final[dict[int, Callable[[Writer, Any], None]]] = {
    op.VAR: write_var,
    op.CONST: write_const,
    op.BOOL: write_bool,
    op.GET: write_get,
    op.HAS: write_has,
    op.LIKE: write_like,
    op.IS: write_is,
    op.NOT: write_not,
    op.NEG: write_neg,
    op.IS_EMPTY: write_is_empty,
    op.EQ: lambda out, argument: write_equals(out, False),
    op.NE: lambda out, argument: write_equals(out, True),
    op.LT: write_order("<"),
    op.LE: write_order("<="),
    op.GT: write_order(">"),
    op.GE: write_order(">="),
    op.IN: write_in,
    op.ADD: write_arithmetic("+"),
    op.SUB: write_arithmetic("-"),
    op.MUL: write_arithmetic("*"),
    op.CONTAINS: write_contains,
    op.CONTAINS_ALL: write_contains_many("({1}.keys <= {0}.keys)"),
    op.CONTAINS_ANY: write_contains_many("(not {0}.keys.isdisjoint({1}.keys))"),
    op.GET_TAG: write_get_tag,
    op.HAS_TAG: write_has_tag,
    op.SET: write_set,
    op.RECORD: write_record,
    op.CALL: write_call,
    op.AND_LEFT: lambda out, argument: write_left(out, ""),
    op.AND_RIGHT: lambda out, argument: write_right(out, "and"),
    op.OR_LEFT: lambda out, argument: write_left(out, "not "),
    op.OR_RIGHT: lambda out, argument: write_right(out, "or"),
    op.IF: write_if,
    op.ELSE: write_else,
    op.END_IF: write_end_if,
    op.IS_LEFT: write_is_left,
    op.IS_RIGHT: write_is_right,
    op.GUARD: write_guard,
}
