"""Typed expressions as terms (spec 10 §4): read this for what an expression means on all inputs.

An outcome is a pair of terms: whether evaluation fails, and the value wherever it does not. The footprint
gathers the terms that denote entities (spec 10 §5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from drt.symbolic.calls import called, less, less_or_equal
from drt.symbolic.outcomes import NEVER, Failure, Outcome, arithmetic, choice, excluded, in_order
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
    """A policy in one environment: how it fails, whether it matches, and its entity terms."""

    effect: Effect
    failure: Failure
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
            return self.condition(body.effect, core(condition(body)))

    def condition(self, effect: Effect, expr: ast.Expr) -> Compiled:
        """Compile a policy's condition without sugar."""
        typed = TypeChecker(self.store.schema, self.environment).condition(expr)
        self.footprint = {}
        outcome = self.outcome(typed)
        matches = and_(not_(outcome.failure.any), outcome.value)
        return Compiled(effect, outcome.failure, matches, frozenset(self.footprint))

    def outcome(self, typed: Typed) -> Outcome:
        """Compile an expression; a value that the type checker knows is a constant."""
        outcome = self._outcome(typed)
        match typed.type:
            case TrueType() | FalseType() as t:
                return Outcome(outcome.failure, truth(isinstance(t, TrueType)))
        if is_noted(typed.expr):
            self._note(outcome.value)
        return outcome

    def _note(self, value: Term) -> None:
        if isinstance(value.sort, EntitySort):
            self.footprint[value] = None

    def _outcome(self, typed: Typed) -> Outcome:
        match typed.expr:
            case ast.Lit(value):
                return Outcome(NEVER, literal(value))
            case ast.Var(name):
                return Outcome(NEVER, self.variable(name))
            case ast.And():
                return self._conjunction(*map(self.outcome, typed.parts))
            case ast.Or():
                return self._disjunction(*map(self.outcome, typed.parts))
            case ast.If():
                return self._choice(*map(self.outcome, typed.parts))
            case ast.SetOf():
                parts = [self.outcome(part) for part in typed.parts]
                sort = sort_of(typed.type)
                assert isinstance(sort, SetSort)
                return Outcome(in_order(parts), set_of(sort, [part.value for part in parts]))
            case ast.RecordOf():
                parts = [self.outcome(part) for part in typed.parts]
                sort = sort_of(typed.type)
                assert isinstance(sort, RecordSort)
                return Outcome(in_order(parts), record(sort, [(TRUE, part.value) for part in parts]))
            case ast.Call(function):
                return called(function, typed.parts, self.outcome)
            case _:
                parts = [self.outcome(part) for part in typed.parts]
                return self._operator(typed.expr, in_order(parts), [part.value for part in parts])

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
        return Outcome(left.failure.then(right.failure.where(left.value)), and_(left.value, right.value))

    def _disjunction(self, left: Outcome, right: Outcome | None = None) -> Outcome:
        if right is None or left.value is TRUE:
            return left
        failure = left.failure.then(right.failure.where(not_(left.value)))
        return Outcome(failure, or_(left.value, right.value))

    def _choice(self, condition: Outcome, *branches: Outcome) -> Outcome:
        if len(branches) == 1:
            return Outcome(condition.failure.then(branches[0].failure), branches[0].value)
        then, otherwise = branches
        if condition.value.op == "const":
            taken = then if condition.value is TRUE else otherwise
            return Outcome(condition.failure.then(taken.failure), taken.value)
        branch = choice(condition.value, then.failure, otherwise.failure)
        return Outcome(condition.failure.then(branch), ite(condition.value, then.value, otherwise.value))

    def _operator(self, expr: ast.Expr, failure: Failure, values: Sequence[Term]) -> Outcome:
        match expr, values:
            case ast.Unary("!"), [a]:
                return Outcome(failure, not_(a))
            case ast.Unary("neg"), [a]:
                return arithmetic("neg", LONG, failure, a)
            case ast.Unary("isEmpty"), [a]:
                return Outcome(failure, is_empty(a))
            case ast.Is(_, name), [a]:
                return Outcome(failure, truth(type_of(a) == name))
            case ast.Like(_, pattern), [a]:
                return Outcome(failure, like(a, pattern))
            case ast.HasAttr(_, attr), [a]:
                return Outcome(failure, present(self._object(a), attr))
            case ast.GetAttr(_, attr), [a]:
                of = self._object(a)
                return Outcome(failure.then(excluded(not_(present(of, attr)))), field(of, attr))
            case ast.Binary(op), [a, b]:
                return self._binary(op, failure, a, b)
        raise AssertionError(f"no rule for {type(expr).__name__}")

    def _object(self, value: Term) -> Term:
        return value if isinstance(value.sort, RecordSort) else self.store.attributes(value)

    def _binary(self, op: ast.BinaryOp, failure: Failure, a: Term, b: Term) -> Outcome:
        match op:
            case "==":
                return Outcome(failure, eq(a, b))
            case "<":
                return Outcome(failure, less(a, b))
            case "<=":
                return Outcome(failure, less_or_equal(a, b))
            case "+":
                return arithmetic("add", LONG, failure, a, b)
            case "-":
                return arithmetic("sub", LONG, failure, a, b)
            case "*":
                return arithmetic("mul", LONG, failure, a, b)
            case "in" if isinstance(b.sort, SetSort):
                return Outcome(failure, self.store.is_in_any(a, b))
            case "in":
                return Outcome(failure, self.store.is_in(a, b))
            case "contains":
                return Outcome(failure, member(b, a))
            case "containsAll":
                return Outcome(failure, subset(b, a))
            case "containsAny":
                return Outcome(failure, overlap(a, b))
            case "hasTag":
                return Outcome(failure, self.store.has_tag(a, b))
            case "getTag":
                sort = self.store.tag_sort(type_of(a))
                assert sort is not None
                missing = excluded(not_(self.store.has_tag(a, b)))
                return Outcome(failure.then(missing), self.store.tag(a, b, sort))
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


def like(text: Term, pattern: ast.Pattern) -> Term:
    """Build `text like pattern`; a pattern of wildcards alone describes every text."""
    if pattern and all(isinstance(element, ast.Star) for element in pattern):
        return TRUE
    return operation("like", BOOL, text, payload=pattern)


def is_noted(expr: ast.Expr) -> bool:
    """Return whether the value of an expression belongs to the footprint, if it is an entity."""
    match expr:
        case ast.Lit() | ast.Var() | ast.GetAttr() | ast.Binary("getTag"):
            return True
    return False
