"""Rules for tags, `in`, and sugar whose operand is judged once and used again (spec 08 §6.5 to §6.7)."""

from __future__ import annotations

from reference.schema.types import BOOL, FALSE
from reference.syntax import And, Binary, Expr, GetAttr, HasAttr, HasPath, Is, IsIn
from reference.validation.attributes import get_attr_type, get_tag_type, has_attr_type, has_tag_type
from reference.validation.capabilities import NONE, Capabilities
from reference.validation.control import and_type
from reference.validation.hierarchy import membership
from reference.validation.judgement import Checker, Judgement, Typed
from reference.validation.operators import binary_type, is_type


def tag(expr: Binary, known: Capabilities, check: Checker) -> Judgement:
    """`e.hasTag(t)`, which grants the capability unless it is False, and `e.getTag(t)`, which needs it."""
    operand, name = check.judge(expr.left, known).typed, check.judge(expr.right, known).typed
    presence = check.expressions.tag(expr.left, expr.right)
    present = known.grants(presence)
    if expr.op == "hasTag":
        t = has_tag_type(operand, name, present, check)
        return Judgement(Typed(expr, t, (operand, name)), NONE if t == FALSE else presence)
    t = get_tag_type(expr, operand, name, present, check)
    return Judgement(Typed(expr, t, (operand, name)))


def is_member(expr: Binary, known: Capabilities, check: Checker) -> Judgement:
    """Type `a in b`; after an error in an operand nothing is decided by types."""
    failures = check.failures
    left, right = check.judge(expr.left, known).typed, check.judge(expr.right, known).typed
    decided = binary_type(expr, left, right, check)
    return Judgement(Typed(expr, decided if check.failures == failures else BOOL, (left, right)))


def is_in(expr: IsIn, known: Capabilities, check: Checker) -> Judgement:
    """`e is T in a`: `e is T && e in a`, with e judged once."""
    failures = check.failures
    operand = check.judge(expr.operand, known).typed
    test = Typed(Is(expr.operand, expr.type), is_type(operand, expr.type, check), (operand,))
    if test.type == FALSE:
        return Judgement(Typed(expr, FALSE, (test,)))
    ancestor = check.judge(expr.ancestor, known).typed
    inside = Binary("in", expr.operand, expr.ancestor)
    decided = membership(operand, ancestor, check)
    member = Typed(inside, decided if check.failures == failures else BOOL, (operand, ancestor))
    return Judgement(Typed(expr, and_type(test.type, member.type), (test, member)))


def has_path(expr: HasPath, known: Capabilities, check: Checker) -> Judgement:
    """`e has a.b.c`: `e has a && e.a has b && e.a.b has c`, with every prefix judged once."""
    operand = check.judge(expr.operand, known).typed
    number = check.expressions.number(expr.operand)
    first, *others = expr.path
    granted = check.expressions.attribute_of(number, first)
    t = has_attr_type(operand, first, known.grants(granted), check)
    whole = Typed(HasAttr(operand.expr, first), t, (operand,))
    before = first
    place: Expr | None = None
    for attr in others:
        if t == FALSE:
            break
        access = get_attr_type(expr, operand, before, True, check, place)
        place = expr  # from here on the operand is not written itself
        operand = Typed(GetAttr(operand.expr, before), access, (operand,))
        number = check.expressions.access(number, before)
        presence = check.expressions.attribute_of(number, attr)
        t = has_attr_type(operand, attr, (known | granted).grants(presence), check, place)
        test = Typed(HasAttr(operand.expr, attr), t, (operand,))
        whole = Typed(And(whole.expr, test.expr), and_type(whole.type, t), (whole, test))
        granted, before = granted | presence, attr
    return Judgement(Typed(expr, whole.type, (whole,)), NONE if t == FALSE else granted)
