"""Rules for tags, and for sugar whose operand is judged once and used twice or more (spec 08 §6.5, §6.6)."""

from __future__ import annotations

from reference.syntax import And, Binary, GetAttr, HasAttr, HasPath, Is, IsIn
from reference.validation.attributes import get_attr_type, get_tag_type, has_attr_type, has_tag_type
from reference.validation.capabilities import NONE, Capabilities
from reference.validation.control import and_type, in_order
from reference.validation.hierarchy import membership
from reference.validation.judgement import Judgement, Rule, Setting, Typed
from reference.validation.operators import is_type
from reference.validation.types import FALSE


def tag(expr: Binary, known: Capabilities, setting: Setting) -> Rule:
    """`e.hasTag(t)`, which grants the capability unless it is False, and `e.getTag(t)`, which needs it."""
    parts = yield from in_order((expr.left, expr.right), known)
    operand, name = parts
    presence = setting.expressions.tag(expr.left, expr.right)
    present = known.grants(presence)
    if expr.op == "hasTag":
        t = has_tag_type(operand.type, name.type, present, setting.schema)
        return Judgement(Typed(expr, t, parts), NONE if t == FALSE else presence)
    t = get_tag_type(operand.type, name.type, present, setting.schema, permissive=setting.permissive)
    return Judgement(Typed(expr, t, parts))


def is_in(expr: IsIn, known: Capabilities, setting: Setting) -> Rule:
    """`e is T in a`: `e is T && e in a`, with e judged once."""
    operand = (yield (expr.operand, known)).typed
    test = Typed(Is(expr.operand, expr.type), is_type(operand.type, expr.type), (operand,))
    if test.type == FALSE:
        return Judgement(test)
    ancestor = (yield (expr.ancestor, known)).typed
    inside = Binary("in", expr.operand, expr.ancestor)
    member = Typed(inside, membership(operand, ancestor, setting), (operand, ancestor))
    both = and_type(test.type, member.type)
    return Judgement(Typed(And(test.expr, inside), both, (test, member)))


def has_path(expr: HasPath, known: Capabilities, setting: Setting) -> Rule:
    """`e has a.b.c`: `e has a && e.a has b && e.a.b has c`, with every prefix judged once."""
    operand = (yield (expr.operand, known)).typed
    number = setting.expressions.number(expr.operand)
    granted = NONE
    whole: Typed | None = None
    for place, attr in enumerate(expr.path):
        if place > 0:
            before = expr.path[place - 1]
            access = GetAttr(operand.expr, before)
            operand = Typed(access, get_attr_type(operand.type, before, True, setting.schema), (operand,))
            number = setting.expressions.access(number, before)
        presence = setting.expressions.attribute_of(number, attr)
        t = has_attr_type(operand.type, attr, (known | granted).grants(presence), setting.schema)
        test = Typed(HasAttr(operand.expr, attr), t, (operand,))
        if whole is None:
            whole = test
        else:
            whole = Typed(And(whole.expr, test.expr), and_type(whole.type, t), (whole, test))
        if t == FALSE:
            return Judgement(whole)
        granted = granted | presence
    assert whole is not None
    return Judgement(whole, granted)
