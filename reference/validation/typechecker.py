"""The type checker (spec 08 §6): read this first.

The rows are those of `typeOf` in the Lean Spec, in its order: the form, which operands are judged under which
capabilities, and the type. An operand that cannot be reached is not judged, hence not checked. What operators
expect of their operands is in the modules beside this one.
"""

from __future__ import annotations

from collections.abc import Sequence

from reference import syntax as ast
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
from reference.validation.attributes import get_attr_type, has_attr_type
from reference.validation.calls import call_type
from reference.validation.capabilities import NONE, Capabilities
from reference.validation.control import boolean, conditional, conjunction, disjunction
from reference.validation.has_rules import has_path, is_in, is_member, tag
from reference.validation.judgement import TEXT, Checker, Judgement, Typed
from reference.validation.operators import binary_type, is_type, set_type, unary_type
from reference.values import Bool, EntityUid, Long, String


class TypeChecker(Checker):
    """The checker that judges by the rules below."""

    def judge(self, expr: ast.Expr, known: Capabilities) -> Judgement:
        """Return the judgement on an expression; one in which something failed grants nothing."""
        failures = self.failures
        judgement = rule(expr, known, self)
        return judgement if self.failures == failures else Judgement(judgement.typed)

    def condition(self, expr: ast.Expr) -> Typed:
        """Return the typed condition of a policy, which must be boolean (spec 08 §6.10)."""
        return boolean(expr, NONE, self).typed


def rule(x: ast.Expr, known: Capabilities, check: Checker) -> Judgement:
    """Judge a form by its row; `known` are the capabilities under which it is judged."""
    match x:
        case ast.Lit() | ast.Var() | ast.Slot():
            return Judgement(Typed(x, leaf_type(x, check)))
        case ast.If():
            return conditional(x, known, check)
        case ast.And():
            return conjunction(x, known, check)
        case ast.Or():
            return disjunction(x, known, check)
        case ast.Unary(_, operand):
            inner = check.judge(operand, known).typed
            return Judgement(Typed(x, unary_type(x, inner, check), (inner,)))
        case ast.Like(operand):
            inner = check.judge(operand, known).typed
            check.expect(inner, TEXT)
            return Judgement(Typed(x, BOOL, (inner,)))
        case ast.Is(operand, name):
            inner = check.judge(operand, known).typed
            return Judgement(Typed(x, is_type(inner, name, check), (inner,)))
        case ast.Binary("hasTag" | "getTag"):
            return tag(x, known, check)
        case ast.Binary("in"):
            return is_member(x, known, check)
        case ast.Binary(_, left, right):
            first, second = check.judge(left, known).typed, check.judge(right, known).typed
            return Judgement(Typed(x, binary_type(x, first, second, check), (first, second)))
        case ast.IsIn():
            return is_in(x, known, check)
        case ast.HasAttr(operand, attr):
            inner = check.judge(operand, known).typed
            presence = check.expressions.attribute(operand, attr)
            t = has_attr_type(inner, attr, known.grants(presence), check)
            return Judgement(Typed(x, t, (inner,)), NONE if t == FALSE else presence)
        case ast.HasPath():
            return has_path(x, known, check)
        case ast.GetAttr(operand, attr):
            inner = check.judge(operand, known).typed
            present = known.grants(check.expressions.attribute(operand, attr))
            return Judgement(Typed(x, get_attr_type(x, inner, attr, present, check), (inner,)))
        case ast.SetOf(elements):
            parts = in_order(elements, known, check)
            return Judgement(Typed(x, set_type(x, parts, check), parts))
        case ast.RecordOf(fields):
            parts = in_order([part for _, part in fields], known, check)
            return Judgement(Typed(x, record_type([key for key, _ in fields], parts), parts))
        case ast.Call(_, arguments):
            parts = in_order(arguments, known, check)
            return Judgement(Typed(x, call_type(x, parts, check), parts))


def in_order(exprs: Sequence[ast.Expr], known: Capabilities, check: Checker) -> tuple[Typed, ...]:
    """Operands that are all judged under the same capabilities, from left to right."""
    return tuple([check.judge(expr, known).typed for expr in exprs])


def record_type(keys: Sequence[str], parts: Sequence[Typed]) -> Type:
    """Compute the type of `{k: e, …}`; with a part of no known type it has none itself."""
    if any(isinstance(part.type, UnknownType) for part in parts):
        return UNKNOWN
    return RecordType({key: Attribute(part.type) for key, part in zip(keys, parts, strict=True)})


def leaf_type(expr: ast.Lit | ast.Var | ast.Slot, check: Checker) -> Type:
    """Compute the type of a literal, a variable or a slot (spec 08 §6.1)."""
    environment = check.environment
    match expr:
        case ast.Lit(Bool(truth)):
            return TRUE if truth else FALSE
        case ast.Lit(Long()):
            return LONG
        case ast.Lit(String()):
            return STRING
        case ast.Lit(EntityUid() as uid):
            return entity(uid.type) if is_known(uid, check) else check.fail()
        case ast.Var("principal"):
            return entity(environment.principal)
        case ast.Var("action"):
            return entity(environment.action.type)
        case ast.Var("resource"):
            return entity(environment.resource)
        case ast.Var("context"):
            return environment.context
        case ast.Slot(name) if name in environment.slots:
            return entity(environment.slots[name])
        case _:
            return check.report("unexpected_type", "no type is known for this", expr)


def is_known(uid: EntityUid, check: Checker) -> bool:
    """Return whether an entity literal has a type; the reference checks report one that has none.

    An id that its enumerated type does not list is an error, but has that type (spec 13 §3).
    """
    if is_action_type(uid.type):
        return uid in check.schema.actions
    return uid.type in check.schema.entity_types
