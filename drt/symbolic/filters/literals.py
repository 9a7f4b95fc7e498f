"""Literals and operators of SQL, in Cedar."""

from __future__ import annotations

from collections.abc import Iterable

from drt.symbolic.filters.conditions import equal, negated
from drt.symbolic.filters.sql import UnreadableSql
from reference.extensions.datetime import Datetime
from reference.extensions.decimal import Decimal
from reference.extensions.duration import Duration
from reference.partial.values import value_expression
from reference.schema.types import (
    BOOL,
    DATETIME,
    DECIMAL,
    DURATION,
    LONG,
    STRING,
    EntityType,
    Type,
    describe,
)
from reference.syntax import Binary, Call, Expr, Lit, Pattern, Star
from reference.values import EntityUid, Long, String, boolean

Plain = str | int | bool


def type_of_literals(values: Iterable[Plain]) -> Type:
    """Return the type in which literals are compared with each other."""
    return STRING if all(isinstance(value, str) for value in values) else LONG


def as_value(value: Plain, type_: Type, *, integer_key: bool = False) -> Expr:
    """Write a literal that a column of a type is compared with; raise `UnreadableSql`."""
    match type_, value:
        case t, bool() | 0 | 1 if t == BOOL:
            return Lit(boolean(bool(value)))
        case EntityType(names), str() if not integer_key:
            return Lit(EntityUid(min(names), value))
        case EntityType(names), int() if integer_key and not isinstance(value, bool):
            return Lit(EntityUid(min(names), str(value)))
        case t, str() if t == STRING:
            return Lit(String(value))
        case t, int() if t == LONG and not isinstance(value, bool):
            return Lit(Long(value))
        case t, int() if t == DECIMAL:
            return value_expression(Decimal(value))
        case t, int() if t == DATETIME:
            return value_expression(Datetime(value))
        case t, int() if t == DURATION:
            return value_expression(Duration(value))
    raise UnreadableSql(f"expected {describe(type_)}, found the literal {value!r}")


def compared(op: str, left: Expr, right: Expr, type_: Type) -> Expr:
    """Write a comparison of two values of a type; raise `UnreadableSql`."""
    match op:
        case "=":
            return equal(left, right)
        case "!=":
            return negated(equal(left, right))
        case "<" | "<=" if type_ in (LONG, DATETIME, DURATION):
            return Binary("<" if op == "<" else "<=", left, right)
        case "<" | "<=" if type_ == DECIMAL:
            return Call("lessThan" if op == "<" else "lessThanOrEqual", (left, right))
    raise UnreadableSql(f"values of type {describe(type_)} are compared by `{op}`")


def glob_pattern(text: str) -> Pattern:
    """Read a pattern of SQLite's `GLOB`; raise `UnreadableSql`."""
    found: list[Star | str] = []
    position = 0
    while position < len(text):
        character = text[position]
        if character == "[":
            if text[position + 2 : position + 3] != "]" or text[position + 1] == "^":
                raise UnreadableSql(f"the pattern {text!r} has a class of characters")
            found.append(text[position + 1])
            position += 3
            continue
        if character in "?\0":
            raise UnreadableSql(f"the pattern {text!r} has a {character!r}")
        found.append(Star() if character == "*" else character)
        position += 1
    return tuple(found)


def like_pattern(text: str, escape: str) -> Pattern:
    """Read a pattern of `LIKE`, which compares exactly on PostgreSQL alone; raise `UnreadableSql`."""
    found: list[Star | str] = []
    characters = iter(text)
    for character in characters:
        if character == escape:
            literal = next(characters, None)
            if literal is None:
                raise UnreadableSql(f"the pattern {text!r} ends with its escape character")
            found.append(literal)
        elif character in "_\0":
            raise UnreadableSql(f"the pattern {text!r} has a {character!r}")
        else:
            found.append(Star() if character == "%" else character)
    return tuple(found)
