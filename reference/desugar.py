"""Sugar and what it stands for (spec 01 §5)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from reference.syntax import (
    And,
    Binary,
    Call,
    Expr,
    GetAttr,
    HasAttr,
    HasPath,
    If,
    Is,
    IsIn,
    Like,
    Lit,
    Or,
    RecordOf,
    SetOf,
    Slot,
    Unary,
    Var,
    fold,
)


def core(expr: Expr) -> Expr:
    """The same expression without sugar (spec 01 §5). Repeated operands are shared, not copied."""
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


def rebuild(expr: Expr, parts: Sequence[Expr]) -> Expr:
    """`expr` with `parts` in place of its children."""
    match expr, parts:
        case ((Lit() | Var() | Slot()), _):
            return expr
        case If(), (condition, then, otherwise):
            return If(condition, then, otherwise)
        case And(), (left, right):
            return And(left, right)
        case Or(), (left, right):
            return Or(left, right)
        case Unary(op), (operand,):
            return Unary(op, operand)
        case Binary(op), (left, right):
            return Binary(op, left, right)
        case Like(_, pattern), (operand,):
            return Like(operand, pattern)
        case Is(_, type_name), (operand,):
            return Is(operand, type_name)
        case IsIn(_, type_name), (operand, ancestor):
            return IsIn(operand, type_name, ancestor)
        case HasAttr(_, attr), (operand,):
            return HasAttr(operand, attr)
        case HasPath(_, path), (operand,):
            return HasPath(operand, path)
        case GetAttr(_, attr), (operand,):
            return GetAttr(operand, attr)
        case SetOf(), _:
            return SetOf(tuple(parts))
        case RecordOf(pairs), _:
            return RecordOf(tuple((key, part) for (key, _), part in zip(pairs, parts, strict=True)))
        case Call(function), _:
            return Call(function, tuple(parts))
        case _:
            raise AssertionError("the parts are not those of this form")
