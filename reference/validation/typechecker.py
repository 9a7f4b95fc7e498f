"""The type checker (spec 08 §6): read this first.

A rule is one row, in the order of the specification: the form, which operands are judged under which
capabilities, and the type. An operand that cannot be reached is not judged, hence not checked. What operators
expect of their operands is in the modules beside this one.
"""

from __future__ import annotations

from collections.abc import Sequence

from reference.names import is_action_type
from reference.schema.types import (
    BOOL,
    FALSE,
    LONG,
    STRING,
    TRUE,
    UNKNOWN,
    Attribute,
    RecordType,
    Type,
    UnknownType,
    entity,
)
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
from reference.validation.control import boolean, conditional, conjunction, disjunction
from reference.validation.has_rules import has_path, is_in, tag
from reference.validation.judgement import TEXT, Checker, Judgement, Typed
from reference.validation.operators import binary_type, is_type, set_type, unary_type
from reference.values import Bool, EntityUid, Long, String


class TypeChecker(Checker):
    """The checker that judges by the rules below."""

    def judge(self, expr: Expr, known: Capabilities) -> Judgement:
        """The judgement on an expression; one in which something failed grants nothing."""
        failures = self.failures
        judgement = rule(expr, known, self)
        return judgement if self.failures == failures else Judgement(judgement.typed)

    def condition(self, expr: Expr) -> Typed:
        """The typed condition of a policy, which must be boolean (spec 08 §6.10)."""
        return boolean(expr, NONE, self).typed


def rule(expr: Expr, known: Capabilities, check: Checker) -> Judgement:
    """The rule for a form; `known` are the capabilities under which it is judged."""
    match expr:
        case Lit() | Var() | Slot():
            return Judgement(Typed(expr, leaf_type(expr, check)))
        case If():
            return conditional(expr, known, check)
        case And():
            return conjunction(expr, known, check)
        case Or():
            return disjunction(expr, known, check)
        case Unary(_, operand):
            inner = check.judge(operand, known).typed
            return Judgement(Typed(expr, unary_type(expr, inner, check), (inner,)))
        case Binary("hasTag" | "getTag"):
            return tag(expr, known, check)
        case Binary(_, left, right):
            first, second = check.judge(left, known).typed, check.judge(right, known).typed
            return Judgement(Typed(expr, binary_type(expr, first, second, check), (first, second)))
        case SetOf(elements):
            parts = in_order(elements, known, check)
            return Judgement(Typed(expr, set_type(expr, parts, check), parts))
        case Is(operand, name):
            inner = check.judge(operand, known).typed
            return Judgement(Typed(expr, is_type(inner, name, check), (inner,)))
        case IsIn():
            return is_in(expr, known, check)
        case Like(operand):
            inner = check.judge(operand, known).typed
            check.expect(inner, TEXT)
            return Judgement(Typed(expr, BOOL, (inner,)))
        case HasAttr(operand, attr):
            inner = check.judge(operand, known).typed
            presence = check.expressions.attribute(operand, attr)
            t = has_attr_type(inner, attr, known.grants(presence), check)
            return Judgement(Typed(expr, t, (inner,)), NONE if t == FALSE else presence)
        case HasPath():
            return has_path(expr, known, check)
        case GetAttr(operand, attr):
            inner = check.judge(operand, known).typed
            present = known.grants(check.expressions.attribute(operand, attr))
            return Judgement(Typed(expr, get_attr_type(expr, inner, attr, present, check), (inner,)))
        case RecordOf(pairs):
            parts = in_order([part for _, part in pairs], known, check)
            return Judgement(Typed(expr, record_type([key for key, _ in pairs], parts), parts))
        case Call(_, arguments):
            parts = in_order(arguments, known, check)
            return Judgement(Typed(expr, call_type(expr, parts, check), parts))


def in_order(exprs: Sequence[Expr], known: Capabilities, check: Checker) -> tuple[Typed, ...]:
    """Operands that are all judged under the same capabilities, from left to right."""
    parts = []
    for expr in exprs:
        parts.append(check.judge(expr, known).typed)
    return tuple(parts)


def record_type(keys: Sequence[str], parts: Sequence[Typed]) -> Type:
    """The type of `{k: e, …}`; with a part of no known type it has none itself."""
    if any(isinstance(part.type, UnknownType) for part in parts):
        return UNKNOWN
    return RecordType({key: Attribute(part.type) for key, part in zip(keys, parts, strict=True)})


def leaf_type(expr: Lit | Var | Slot, check: Checker) -> Type:
    """The type of a literal, a variable or a slot (spec 08 §6.1)."""
    environment = check.environment
    match expr:
        case Lit(Bool(truth)):
            return TRUE if truth else FALSE
        case Lit(Long()):
            return LONG
        case Lit(String()):
            return STRING
        case Lit(EntityUid() as uid):
            return entity(uid.type) if is_known(uid, check) else check.fail()
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
            return check.report("unexpected_type", "no type is known for this", expr)


def is_known(uid: EntityUid, check: Checker) -> bool:
    """Whether an entity literal has a type; the reference checks report one that has none.

    An id that its enumerated type does not list is an error, but has that type (spec 13 §3).
    """
    if is_action_type(uid.type):
        return uid in check.schema.actions
    return uid.type in check.schema.entity_types
