"""Sugar and what it stands for (spec 01 §5)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from reference.support.traversal import fold, rebuild
from reference.syntax import And, Binary, Expr, GetAttr, HasAttr, HasPath, Is, IsIn, Unary


def core(expr: Expr) -> Expr:
    """Return the same expression without sugar (spec 01 §5). Repeated operands are shared, not copied."""
    return fold(expr, _core_rule)


def _core_rule(expr: Expr, parts: Sequence[Expr]) -> Expr:
    match expr, parts:
        case Binary("!="), (left, right):
            return Unary("!", Binary("==", left, right))
        case Binary(">"), (left, right):
            return Unary("!", Binary("<=", left, right))
        case Binary(">="), (left, right):
            return Unary("!", Binary("<", left, right))
        case IsIn(_, type_name), (operand, ancestor):
            return And(Is(operand, type_name), Binary("in", operand, ancestor))
        case HasPath(_, path), (operand,):
            test: Expr = HasAttr(operand, path[0])
            for attr, following in pairwise(path):
                operand = GetAttr(operand, attr)
                test = And(test, HasAttr(operand, following))
            return test
        case _:
            return rebuild(expr, parts)


def has_path(operand: Expr, path: Sequence[str]) -> Expr:
    """Build `operand has a.b.c`; a path of one attribute is the plain form (spec 06 §3)."""
    return HasAttr(operand, path[0]) if len(path) == 1 else HasPath(operand, tuple(path))
