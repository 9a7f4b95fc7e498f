"""Typed expressions as terms (spec 10 §4): read this for what an expression means on all inputs.

An outcome is a pair of terms: whether evaluation fails, and the value wherever it does not. The footprint
gathers the terms that denote entities (spec 10 §5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from drt.symbolic.calls import called
from drt.symbolic.outcomes import Outcome, arithmetic
from drt.symbolic.sorts import BOOL, LONG, STRING, EntitySort, RecordSort, SetSort, sort_of
from drt.symbolic.store import Store, type_of
from drt.symbolic.terms import (
    FALSE,
    TRUE,
    Symbol,
    Term,
    and_,
    apply,
    const,
    eq,
    field,
    is_empty,
    ite,
    member,
    not_,
    operation,
    or_,
    overlap,
    present,
    record,
    set_of,
    subset,
    truth,
    uid,
)
from reference import syntax as ast
from reference.desugar import core
from reference.policies import Body, Effect, condition
from reference.schema.types import FalseType, TrueType
from reference.support.recursion import deep_recursion
from reference.validation.environments import Environment
from reference.validation.judgement import Typed
from reference.validation.typechecker import TypeChecker
from reference.values import Bool, EntityUid, Long, String


@dataclass(frozen=True, slots=True)
class Compiled:
    """A policy in one environment: whether it fails, whether it matches, and its entity terms."""

    effect: Effect
    error: Term
    matches: Term
    footprint: frozenset[Term]


class Compiler:
    """The compiler of one environment. Its methods may be replaced by planted defects."""

    def __init__(self, store: Store, environment: Environment) -> None:
        self.store = store
        self.environment = environment
        self.footprint: dict[Term, None] = {}

    def policy(self, body: Body) -> Compiled:
        """Compile a policy that is valid in the environment."""
        with deep_recursion():
            typed = TypeChecker(self.store.schema, self.environment).condition(core(condition(body)))
            self.footprint = {}
            outcome = self.outcome(typed)
        matches = and_(not_(outcome.error), outcome.value)
        return Compiled(body.effect, outcome.error, matches, frozenset(self.footprint))

    def outcome(self, typed: Typed) -> Outcome:
        """Compile an expression; a value that the type checker knows is a constant."""
        outcome = self._outcome(typed)
        match typed.type:
            case TrueType() | FalseType() as t:
                return Outcome(outcome.error, truth(isinstance(t, TrueType)))
        if isinstance(typed.expr, ast.Lit | ast.Var | ast.GetAttr) or _is_tag(typed.expr):
            self._note(outcome.value)
        return outcome

    def _note(self, value: Term) -> None:
        if isinstance(value.sort, EntitySort):
            self.footprint[value] = None

    def _outcome(self, typed: Typed) -> Outcome:
        match typed.expr:
            case ast.Lit(value):
                return Outcome(FALSE, literal(value))
            case ast.Var(name):
                return Outcome(FALSE, self.variable(name))
            case ast.And():
                return self._conjunction(*map(self.outcome, typed.parts))
            case ast.Or():
                return self._disjunction(*map(self.outcome, typed.parts))
            case ast.If():
                return self._choice(typed.parts)
            case ast.SetOf():
                parts = [self.outcome(part) for part in typed.parts]
                sort = sort_of(typed.type)
                assert isinstance(sort, SetSort)
                return Outcome(_any_error(parts), set_of(sort, [part.value for part in parts]))
            case ast.RecordOf():
                parts = [self.outcome(part) for part in typed.parts]
                sort = sort_of(typed.type)
                assert isinstance(sort, RecordSort)
                return Outcome(_any_error(parts), record(sort, [(TRUE, part.value) for part in parts]))
            case ast.Call(function):
                return called(function, typed.parts, self.outcome)
            case _:
                parts = [self.outcome(part) for part in typed.parts]
                return self._operator(typed.expr, _any_error(parts), [part.value for part in parts])

    def variable(self, name: ast.Variable) -> Term:
        """Return a part of the request."""
        match name:
            case "principal":
                return apply(Symbol("request", name), EntitySort(self.environment.principal))
            case "resource":
                return apply(Symbol("request", name), EntitySort(self.environment.resource))
            case "action":
                return uid(self.environment.action)
            case "context":
                return apply(Symbol("request", name), sort_of(self.environment.context))

    def _conjunction(self, left: Outcome, right: Outcome | None = None) -> Outcome:
        if right is None or left.value is FALSE:
            return left
        return Outcome(or_(left.error, and_(left.value, right.error)), and_(left.value, right.value))

    def _disjunction(self, left: Outcome, right: Outcome | None = None) -> Outcome:
        if right is None or left.value is TRUE:
            return left
        return Outcome(or_(left.error, and_(not_(left.value), right.error)), or_(left.value, right.value))

    def _choice(self, parts: Sequence[Typed]) -> Outcome:
        condition, *branches = (self.outcome(part) for part in parts)
        if len(branches) == 1:
            return Outcome(or_(condition.error, branches[0].error), branches[0].value)
        then, otherwise = branches
        if condition.value.op == "const":
            taken = then if condition.value is TRUE else otherwise
            return Outcome(or_(condition.error, taken.error), taken.value)
        error = or_(condition.error, ite(condition.value, then.error, otherwise.error))
        return Outcome(error, ite(condition.value, then.value, otherwise.value))

    def _operator(self, expr: ast.Expr, error: Term, values: Sequence[Term]) -> Outcome:
        match expr, values:
            case ast.Unary("!"), [a]:
                return Outcome(error, not_(a))
            case ast.Unary("neg"), [a]:
                return arithmetic("neg", LONG, error, a)
            case ast.Unary("isEmpty"), [a]:
                return Outcome(error, is_empty(a))
            case ast.Is(_, name), [a]:
                return Outcome(error, truth(type_of(a) == name))
            case ast.Like(_, pattern), [a]:
                return Outcome(error, like(a, pattern))
            case ast.HasAttr(_, attr), [a]:
                return Outcome(error, present(self._object(a), attr))
            case ast.GetAttr(_, attr), [a]:
                of = self._object(a)
                return Outcome(or_(error, not_(present(of, attr))), field(of, attr))
            case ast.Binary(op), [a, b]:
                return self._binary(op, error, a, b)
        raise AssertionError(f"no rule for {type(expr).__name__}")

    def _object(self, value: Term) -> Term:
        return value if isinstance(value.sort, RecordSort) else self.store.attributes(value)

    def _binary(self, op: ast.BinaryOp, error: Term, a: Term, b: Term) -> Outcome:
        match op:
            case "==":
                return Outcome(error, eq(a, b))
            case "<":
                return Outcome(error, less(a, b))
            case "<=":
                return Outcome(error, less_or_equal(a, b))
            case "+":
                return arithmetic("add", LONG, error, a, b)
            case "-":
                return arithmetic("sub", LONG, error, a, b)
            case "*":
                return arithmetic("mul", LONG, error, a, b)
            case "in" if isinstance(b.sort, SetSort):
                return Outcome(error, self.store.is_in_any(a, b))
            case "in":
                return Outcome(error, self.store.is_in(a, b))
            case "contains":
                return Outcome(error, member(b, a))
            case "containsAll":
                return Outcome(error, subset(b, a))
            case "containsAny":
                return Outcome(error, overlap(a, b))
            case "hasTag":
                return Outcome(error, self.store.has_tag(a, b))
            case "getTag":
                sort = self.store.tag_sort(type_of(a))
                assert sort is not None
                return Outcome(or_(error, not_(self.store.has_tag(a, b))), self.store.tag(a, b, sort))
            case "!=" | ">" | ">=":
                raise AssertionError(f"`{op}` is sugar")


def literal(value: object) -> Term:
    """Return the term of a literal."""
    match value:
        case Bool(held):
            return truth(held)
        case Long(number):
            return const(LONG, number)
        case String(text):
            return const(STRING, text)
        case EntityUid():
            return uid(value)
    raise AssertionError(f"no literal: {value!r}")


def less(a: Term, b: Term) -> Term:
    """Build `a < b`."""
    return FALSE if a is b else operation("lt", BOOL, a, b)


def less_or_equal(a: Term, b: Term) -> Term:
    """Build `a <= b`."""
    return TRUE if a is b else operation("le", BOOL, a, b)


def like(text: Term, pattern: ast.Pattern) -> Term:
    """Build `text like pattern`; a pattern of wildcards alone describes every text."""
    if pattern and all(isinstance(element, ast.Star) for element in pattern):
        return TRUE
    return operation("like", BOOL, text, payload=pattern)


def _is_tag(expr: ast.Expr) -> bool:
    return isinstance(expr, ast.Binary) and expr.op == "getTag"


def _any_error(parts: Sequence[Outcome]) -> Term:
    return or_(*(part.error for part in parts))
