"""Expressions of the Python code that production generates, run on symbols.

A form that is not known is `NotUnderstood`, never a guess.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from drt.symbolic.meaning import LEAST, MOST
from drt.symbolic.outcomes import OVERFLOWS
from drt.symbolic.python_calls import looked_up, method
from drt.symbolic.python_values import (
    Above,
    ClassOf,
    Exact,
    Keys,
    Maybe,
    NotUnderstood,
    Object,
    PythonValue,
    Sign,
    Tags,
    class_of,
    is_literal,
    literal,
)
from drt.symbolic.sorts import BOOL, LONG, EntitySort, Field, RecordSort, SetSort
from drt.symbolic.store import Store, type_of
from drt.symbolic.terms import (
    FALSE,
    TRUE,
    Term,
    and_,
    const,
    eq,
    is_empty,
    member,
    not_,
    operation,
    or_,
    present,
    record,
    set_of,
    subset,
    truth,
)
from drt.symbolic.terms import (
    field as field_of,
)
from production.execution.generated_support import NAMES
from production.language.policies import Scope
from production.serving.index import Key

Environment = dict[str, PythonValue]


@dataclass(frozen=True, slots=True)
class Expressions:
    """The meaning of expressions over a store, with the objects that the code names."""

    store: Store
    names: Mapping[str, Any]

    def condition(self, expr: ast.expr, env: Environment) -> Term:
        """Run a test."""
        value = self.term(expr, env)
        if value.sort != BOOL:
            raise NotUnderstood(f"a test that is no truth value: {ast.unparse(expr)[:60]!r}")
        return value

    def term(self, expr: ast.expr, env: Environment) -> Term:
        """Run an expression that gives a Cedar value."""
        return as_term(self.value(expr, env))

    def value(self, expr: ast.expr, env: Environment) -> PythonValue:
        """Run an expression."""
        match expr:
            case ast.Constant(value):
                return Object(None) if value is None else literal(value)
            case ast.Name(name):
                return self._name(name, env)
            case ast.BoolOp(op, values):
                return self._connected(isinstance(op, ast.And), values, env)
            case ast.UnaryOp(ast.Not(), operand):
                inner = self.value(operand, env)
                return is_empty(inner.of) if isinstance(inner, Keys) else not_(self.condition(operand, env))
            case ast.UnaryOp(ast.USub(), operand):
                return self._negated(self.term(operand, env))
            case ast.BinOp(left, op, right):
                return self._calculated(op, self.term(left, env), self.term(right, env))
            case ast.Compare():
                return self._compared(expr, env)
            case ast.Attribute(of, name):
                return self._attribute(self.value(of, env), name)
            case ast.Subscript(of, index):
                return looked_up(self.value(of, env), self.value(index, env), self.store)
            case ast.Dict(keys, values):
                return self._record(keys, values, env)
            case ast.Call(ast.Attribute(of, name), arguments):
                given = [self.value(one, env) for one in arguments]
                return method(self.value(of, env), name, given, self.store)
            case ast.Call(ast.Name(name), arguments):
                return self._helper(name, arguments, env)
        raise NotUnderstood(f"an expression {ast.unparse(expr)[:60]!r}")

    def _connected(self, is_and: bool, values: Sequence[ast.expr], env: Environment) -> Term:
        """Run operands of `and` or `or`; what a decided one leaves out is not run."""
        parts: list[Term] = []
        for value in values:
            parts.append(self.condition(value, env))
            if parts[-1] is (FALSE if is_and else TRUE):
                break
        return and_(*parts) if is_and else or_(*parts)

    def _name(self, name: str, env: Environment) -> PythonValue:
        if name in env:
            return env[name]
        if name in ("A", "H", "G"):
            return Object(name)
        value = self.names[name] if name in self.names else NAMES.get(name, self)
        if value is self:
            raise NotUnderstood(f"the name {name!r}")
        return literal(value) if name in self.names and is_literal(value) else Object(value)

    def _negated(self, operand: Term) -> Term:
        if operand.op == "const":
            assert isinstance(operand.payload, int)
            return const(LONG, -operand.payload)
        return operation("neg", LONG, operand)

    def _calculated(self, op: ast.operator, left: Term, right: Term) -> Exact:
        match op:
            case ast.Add():
                return Exact("add", (left, right))
            case ast.Sub():
                return Exact("sub", (left, right))
            case ast.Mult():
                return Exact("mul", (left, right))
        raise NotUnderstood(f"the operator {type(op).__name__}")

    def _record(self, keys: Sequence[ast.expr | None], values: Sequence[ast.expr], env: Environment) -> Term:
        named: dict[str, Term] = {}
        for key, value in zip(keys, values, strict=True):
            if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
                raise NotUnderstood("a key that is no text")
            named[key.value] = self.term(value, env)
        fields = tuple(Field(name, named[name].sort, True) for name in sorted(named))
        return record(RecordSort(fields), [(TRUE, named[one.name]) for one in fields])

    def _helper(self, name: str, arguments: Sequence[ast.expr], env: Environment) -> PythonValue:
        match name, arguments:
            case "set_of", [ast.Tuple(elements)]:
                parts = [self.term(element, env) for element in elements]
                if not parts:
                    raise NotUnderstood("an empty set has no sort")
                return set_of(SetSort(parts[0].sort), parts)
            case "key", [value]:
                return self.term(value, env)
            case "equal", [left, right]:
                return eq(self.term(left, env), self.term(right, env))
            case "order_status", [left, right]:
                return Sign(self.term(left, env), self.term(right, env))
            case "in_status", [left, right, _]:
                return self._in_status(self.term(left, env), self.term(right, env))
            case "path_status", [value, path, _]:
                names = self.value(path, env)
                assert isinstance(names, Object)
                return self._has_path(self.term(value, env), names.value)
        raise NotUnderstood(f"the helper {name!r}")

    def _in_status(self, entity: Term, group: Term) -> PythonValue:
        """Build `entity in group`, or a type error. An empty set is one of entities, whatever its sort."""
        is_set = isinstance(group.sort, SetSort)
        element = group.sort.element if isinstance(group.sort, SetSort) else group.sort
        if not isinstance(entity.sort, EntitySort):
            return Maybe(FALSE, FALSE)
        if not isinstance(element, EntitySort):
            return Maybe(is_empty(group) if is_set else FALSE, FALSE)
        return (self.store.is_in_any if is_set else self.store.is_in)(entity, group)

    def _has_path(self, value: Term, path: Sequence[str]) -> PythonValue:
        found = TRUE
        for name in path:
            if isinstance(value.sort, EntitySort):
                value = self.store.attributes(value)
            if not isinstance(value.sort, RecordSort):
                return Maybe(not_(found), FALSE)  # a type error, where the path leads so far
            there = present(value, name)
            found = and_(found, there)
            if there is FALSE:
                return FALSE
            value = field_of(value, name)
        return found

    def _attribute(self, of: PythonValue, name: str) -> PythonValue:
        if isinstance(of, Object) and isinstance(of.value, Scope | Key | SimpleNamespace):
            found = getattr(of.value, name)
            if isinstance(found, Object):
                return found
            return literal(found) if is_literal(found) else Object(found)
        match name:
            case "keys":
                return Keys(as_term(of))
            case "type":
                return literal(type_of(as_term(of)))
            case "__class__":
                return ClassOf(as_term(of))
        raise NotUnderstood(f"the attribute {name!r}")

    def _compared(self, expr: ast.Compare, env: Environment) -> Term:
        operands = [self.value(one, env) for one in (expr.left, *expr.comparators)]
        if len(operands) == 3:
            return _within_bounds(operands, expr.ops)
        [left, right], [op] = operands, expr.ops
        negated = isinstance(op, ast.IsNot | ast.NotIn | ast.NotEq)
        match op:
            case ast.Is() | ast.IsNot():
                found = self._is(left, right)
            case ast.Eq() | ast.NotEq():
                found = eq(as_term(left), as_term(right))
            case ast.In() | ast.NotIn():
                found = self._contained(left, right)
            case _:
                found = ordered(op, left, right)
        return not_(found) if negated else found

    def _is(self, left: PythonValue, right: PythonValue) -> Term:
        if right == Object(None):
            return not_(left.present) if isinstance(left, Maybe) else truth(left == right)
        if isinstance(left, ClassOf) and isinstance(right, Object):
            return truth(class_of(left.value.sort) is right.value)
        return eq(as_term(left), as_term(right))

    def _contained(self, left: PythonValue, right: PythonValue) -> Term:
        match right.value if isinstance(right, Maybe) else right:
            case Above(entity):
                return self.store.is_below(entity, as_term(left))
            case Keys(of):
                return member(as_term(left), of)
            case Tags(entity):
                return self.store.has_tag(entity, as_term(left))
            case Object("A"):
                return TRUE
            case Term() as of if isinstance(of.sort, RecordSort):
                name = as_term(left).payload
                assert isinstance(name, str)
                return present(of, name)
        raise NotUnderstood("a test of membership in what is no collection")


def as_term(value: PythonValue) -> Term:
    """Return a Python value as a Cedar value; what may be `None` has been tested before."""
    match value:
        case Term():
            return value
        case Maybe(_, inner):
            return inner
        case Exact(op, operands):
            return operation(op, LONG, *operands)
        case _:
            raise NotUnderstood(f"a value of the form {type(value).__name__}")


def _within_bounds(operands: Sequence[PythonValue], ops: Sequence[ast.cmpop]) -> Term:
    match operands, ops:
        case [Term() as least, Exact(op, arguments), Term() as most], [ast.LtE(), ast.LtE()]:
            if (least.payload, most.payload) == (LEAST, MOST):
                return not_(operation(OVERFLOWS[op], BOOL, *arguments))
    raise NotUnderstood("a test of a range that is not that of 64 bits")


def ordered(op: ast.cmpop, left: PythonValue, right: PythonValue) -> Term:
    """Run a comparison by order or by inclusion."""
    if isinstance(left, Keys) and isinstance(right, Keys) and isinstance(op, ast.LtE):
        return subset(left.of, right.of)
    if isinstance(left, Sign):
        if as_term(right) is not const(LONG, 0):
            raise NotUnderstood("a sign that is not compared with 0")
        a, b = left.left, left.right
    else:
        a, b = as_term(left), as_term(right)
    match op:
        case ast.Lt():
            return FALSE if a is b else operation("lt", BOOL, a, b)
        case ast.LtE():
            return TRUE if a is b else operation("le", BOOL, a, b)
        case ast.Gt():
            return FALSE if a is b else not_(operation("le", BOOL, a, b))
        case ast.GtE():
            return TRUE if a is b else not_(operation("lt", BOOL, a, b))
    raise NotUnderstood(f"the comparison {type(op).__name__}")
