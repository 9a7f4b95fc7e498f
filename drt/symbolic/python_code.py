"""Symbolic execution of the Python code that production generates for policies.

Owns the meaning of the statements and expressions of that code; a form that it does not know is
`NotUnderstood`, never a guess. Code has no loops: `while True` stands for a block that ends in `break`. The
result says for each rule under which condition it has each status.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from drt.symbolic.outcomes import Failure
from drt.symbolic.python_calls import called, function_name
from drt.symbolic.python_expressions import Environment, Expressions, as_term
from drt.symbolic.python_values import (
    Maybe,
    NotUnderstood,
    Object,
    PythonValue,
    Statuses,
)
from drt.symbolic.terms import (
    FALSE,
    TRUE,
    Term,
    and_,
    ite,
    not_,
    or_,
)
from production.errors import STATUS_BITS, STATUS_OF_KIND
from production.execution.generated_support import NAMES

ByStatus = dict[int, Term]


@dataclass(slots=True)
class Executor:
    """The executor of one function; `results` gathers each rule's statuses."""

    python: Expressions
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

    def run_one(self, text: str, arguments: Mapping[str, PythonValue]) -> ByStatus:
        """Run a function that returns the status of one rule, or a truth; raises `NotUnderstood`."""
        [function] = ast.parse(text).body
        if not isinstance(function, ast.FunctionDef):
            raise NotUnderstood("no function")
        if self._block(function.body, dict(arguments), TRUE, 0) is not FALSE:
            raise NotUnderstood("a function without an end")
        return self.results[0]

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
                env[name] = self.python.value(expr, env)
                return live
            case ast.If(test, body, orelse):
                condition = self.python.condition(test, env)
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
            case ast.Return(ast.expr() as expr):
                self._end(self._unshifted(expr, env), live, rule)
                return FALSE
            case ast.Pass() | ast.Expr(ast.Constant(str())):
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
                condition = self.python.condition(test, env)
                found: ByStatus = {}
                for part, holds in ((body, condition), (orelse, not_(condition))):
                    for status, inner in self._unshifted(part, env).items():
                        found[status] = or_(found.get(status, FALSE), and_(holds, inner))
                return found
            case ast.Attribute(ast.Name("error"), "status"):
                error = env["error"]
                assert isinstance(error, Statuses)
                return dict(error.cases)
            case ast.Compare() | ast.BoolOp():
                condition = self.python.condition(expr, env)
                return {True: condition, False: not_(condition)}
        raise NotUnderstood(f"a status {ast.unparse(expr)[:60]!r}")

    def _fallible(self, call: ast.Call, env: Environment) -> tuple[Failure, Term]:
        function = self.python.value(call.func, env)
        if not isinstance(function, Object):
            raise NotUnderstood("a call of no object")
        arguments = call.args
        if function.value is NAMES["call"]:
            named = self.python.value(arguments[0], env)
            operands = arguments[1]
            if not isinstance(named, Object) or not isinstance(operands, ast.Tuple):
                raise NotUnderstood("a call of a function that is not named")
            function, arguments = named, operands.elts
        outcome = called(function_name(function.value), [self.python.term(one, env) for one in arguments])
        return outcome.failure, outcome.value


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
