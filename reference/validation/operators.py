"""Types of operators from the types of their operands (spec 08 §6.3, §6.4, §12.2): one row a rule.

The last row is the error. Sugar has its own rows: `!=`, `>` and `>=` are negations.
"""

from __future__ import annotations

from collections.abc import Sequence

from reference.syntax import BinaryOp, UnaryOp
from reference.validation.hierarchy import membership
from reference.validation.judgement import IllTyped, Setting, Typed
from reference.validation.lattice import join, join_all
from reference.validation.types import (
    BOOL,
    DATETIME,
    DURATION,
    FALSE,
    LONG,
    NEVER,
    TRUE,
    BoolType,
    EntityType,
    FalseType,
    LongType,
    SetType,
    StringType,
    TrueType,
    Type,
    describe,
)


def unary_type(op: UnaryOp, operand: Type) -> Type:
    """The type of `!e`, `-e` and `e.isEmpty()`."""
    match op, operand:
        case "!", TrueType():
            return FALSE
        case "!", FalseType():
            return TRUE
        case "!", BoolType():
            return BOOL
        case "neg", LongType():
            return LONG
        case "isEmpty", SetType():
            return BOOL
        case _:
            wanted = {"!": "Bool", "neg": "Long", "isEmpty": "a set"}[op]
            raise IllTyped(f"expected {wanted}, found {describe(operand)}")


def binary_type(op: BinaryOp, left: Typed, right: Typed, setting: Setting) -> Type:
    """The type of an operator with two operands, tags excepted."""
    match op, left.type, right.type:
        case "==", _, _:
            return equality(left, right, setting)
        case "!=", _, _:
            return unary_type("!", equality(left, right, setting))
        case (("<" | "<=" | ">" | ">="), t, u) if t in (LONG, DATETIME, DURATION) and t == u:
            return BOOL
        case (("+" | "-" | "*"), LongType(), LongType()):
            return LONG
        case "in", _, _:
            return membership(left, right, setting)
        case "contains", SetType(element), u:
            return related(element, u, setting)
        case (("containsAll" | "containsAny"), SetType(t), SetType(u)):
            return related(t, u, setting)
        case _:
            raise IllTyped(f"expected {OPERANDS[op]}, found {describe(left.type)} and {describe(right.type)}")


ORDERED = "two operands of one type, Long, datetime or duration"
OPERANDS = {
    **dict.fromkeys(("<", "<=", ">", ">="), ORDERED),
    **dict.fromkeys(("+", "-", "*"), "two operands of type Long"),
    "contains": "a set and a value",
    "containsAll": "two sets",
    "containsAny": "two sets",
}


def equality(left: Typed, right: Typed, setting: Setting) -> Type:
    """`a == b`: the rows of spec 08 §6.3 in their order."""
    match left.type, right.type:
        case EntityType(names), EntityType(others) if names.isdisjoint(others):
            return FALSE
    value, other = setting.literal(left.expr), setting.literal(right.expr)
    if value is not None and other is not None:
        return TRUE if value == other else FALSE
    return related(left.type, right.type, setting)


def related(t: Type, u: Type, setting: Setting) -> Type:
    """Bool, if the types have a bound; in permissive mode any two values can be compared."""
    if setting.permissive or join(t, u) is not None:
        return BOOL
    raise IllTyped(f"{describe(t)} and {describe(u)} have no values in common")


def set_type(elements: Sequence[Typed], setting: Setting) -> Type:
    """The type of `[e1, …]`."""
    if not elements:
        if setting.permissive:
            return SetType(NEVER)
        raise IllTyped("the empty set has no element type")
    joined = join_all((element.type for element in elements), permissive=setting.permissive)
    if joined is not None:
        return SetType(joined)
    first = describe(elements[0].type)
    odd = next(
        (e.type for e in elements if join(elements[0].type, e.type, permissive=setting.permissive) is None),
        None,
    )
    other = "" if odd is None else f": {first} and {describe(odd)}"
    raise IllTyped(f"the elements of a set must have one type{other}")


def like_type(operand: Type) -> Type:
    """The type of `e like pattern`."""
    match operand:
        case StringType():
            return BOOL
        case _:
            raise IllTyped(f"expected String, found {describe(operand)}")


def is_type(operand: Type, name: str) -> Type:
    """The type of `e is T`."""
    match operand:
        case EntityType(names) if name not in names:
            return FALSE
        case EntityType(names):
            return TRUE if len(names) == 1 else BOOL
        case _:
            raise IllTyped(f"expected an entity, found {describe(operand)}")
