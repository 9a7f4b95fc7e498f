"""Tier 1: a stack machine that runs lowered code as it is.

It costs nothing to prepare and takes code of any size and depth; generated code (tier 2) takes over what
is asked often. Law (tiers): both give the same value or the same kind of error, for every code, request
and store.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from ..entities import Entities
from ..language import lowering as op
from ..language.extensions import FUNCTIONS, call
from ..language.lowering import Code
from ..language.uids import Uid
from ..language.values import Record, Value, equal, key, set_of
from ..language.wildcard import Wildcard
from .operations import (
    as_set,
    contains_all,
    contains_any,
    get_attribute,
    get_tag,
    has_path,
    has_tag,
    is_in,
    is_type,
    less,
    less_equal,
    long,
    ranged,
    truth,
    wrong_kind,
)


@dataclass(slots=True, eq=False)
class Frame:
    """The request and the store that an expression is evaluated against."""

    principal: Uid
    action: Uid
    resource: Uid
    context: Record
    entities: Entities


def _like(value: Value, pattern: Wildcard) -> bool:
    if isinstance(value, str):
        return pattern.matches(value)
    return wrong_kind("String", value)


_UNARY: Final[dict[int, Callable[[Value, Any, Frame], Value]]] = {
    op.GET: lambda value, name, frame: get_attribute(value, name, frame.entities._attributes),
    op.HAS: lambda value, path, frame: has_path(value, path, frame.entities._attributes),
    op.LIKE: lambda value, pattern, frame: _like(value, pattern),
    op.IS: lambda value, type_name, frame: is_type(value, type_name),
    op.NOT: lambda value, argument, frame: not truth(value),
    op.NEG: lambda value, argument, frame: ranged(-long(value)),
    op.IS_EMPTY: lambda value, argument, frame: not as_set(value).keys,
}
_BINARY: Final[dict[int, Callable[[Value, Value, Frame], Value]]] = {
    op.EQ: lambda left, right, frame: equal(left, right),
    op.NE: lambda left, right, frame: not equal(left, right),
    op.LT: lambda left, right, frame: less(left, right),
    op.LE: lambda left, right, frame: less_equal(left, right),
    op.GT: lambda left, right, frame: not less_equal(left, right),
    op.GE: lambda left, right, frame: not less(left, right),
    op.IN: lambda left, right, frame: is_in(left, right, frame.entities._above),
    op.ADD: lambda left, right, frame: ranged(long(left) + long(right)),
    op.SUB: lambda left, right, frame: ranged(long(left) - long(right)),
    op.MUL: lambda left, right, frame: ranged(long(left) * long(right)),
    op.CONTAINS: lambda left, right, frame: key(right) in as_set(left).keys,
    op.CONTAINS_ALL: lambda left, right, frame: contains_all(left, right),
    op.CONTAINS_ANY: lambda left, right, frame: contains_any(left, right),
    op.HAS_TAG: lambda left, right, frame: has_tag(left, right, frame.entities._tags),
    op.GET_TAG: lambda left, right, frame: get_tag(
        left, right, frame.entities._tags, frame.entities._attributes
    ),
}


def _gather(opcode: int, argument: Any, stack: list[Value]) -> Value:
    """Take the operands of a set, record or call off the stack."""
    count: int = argument if opcode == op.SET else len(argument) if opcode == op.RECORD else argument[1]
    base = len(stack) - count
    operands = stack[base:]
    del stack[base:]
    if opcode == op.SET:
        return set_of(operands)
    if opcode == op.RECORD:
        return dict(zip(argument, operands, strict=True))
    return call(FUNCTIONS[argument[0]], operands)


def _control(opcode: int, argument: Any, at: int, stack: list[Value], frame: Frame) -> int:
    """Do a control instruction; where to go on from."""
    if opcode == op.IS_RIGHT:
        right = stack.pop()
        stack[-1] = is_in(stack[-1], right, frame.entities._above)
        return at
    if opcode == op.IS_LEFT:
        type_name, target = argument
        if is_type(stack[-1], type_name):
            return at
        stack[-1] = False
        return int(target)
    if opcode == op.ELSE:
        return int(argument)
    if opcode == op.END_IF:
        return at
    value = truth(stack[-1])
    if opcode == op.AND_RIGHT or opcode == op.OR_RIGHT:
        return at
    if opcode == op.IF:
        stack.pop()
        return at if value else int(argument)
    if value is (opcode == op.OR_LEFT):
        return int(argument)
    stack.pop()
    return at


def run(code: Code, frame: Frame) -> Value:
    """Return the value of an expression; of conditions, whether all guards hold. Raises `EvaluationError`."""
    instructions, literals = code.instructions, code.literals
    size = len(instructions)
    stack: list[Value] = []
    at = 0
    while at < size:
        opcode, argument = instructions[at]
        at += 1
        if opcode == op.VAR:
            stack.append(getattr(frame, argument))
        elif opcode == op.CONST:
            stack.append(literals[argument[0]])
        elif opcode == op.BOOL:
            stack.append(argument)
        elif opcode <= op.IS_EMPTY:
            stack[-1] = _UNARY[opcode](stack[-1], argument, frame)
        elif opcode <= op.HAS_TAG:
            right = stack.pop()
            stack[-1] = _BINARY[opcode](stack[-1], right, frame)
        elif opcode <= op.CALL:
            stack.append(_gather(opcode, argument, stack))
        elif opcode != op.GUARD:
            at = _control(opcode, argument, at, stack, frame)
        elif truth(stack.pop()) is not argument:
            return False
    return stack[-1] if stack else True
