"""The partial evaluator: a loop over the code of a term (spec 09 §4)."""

from __future__ import annotations

from typing import TypeAlias

from . import code as c
from .code import Code
from .rules import Known, conjunction, disjunction
from .terms import ERROR, IF, Operand, Term

Variables: TypeAlias = tuple[Operand, Operand, Operand, Operand]
"""Principal, action, resource, context: what is known of each, or the variable itself."""


def partially_evaluate(code: Code, variables: Variables, known: Known) -> Operand:
    """Return the residual of an expression: a value, the error, or a term."""
    stack: list[Operand] = []
    slots: dict[int, Operand] = {}
    size = len(code)
    at = 0
    while at < size:
        opcode, first, second = code[at]
        at += 1
        if opcode == c.PUSH:
            stack.append(first)
        elif opcode == c.READ:
            stack.append(variables[first])
        elif opcode == c.APPLY_1:
            stack[-1] = first(stack[-1], second, known)
        elif opcode == c.APPLY_2:
            right = stack.pop()
            stack[-1] = first(stack[-1], right, second, known)
        elif opcode == c.AND_LEFT:
            if stack[-1] is False or stack[-1] is ERROR:
                at = second
        elif opcode == c.AND_RIGHT:
            right = stack.pop()
            stack[-1] = conjunction(stack[-1], right)
        elif opcode == c.OR_LEFT:
            if stack[-1] is True or stack[-1] is ERROR:
                at = second
        elif opcode == c.OR_RIGHT:
            right = stack.pop()
            stack[-1] = disjunction(stack[-1], right)
        elif opcode == c.APPLY_N:
            extra, count = second
            base = len(stack) - count
            stack[base:] = [first(extra, stack[base:])]
        elif opcode == c.STORE:
            slots[first] = stack[-1]
        elif opcode == c.LOAD:
            stack.append(slots[first])
        else:
            at = _branch(opcode, first, second, at, stack)
    return stack[-1]


def _branch(opcode: int, first: int | None, second: int, at: int, stack: list[Operand]) -> int:
    """Run an instruction of `if`; return where to go on. The condition stays below its branches."""
    if opcode == c.IF:
        if stack[-1] is ERROR:
            return second
        if stack[-1] is False and first is not None:
            stack.append(False)
            return first
        return at
    if opcode == c.ELSE:
        if stack[-2] is not True:
            return at
        stack[-2:] = stack[-1:]
        return second
    if opcode == c.ONE_BRANCH:
        branch = stack.pop()
        condition = stack[-1]
        is_open = isinstance(condition, Term)
        stack[-1] = Term(IF, None, (condition, branch, branch)) if is_open else branch
        return at
    otherwise, then = stack.pop(), stack.pop()
    condition = stack[-1]
    stack[-1] = otherwise if condition is False else Term(IF, None, (condition, then, otherwise))
    return at
