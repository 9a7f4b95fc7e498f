"""Types of operators from the types of their operands (spec 08 §6.3 to §6.5, §12.2): one row per rule.

A row expects its operands to be of a sort, and gives the type whether or not they are. Sugar has its own
rows: `!=`, `>` and `>=` are negations.
"""

from __future__ import annotations

from collections.abc import Sequence

from reference.schema.lattice import join, join_all
from reference.schema.types import (
    BOOL,
    FALSE,
    LONG,
    NEVER,
    TRUE,
    UNKNOWN,
    EntityType,
    FalseType,
    SetType,
    TrueType,
    Type,
    UnknownType,
    describe,
)
from reference.syntax import Binary, Expr, Unary
from reference.validation.hierarchy import membership
from reference.validation.judgement import BOOLEAN, ENTITY, NUMBER, ORDERED, SET, Checker, Typed


def unary_type(expr: Unary, operand: Typed, check: Checker) -> Type:
    """Compute the type of `!e`, `-e` and `e.isEmpty()`."""
    match expr.op:
        case "!":
            return negation(check.expect(operand, BOOLEAN))
        case "neg":
            check.expect(operand, NUMBER)
            return LONG
        case "isEmpty":
            check.expect(operand, SET)
            return BOOL


def negation(t: Type) -> Type:
    """Compute the type of `!e`, from that of e."""
    match t:
        case TrueType():
            return FALSE
        case FalseType():
            return TRUE
        case _:
            return BOOL


def binary_type(expr: Binary, left: Typed, right: Typed, check: Checker) -> Type:
    """Compute the type of an operator with two operands, tags excepted."""
    match expr.op:
        case "==":
            return equality(expr, left, right, check)
        case "!=":
            return negation(equality(expr, left, right, check))
        case "<" | "<=" | ">" | ">=":
            return comparison(left, right, check)
        case "+" | "-" | "*":
            check.expect(left, NUMBER)
            check.expect(right, NUMBER)
            return LONG
        case "in":
            return membership(left, right, check)
        case "contains":
            return related(expr, element_type(left, check), right.type, check)
        case "containsAll" | "containsAny":
            return related(expr, element_type(left, check), element_type(right, check), check)
        case "hasTag" | "getTag":
            raise AssertionError("tags have rules of their own")


def equality(expr: Expr, left: Typed, right: Typed, check: Checker) -> Type:
    """Type `a == b` by the rows of spec 08 §6.3 in their order."""
    match left.type, right.type:
        case EntityType(names), EntityType(others) if names.isdisjoint(others):
            return FALSE
    value, other = check.literal(left.expr), check.literal(right.expr)
    if value is not None and other is not None:
        return TRUE if value == other else FALSE
    return related(expr, left.type, right.type, check)


def comparison(left: Typed, right: Typed, check: Checker) -> Type:
    """Type `a < b`: both are Long, both datetime or both duration, where both types are known."""
    if isinstance(left.type, UnknownType) or isinstance(right.type, UnknownType):
        return BOOL
    t, u = check.expect(left, ORDERED), check.expect(right, ORDERED)
    if not isinstance(t, UnknownType) and not isinstance(u, UnknownType) and t != u:
        check.report("unexpected_type", f"expected {describe(t)}, found {describe(u)}", right.expr)
    return BOOL


def element_type(operand: Typed, check: Checker) -> Type:
    """Compute the type of the elements of an operand that must be a set."""
    match check.expect(operand, SET):
        case SetType(element):
            return element
        case _:
            return UNKNOWN


def related(expr: Expr, t: Type, u: Type, check: Checker) -> Type:
    """Bool. The types must have a bound; in permissive mode any two values can be compared."""
    if join(t, u) is None and not check.permissive:
        message = f"{describe(t)} and {describe(u)} have no values in common"
        check.report("incompatible_types", message, expr)
    return BOOL


def set_type(expr: Expr, elements: Sequence[Typed], check: Checker) -> Type:
    """Compute the type of `[e1, …]`; with an element of no known type it has none itself."""
    if not elements and check.permissive:
        return SetType(NEVER)
    if not elements:
        return check.report("empty_set", "the empty set has no element type", expr)
    if any(isinstance(element.type, UnknownType) for element in elements):
        return UNKNOWN
    joined = join_all([element.type for element in elements], permissive=check.permissive)
    if joined is not None:
        return SetType(joined)
    first = elements[0].type
    odd = next((e for e in elements if join(first, e.type, permissive=check.permissive) is None), None)
    other = "" if odd is None else f": {describe(first)} and {describe(odd.type)}"
    return check.report("incompatible_types", f"the elements of a set must have one type{other}", expr)


def is_type(operand: Typed, name: str, check: Checker) -> Type:
    """Compute the type of `e is T`."""
    match check.expect(operand, ENTITY):
        case EntityType(names) if name not in names:
            return FALSE
        case EntityType(names) if len(names) == 1:
            return TRUE
        case _:
            return BOOL
