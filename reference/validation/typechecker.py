"""The type checker (spec 08 §6): read this first.

A rule is one row: the form, which operands are judged under which capabilities, and the type. Operands are
asked for with `yield (operand, capabilities)`; an operand that cannot be reached is not asked for, hence not
checked. Types of operators come from tables in the modules beside this one.
"""

from __future__ import annotations

from typing import Any

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
from reference.validation.attributes import get_attr_type, has_attr_type
from reference.validation.calls import call_type
from reference.validation.capabilities import NONE, Capabilities
from reference.validation.control import conditional, conjunction, disjunction, in_order
from reference.validation.environments import Environment
from reference.validation.judgement import IllTyped, Judgement, Rule, Setting, Typed
from reference.validation.operators import binary_type, is_type, like_type, set_type, unary_type
from reference.validation.presence import has_path, is_in, tag
from reference.validation.types import (
    FALSE,
    LONG,
    STRING,
    TRUE,
    Attribute,
    RecordType,
    Type,
    entity,
)
from reference.values import Bool, EntityUid, Long, String


def check(expr: Expr, setting: Setting, capabilities: Capabilities = NONE) -> Judgement:
    """The judgement on an expression.

    Forms wait for their operands on a list, not on the interpreter's stack: depth is bounded by memory alone.

    Raises:
        IllTyped: no rule gives the expression, or a part of it that can be reached, a type.
    """
    waiting: list[tuple[Expr, Rule]] = []
    answer: Any = None
    asked: tuple[Expr, Capabilities] | None = (expr, capabilities)
    while True:
        if asked is not None:
            waiting.append((asked[0], rule(*asked, setting)))
            answer = None
        try:
            asked = waiting[-1][1].send(answer)
        except StopIteration as finished:
            waiting.pop()
            asked, answer = None, finished.value
            if not waiting:
                judgement: Judgement = answer
                return judgement
        except IllTyped as problem:
            if problem.expr is None:
                problem.expr = waiting[-1][0]
            raise


def rule(expr: Expr, known: Capabilities, setting: Setting) -> Rule:
    """The rule for a form; `known` are the capabilities under which it is judged."""
    match expr:
        case Lit() | Var() | Slot():
            return Judgement(Typed(expr, leaf_type(expr, setting.environment)))
        case And():
            return (yield from conjunction(expr, known))
        case Or():
            return (yield from disjunction(expr, known))
        case If():
            return (yield from conditional(expr, known, setting))
        case Unary(op, operand):
            inner = (yield (operand, known)).typed
            return Judgement(Typed(expr, unary_type(op, inner.type), (inner,)))
        case Binary("hasTag" | "getTag"):
            return (yield from tag(expr, known, setting))
        case Binary(op, left, right):
            first, second = yield from in_order((left, right), known)
            return Judgement(Typed(expr, binary_type(op, first, second, setting), (first, second)))
        case HasAttr(operand, attr):
            inner = (yield (operand, known)).typed
            presence = setting.expressions.attribute(operand, attr)
            t = has_attr_type(inner.type, attr, known.grants(presence), setting.schema)
            return Judgement(Typed(expr, t, (inner,)), NONE if t == FALSE else presence)
        case GetAttr(operand, attr):
            inner = (yield (operand, known)).typed
            presence = setting.expressions.attribute(operand, attr)
            t = get_attr_type(inner.type, attr, known.grants(presence), setting.schema)
            return Judgement(Typed(expr, t, (inner,)))
        case HasPath():
            return (yield from has_path(expr, known, setting))
        case Is(operand, name):
            inner = (yield (operand, known)).typed
            return Judgement(Typed(expr, is_type(inner.type, name), (inner,)))
        case IsIn():
            return (yield from is_in(expr, known, setting))
        case Like(operand):
            inner = (yield (operand, known)).typed
            return Judgement(Typed(expr, like_type(inner.type), (inner,)))
        case SetOf(elements):
            parts = yield from in_order(elements, known)
            return Judgement(Typed(expr, set_type(parts, setting), parts))
        case RecordOf(pairs):
            parts = yield from in_order([part for _, part in pairs], known)
            fields = {key: Attribute(part.type) for (key, _), part in zip(pairs, parts, strict=True)}
            return Judgement(Typed(expr, RecordType(fields), parts))
        case Call(function, arguments):
            parts = yield from in_order(arguments, known)
            return Judgement(Typed(expr, call_type(function, parts, permissive=setting.permissive), parts))


def leaf_type(expr: Lit | Var | Slot, environment: Environment) -> Type:
    """The type of a literal, a variable or a slot (spec 08 §6.1)."""
    match expr:
        case Lit(Bool(truth)):
            return TRUE if truth else FALSE
        case Lit(Long()):
            return LONG
        case Lit(String()):
            return STRING
        case Lit(EntityUid(name)):
            return entity(name)
        case Var("principal"):
            return entity(environment.principal)
        case Var("action"):
            return entity(environment.action.type)
        case Var("resource"):
            return entity(environment.resource)
        case Var("context"):
            return environment.context
        case Slot(name) if name in environment.slots:
            return entity(environment.slots[name])
        case _:
            raise IllTyped("no type is known for this")
