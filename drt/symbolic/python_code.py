"""Symbolic execution of the Python code that production generates for policies.

Owns the meaning of the statements and expressions of that code; a form that it does not know is
`NotUnderstood`, never a guess. Code has no loops: `while True` stands for a block that ends in `break`. The
result says for each rule under which condition it has each status.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from drt.symbolic.meaning import LEAST, MOST
from drt.symbolic.outcomes import OVERFLOWS, Failure
from drt.symbolic.python_calls import called, function_name, looked_up, method
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
    Statuses,
    Tags,
    class_of,
    is_literal,
    literal,
)
from drt.symbolic.sorts import BOOL, LONG, Field, RecordSort, SetSort
from drt.symbolic.store import Store, type_of
from drt.symbolic.terms import (
    FALSE,
    TRUE,
    Term,
    and_,
    const,
    eq,
    is_empty,
    ite,
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
from production.errors import STATUS_BITS, STATUS_OF_KIND
from production.execution.generated_support import NAMES

Environment = dict[str, PythonValue]
ByStatus = dict[int, Term]


@dataclass(slots=True)
class Executor:
    """The executor of one function; `results` gathers each rule's statuses."""

    store: Store
    names: Mapping[str, Any]
    results: dict[int, ByStatus] = field(default_factory=dict)

    def run(self, text: str, arguments: Mapping[str, Term]) -> dict[int, ByStatus]:
        """Run the function in a text; raises `NotUnderstood`."""
        [function] = ast.parse(text).body
        if not isinstance(function, ast.FunctionDef):
            raise NotUnderstood("no function")
        env: Environment = dict(arguments)
        rule = 0
        for statement in function.body:
            if isinstance(statement, ast.While):
                live = self._block(statement.body, dict(env), TRUE, rule)
                if live is not FALSE:
                    raise NotUnderstood("a block without an end")
                rule += 1
            elif isinstance(statement, ast.Assign):
                self._block([statement], env, TRUE, rule)
            elif not isinstance(statement, ast.Return | ast.Try):
                raise NotUnderstood(f"a statement {ast.unparse(statement)[:60]!r}")
        return self.results

    def _block(self, statements: Sequence[ast.stmt], env: Environment, live: Term, rule: int) -> Term:
        """Run statements where `live` holds; return where control leaves them at their end."""
        for statement in statements:
            if live is FALSE:
                break
            live = self._statement(statement, env, live, rule)
        return live

    def _statement(self, statement: ast.stmt, env: Environment, live: Term, rule: int) -> Term:
        match statement:
            case ast.Assign([ast.Name(name)], expr):
                env[name] = self.value(expr, env)
                return live
            case ast.If(test, body, orelse):
                condition = self.condition(test, env)
                then, otherwise = dict(env), dict(env)
                entered = and_(live, condition), and_(live, not_(condition))
                first = self._block(body, then, entered[0], rule)
                second = self._block(orelse, otherwise, entered[1], rule)
                _merge(env, condition, then, otherwise, first, second)
                return live if (first, second) == entered else or_(first, second)
            case ast.Try([ast.Assign([ast.Name(name)], ast.Call() as call)], [handler], [], []):
                failure, value = self._fallible(call, env)
                inner = {**env, "error": _error_status(failure)}
                ended = self._block(handler.body, inner, and_(live, failure.any), rule)
                if ended is not FALSE:
                    raise NotUnderstood("a handler that goes on")
                env[name] = value
                return and_(live, not_(failure.any))
            case ast.AugAssign(ast.Name("m"), ast.BitOr(), expr):
                self._end(self._statuses(expr, env, rule), live, rule)
                env["m"] = Object("set")
                return live
            case ast.Break():
                if env.get("m") != Object("set"):
                    self._end({0: TRUE}, live, rule)
                return FALSE
            case ast.Pass():
                return live
        raise NotUnderstood(f"a statement {ast.unparse(statement)[:60]!r}")

    def _end(self, statuses: ByStatus, live: Term, rule: int) -> None:
        found = self.results.setdefault(rule, {})
        for status, condition in statuses.items():
            found[status] = or_(found.get(status, FALSE), and_(live, condition))

    def _statuses(self, expr: ast.expr, env: Environment, rule: int) -> ByStatus:
        """Read a status that is shifted to the place of its rule."""
        match expr:
            case ast.Constant(int(value)):
                status, rest = divmod(value, 1 << rule * STATUS_BITS)
                if rest or not 0 < status < 1 << STATUS_BITS:
                    raise NotUnderstood(f"the status {value} of rule {rule}")
                return {status: TRUE}
            case ast.BinOp(inner, ast.LShift(), ast.Constant(shift)):
                if shift != rule * STATUS_BITS:
                    raise NotUnderstood(f"a shift by {shift!r} of rule {rule}")
                return self._unshifted(inner, env)
        raise NotUnderstood(f"a status {ast.unparse(expr)[:60]!r}")

    def _unshifted(self, expr: ast.expr, env: Environment) -> ByStatus:
        match expr:
            case ast.Constant(int(value)):
                return {value: TRUE}
            case ast.IfExp(test, body, orelse):
                condition = self.condition(test, env)
                found: ByStatus = {}
                for part, holds in ((body, condition), (orelse, not_(condition))):
                    for status, inner in self._unshifted(part, env).items():
                        found[status] = or_(found.get(status, FALSE), and_(holds, inner))
                return found
            case ast.Attribute(ast.Name("error"), "status"):
                error = env["error"]
                assert isinstance(error, Statuses)
                return dict(error.cases)
        raise NotUnderstood(f"a status {ast.unparse(expr)[:60]!r}")

    def _fallible(self, call: ast.Call, env: Environment) -> tuple[Failure, Term]:
        function = self.value(call.func, env)
        if not isinstance(function, Object):
            raise NotUnderstood("a call of no object")
        arguments = call.args
        if function.value is NAMES["call"]:
            named = self.value(arguments[0], env)
            operands = arguments[1]
            if not isinstance(named, Object) or not isinstance(operands, ast.Tuple):
                raise NotUnderstood("a call of a function that is not named")
            function, arguments = named, operands.elts
        outcome = called(function_name(function.value), [self.term(one, env) for one in arguments])
        return outcome.failure, outcome.value

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
                parts = [self.condition(part, env) for part in values]
                return and_(*parts) if isinstance(op, ast.And) else or_(*parts)
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
                entity, group = self.term(left, env), self.term(right, env)
                within = self.store.is_in_any if isinstance(group.sort, SetSort) else self.store.is_in
                return within(entity, group)
            case "path_status", [value, path, _]:
                names = self.value(path, env)
                assert isinstance(names, Object)
                return self._has_path(self.term(value, env), names.value)
        raise NotUnderstood(f"the helper {name!r}")

    def _has_path(self, value: Term, path: Sequence[str]) -> Term:
        found = TRUE
        for name in path:
            if not isinstance(value.sort, RecordSort):
                value = self.store.attributes(value)
            there = present(value, name)
            found = and_(found, there)
            if there is FALSE:
                return FALSE
            value = field_of(value, name)
        return found

    def _attribute(self, of: PythonValue, name: str) -> PythonValue:
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
            return not_(left.present) if isinstance(left, Maybe) else FALSE
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


def _error_status(failure: Failure) -> Statuses:
    overflow = and_(failure.any, not_(failure.extension))
    return Statuses(
        ((STATUS_OF_KIND["extension"], failure.extension), (STATUS_OF_KIND["overflow"], overflow))
    )


def _merge(
    env: Environment, condition: Term, then: Environment, otherwise: Environment, first: Term, second: Term
) -> None:
    """Merge the variables of two branches; those of a branch that has ended do not count."""
    if first is FALSE or second is FALSE:
        env.update(otherwise if first is FALSE else then)
        return
    for name in then.keys() | otherwise.keys():
        if name not in then or name not in otherwise:
            env[name] = then[name] if name in then else otherwise[name]
        elif then[name] == otherwise[name]:
            env[name] = then[name]
        else:
            env[name] = _either(condition, then[name], otherwise[name])


def _either(condition: Term, then: PythonValue, otherwise: PythonValue) -> PythonValue:
    if isinstance(then, Maybe) or isinstance(otherwise, Maybe):
        return Maybe(
            ite(condition, _presence(then), _presence(otherwise)),
            ite(condition, as_term(then), as_term(otherwise)),
        )
    return ite(condition, as_term(then), as_term(otherwise))


def _presence(value: PythonValue) -> Term:
    return value.present if isinstance(value, Maybe) else TRUE
