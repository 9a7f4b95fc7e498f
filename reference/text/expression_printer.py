"""Expressions to Cedar text that reads back to the same expression (spec 01 §7).

An operand gets parentheses unless it binds more tightly than where it stands. Text is built from nested
pieces, so that neither depth costs recursion nor a long chain copies its text again and again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reference.errors import InputError
from reference.extension_functions import METHODS
from reference.names import is_identifier
from reference.support.traversal import fold
from reference.syntax import (
    And,
    Binary,
    BinaryOp,
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
)  # fmt: skip
from reference.text.pieces import Level, Written, at, flat, key, listed, quoted, relation
from reference.text.strings import escape_pattern
from reference.values import Bool, EntityUid, Long, String, Value

LARGEST_EXPANSION = 1_000
"""The longest `has` path that may be written out as the `&&` it stands for."""

INFIX: dict[BinaryOp, Level] = {
    "==": Level.RELATION, "!=": Level.RELATION, "<": Level.RELATION, "<=": Level.RELATION,
    ">": Level.RELATION, ">=": Level.RELATION, "in": Level.RELATION,
    "+": Level.ADD, "-": Level.ADD, "*": Level.MULT,
}  # fmt: skip
"""The operators written between their operands; the other binary forms are methods."""

MOST_SIGNS = 4


def print_expression(expr: Expr) -> str:
    """Write the expression as text.

    Raises:
        InputError: part `policies`, for a method call without a receiver, which has no text.
    """
    return flat(fold(expr, _rule).pieces)


def print_uid(uid: EntityUid) -> str:
    """Write a uid as an entity literal."""
    return f"{uid.type}::{quoted(uid.id)}"


def _rule(expr: Expr, parts: Sequence[Written]) -> Written:
    match expr, parts:
        case Lit(value), _:
            return _literal(value)
        case (Var(name), _) | (Slot(name), _):
            return Written(Level.MEMBER, (name,))
        case If(), (condition, then, otherwise):
            pieces = ("if ", condition.pieces, " then ", then.pieces, " else ", otherwise.pieces)
            return Written(Level.IF, pieces)
        case Or(), (left, right):
            return Written(Level.OR, (at(Level.OR, left), " || ", at(Level.AND, right)))
        case And(), (left, right):
            return Written(Level.AND, (at(Level.AND, left), " && ", at(Level.RELATION, right)))
        case Binary(op), (left, right):
            return _binary(op, left, right)
        case Unary("isEmpty"), (operand,):
            return Written(Level.MEMBER, (at(Level.MEMBER, operand), ".isEmpty()"))
        case Unary(op), (operand,):
            return _prefixed("-" if op == "neg" else "!", operand, number=_is_bare_number(expr.operand))
        case SetOf(), _:
            return Written(Level.MEMBER, ("[", *listed(part.pieces for part in parts), "]"))
        case RecordOf(fields), _:
            pairs = ((key(name), ": ", part.pieces) for (name, _), part in zip(fields, parts, strict=True))
            return Written(Level.MEMBER, ("{", *listed(pairs), "}"))
        case Call(function), _:
            return _call(function, parts)
        case _:
            return _test(expr, parts)


def _test(expr: Expr, parts: Sequence[Written]) -> Written:
    """Write accesses and tests of one operand."""
    operand = parts[0]
    match expr:
        case GetAttr(_, attr):
            access = f".{attr}" if is_identifier(attr) else f"[{quoted(attr)}]"
            return Written(Level.MEMBER, (at(Level.MEMBER, operand), access))
        case HasAttr(_, attr):
            return relation(operand, " has ", key(attr))
        case HasPath(_, path) if all(is_identifier(attr) for attr in path):
            return relation(operand, " has ", ".".join(path))
        case HasPath(_, path):
            return _expanded(operand, path)
        case Is(_, type_name):
            return relation(operand, " is ", type_name)
        case IsIn(_, type_name):
            return relation(operand, " is ", type_name, " in ", at(Level.ADD, parts[1]))
        case Like(_, pattern):
            return relation(operand, " like ", f'"{escape_pattern(pattern)}"')
        case _:
            raise AssertionError("not a form with operands of its own")


def _expanded(operand: Written, path: Sequence[str]) -> Written:
    """`has a.b` as the `&&` that it stands for, for attributes that are no identifiers (spec 06 §3)."""
    if len(path) > LARGEST_EXPANSION:
        raise InputError(
            "policies", f"a `has` path of more than {LARGEST_EXPANSION:,} attributes has no text"
        )
    tests: list[Any] = []
    for attr in path:
        tests.append((at(Level.ADD, operand), " has ", key(attr)))
        access = f".{attr}" if is_identifier(attr) else f"[{quoted(attr)}]"
        operand = Written(Level.MEMBER, (at(Level.MEMBER, operand), access))
    return Written(Level.AND, tuple(listed(tests, " && ")))


def _literal(value: Value) -> Written:
    match value:
        case Bool(truth):
            return Written(Level.MEMBER, ("true" if truth else "false",))
        case Long(number) if number < 0:
            return Written(Level.UNARY, (f"{number}",), "-", 1)
        case Long(number):
            return Written(Level.MEMBER, (f"{number}",))
        case String(text):
            return Written(Level.MEMBER, (quoted(text),))
        case EntityUid():
            return Written(Level.MEMBER, (print_uid(value),))
        case _:
            raise AssertionError("no such literal")


def _binary(op: BinaryOp, left: Written, right: Written) -> Written:
    level = INFIX.get(op)
    if level is None:
        return Written(Level.MEMBER, (at(Level.MEMBER, left), f".{op}(", right.pieces, ")"))
    first = Level.ADD if level is Level.RELATION else level
    return Written(level, (at(first, left), f" {op} ", at(Level(level + 1), right)))


def _prefixed(sign: str, operand: Written, *, number: bool) -> Written:
    """Write a sign before its operand; a minus before a bare number would become part of it."""
    joins = operand.sign == sign and operand.signs < MOST_SIGNS
    if joins or (operand.level is Level.MEMBER and not (number and sign == "-")):
        return Written(Level.UNARY, (sign, operand.pieces), sign, operand.signs + 1 if joins else 1)
    return Written(Level.UNARY, (sign, "(", operand.pieces, ")"), sign, 1)


def _is_bare_number(expr: Expr) -> bool:
    return isinstance(expr, Lit) and isinstance(expr.value, Long)


def _call(function: str, parts: Sequence[Written]) -> Written:
    if function not in METHODS:
        return Written(Level.MEMBER, (function, "(", *listed(part.pieces for part in parts), ")"))
    if not parts:
        raise InputError("policies", f"a call of the method `{function}` without a receiver has no text")
    arguments = listed(part.pieces for part in parts[1:])
    return Written(Level.MEMBER, (at(Level.MEMBER, parts[0]), f".{function}(", *arguments, ")"))
