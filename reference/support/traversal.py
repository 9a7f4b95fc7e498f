"""Traversal of expressions: children, folds, rebuilding."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

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
)

T = TypeVar("T")


def children(expr: Expr) -> tuple[Expr, ...]:
    """Return the direct sub-expressions, in order of evaluation."""
    match expr:
        case Lit() | Var() | Slot():
            return ()
        case And() | Or() | Binary():
            return (expr.left, expr.right)
        case SetOf():
            return expr.elements
        case Call():
            return expr.arguments
        case RecordOf():
            return tuple([part for _, part in expr.fields])
        case If():
            return (expr.condition, expr.then, expr.otherwise)
        case IsIn():
            return (expr.operand, expr.ancestor)
        case _:
            return (expr.operand,)


def fold(expr: Expr, rule: Callable[[Expr, Sequence[T]], T]) -> T:
    """Build a result from the leaves up: `rule` gets an expression and the results of its children."""
    return rule(expr, [fold(child, rule) for child in children(expr)])


def walk(expr: Expr) -> Iterator[Expr]:
    """Yield the expression and everything inside it, from the root down and from left to right."""
    todo = [expr]
    while todo:
        node = todo.pop()
        yield node
        todo.extend(reversed(children(node)))


def rebuild(expr: Expr, parts: Sequence[Expr]) -> Expr:
    """Put `parts` in place of the children of `expr`."""
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
