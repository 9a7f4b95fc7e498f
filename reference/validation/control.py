"""Rules for the forms that may skip an operand: `&&`, `||`, `if` (spec 08 §6.2).

An operand that the others make unreachable is not judged; the typed expression leaves it out.
"""

from __future__ import annotations

from reference.schema.lattice import join
from reference.schema.types import BOOL, FALSE, TRUE, FalseType, TrueType, Type, UnknownType, describe
from reference.syntax import And, Expr, If, Or
from reference.validation.capabilities import NONE, Capabilities
from reference.validation.judgement import BOOLEAN, Checker, Judgement, Typed


def boolean(expr: Expr, known: Capabilities, check: Checker) -> Judgement:
    """Return the judgement on an operand that must be a boolean."""
    judgement = check.judge(expr, known)
    check.expect(judgement.typed, BOOLEAN)
    return judgement


def conjunction(expr: And, known: Capabilities, check: Checker) -> Judgement:
    """Type `a && b`."""
    left = boolean(expr.left, known, check)
    if left.type == FALSE:
        return Judgement(Typed(expr, FALSE, (left.typed,)))
    right = boolean(expr.right, known | left.grants, check)
    t = and_type(left.type, right.type)
    return Judgement(
        Typed(expr, t, (left.typed, right.typed)), NONE if t == FALSE else left.grants | right.grants
    )


def and_type(left: Type, right: Type) -> Type:
    """Compute the type of `a && b` where b is reached."""
    match left, right:
        case UnknownType(), _:
            return BOOL
        case _, FalseType():
            return FALSE
        case TrueType(), TrueType():
            return TRUE
        case _:
            return BOOL


def disjunction(expr: Or, known: Capabilities, check: Checker) -> Judgement:
    """Type `a || b`."""
    left = boolean(expr.left, known, check)
    if left.type == TRUE:
        return Judgement(Typed(expr, TRUE, (left.typed,)))
    right = boolean(expr.right, known, check)
    parts = (left.typed, right.typed)
    match left.type, right.type:
        case UnknownType(), _:
            return Judgement(Typed(expr, BOOL, parts))
        case FalseType(), (TrueType() | FalseType() as t):
            return Judgement(Typed(expr, t, parts), right.grants)
        case FalseType(), _:
            return Judgement(Typed(expr, BOOL, parts), right.grants)
        case _, TrueType():
            return Judgement(Typed(expr, TRUE, parts))
        case _, FalseType():
            return Judgement(Typed(expr, BOOL, parts), left.grants)
        case _:
            return Judgement(Typed(expr, BOOL, parts), left.grants & right.grants)


def conditional(expr: If, known: Capabilities, check: Checker) -> Judgement:
    """`if c then t else e`."""
    condition = boolean(expr.condition, known, check)
    match condition.type:
        case TrueType():
            then = check.judge(expr.then, known | condition.grants)
            parts = (condition.typed, then.typed)
            return Judgement(Typed(expr, then.type, parts), condition.grants | then.grants)
        case FalseType():
            otherwise = check.judge(expr.otherwise, known)
            parts = (condition.typed, otherwise.typed)
            return Judgement(Typed(expr, otherwise.type, parts), otherwise.grants)
    then = check.judge(expr.then, known | condition.grants)
    otherwise = check.judge(expr.otherwise, known)
    joined = join(then.type, otherwise.type, permissive=check.permissive)
    if joined is None:
        message = f"the branches have no common type: {describe(then.type)} and {describe(otherwise.type)}"
        joined = check.report("incompatible_types", message, expr)
    typed = Typed(expr, joined, (condition.typed, then.typed, otherwise.typed))
    return Judgement(typed, (condition.grants | then.grants) & otherwise.grants)
