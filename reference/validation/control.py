"""Rules for the forms that may skip an operand: `&&`, `||`, `if` (spec 08 §6.2).

An operand that the others make unreachable is not asked for; the typed expression leaves it out.
"""

from __future__ import annotations

from collections.abc import Sequence

from reference.syntax import And, Expr, If, Or
from reference.validation.capabilities import NONE, Capabilities
from reference.validation.judgement import Asking, IllTyped, Judgement, Rule, Setting, Typed
from reference.validation.lattice import join
from reference.validation.types import (
    BOOL,
    FALSE,
    TRUE,
    BoolType,
    FalseType,
    TrueType,
    Type,
    describe,
    is_boolean,
)


def in_order(exprs: Sequence[Expr], known: Capabilities) -> Asking[tuple[Typed, ...]]:
    """Operands that are all judged under the same capabilities."""
    parts = []
    for expr in exprs:
        judgement = yield (expr, known)
        parts.append(judgement.typed)
    return tuple(parts)


def boolean(expr: Expr, known: Capabilities) -> Rule:
    """The judgement on an operand that must be a boolean."""
    judgement = yield (expr, known)
    if not is_boolean(judgement.type):
        raise IllTyped(f"expected Bool, found {describe(judgement.type)}", expr)
    return judgement


def conjunction(expr: And, known: Capabilities) -> Rule:
    """`a && b`; a chain nested to the right, such as the clauses of a policy, is one loop."""
    granted = NONE
    nodes: list[And] = []
    operands: list[Typed] = []
    rest: Expr = expr
    while True:
        more = isinstance(rest, And)
        judgement = yield from boolean(rest.left if isinstance(rest, And) else rest, known | granted)
        operands.append(judgement.typed)
        granted = granted | judgement.grants
        if not more or judgement.type == FALSE:
            break
        assert isinstance(rest, And)
        nodes.append(rest)
        rest = rest.right
    typed = operands.pop()
    if more:
        typed = Typed(rest, FALSE, (typed,))
    while operands:
        left = operands.pop()
        typed = Typed(nodes.pop(), and_type(left.type, typed.type), (left, typed))
    return Judgement(typed, NONE if typed.type == FALSE else granted)


def and_type(left: Type, right: Type) -> Type:
    """The type of `a && b` where b is reached."""
    match left, right:
        case _, FalseType():
            return FALSE
        case _, TrueType():
            return left
        case _:
            return BOOL


def disjunction(expr: Or, known: Capabilities) -> Rule:
    """`a || b`."""
    left = yield from boolean(expr.left, known)
    if left.type == TRUE:
        return Judgement(Typed(expr, TRUE, (left.typed,)))
    right = yield from boolean(expr.right, known)
    parts = (left.typed, right.typed)
    match left.type, right.type:
        case FalseType(), t:
            return Judgement(Typed(expr, t, parts), right.grants)
        case BoolType(), TrueType():
            return Judgement(Typed(expr, TRUE, parts))
        case BoolType(), FalseType():
            return Judgement(Typed(expr, BOOL, parts), left.grants)
        case _:
            return Judgement(Typed(expr, BOOL, parts), left.grants & right.grants)


def conditional(expr: If, known: Capabilities, setting: Setting) -> Rule:
    """`if c then t else e`."""
    condition = yield from boolean(expr.condition, known)
    match condition.type:
        case TrueType():
            then = yield (expr.then, known | condition.grants)
            return Judgement(
                Typed(expr, then.type, (condition.typed, then.typed)), condition.grants | then.grants
            )
        case FalseType():
            otherwise = yield (expr.otherwise, known)
            return Judgement(
                Typed(expr, otherwise.type, (condition.typed, otherwise.typed)), otherwise.grants
            )
    then = yield (expr.then, known | condition.grants)
    otherwise = yield (expr.otherwise, known)
    joined = join(then.type, otherwise.type, permissive=setting.permissive)
    if joined is None:
        raise IllTyped(
            f"the branches have no common type: {describe(then.type)} and {describe(otherwise.type)}"
        )
    parts = (condition.typed, then.typed, otherwise.typed)
    return Judgement(Typed(expr, joined, parts), (condition.grants | then.grants) & otherwise.grants)
