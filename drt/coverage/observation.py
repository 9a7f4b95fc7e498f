"""Observation of the coverage bins that a case hits, by tracing the reference as it evaluates.

Owns the names of bins: `operator|kinds of operands|outcome`, such as `<|long,long|true`, and those of scope
constraints, `principal in ?slot||false`. Outcomes are `true`, `false`, `value` or an error kind.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from drt.coverage.partial_tracing import partial_rows
from drt.coverage.situations import SHOWING, errors_together, form_situations, response_situations
from drt.coverage.tracing import Tracer
from drt.coverage.typing_rows import typing_rows
from drt.engines.reference_engine import LoadedReference, ReferenceEngine
from drt.model.case import Case
from generators.language import LANGUAGE, Kind
from reference import request as cedar
from reference.entities import Entities
from reference.errors import ErrorKind, EvaluationError, InputError
from reference.evaluator import evaluate
from reference.extensions.datetime import Datetime
from reference.extensions.decimal import Decimal
from reference.extensions.duration import Duration
from reference.extensions.ipaddr import IpAddr
from reference.policies import (
    ActionEquals,
    ActionIn,
    Anything,
    Equals,
    OfType,
    OfTypeWithin,
    Within,
    action_condition,
    scope_condition,
)
from reference.support.recursion import door
from reference.support.traversal import children
from reference.syntax import (
    And,
    Binary,
    Call,
    Compound,
    Expr,
    GetAttr,
    HasAttr,
    HasPath,
    If,
    Is,
    IsIn,
    Like,
    Or,
    RecordOf,
    SetOf,
    Slot,
    Unary,
)
from reference.values import TRUE, Bool, EntityUid, Long, Record, Set, String, Value

PREDICATES = frozenset(row.name for row in LANGUAGE if row.result == "bool")
"""Forms whose value is a boolean, so that `true` and `false` are outcomes of their own."""


LONGEST_OBSERVED = 20_000
"""Characters of policies that are observed at most."""


@dataclass(frozen=True, slots=True)
class Reached:
    """Hit counts of a case: bins, crosses and situations.

    A cross is the bin of an operand with the bin of the form around it.
    """

    bins: Counter[str] = field(default_factory=Counter)
    crosses: Counter[tuple[str, str]] = field(default_factory=Counter)
    situations: Counter[str] = field(default_factory=Counter)


def bins_of(case: Case) -> Counter[str]:
    """Count the hits of each bin; none where the reference cannot read the case."""
    return observe(case).bins


def is_observable(case: Case) -> bool:
    """Return whether a case has anything to observe, and is short enough for it."""
    return bool(case.requests) and len(case.policies.text) <= LONGEST_OBSERVED


@door
def observe(case: Case) -> Reached:
    """Observe a case; nothing is reached where the reference cannot read it."""
    loaded = ReferenceEngine().load(case)
    if not isinstance(loaded, LoadedReference):
        return Reached()
    observer = _Observer(loaded)
    observer.found.situations.update(partial_rows(loaded, case))
    observer.found.situations.update(typing_rows(loaded))
    expressions = list(_expressions(loaded, case))
    scopes = list(_scopes(loaded))
    found = observer.found
    for request in case.requests:
        try:
            read = loaded.request(request)
        except InputError:
            continue
        tracer = Tracer(read, loaded.entities, observer.seen)
        results = {policy.id: observer.run(tracer, policy.condition) for policy in loaded.policies}
        found.situations.update(response_situations(loaded.policies, loaded.policy_set, results))
        erring = [policy.condition for policy in loaded.policies if isinstance(results[policy.id], str)]
        erring += [one for one in expressions if isinstance(observer.run(tracer, one), str)]
        evaluated = partial(_result, request=read, entities=loaded.entities)
        for expression in erring:
            found.situations.update(errors_together(expression, evaluated))
        for name, constraint in scopes:
            met = evaluate(constraint, read, loaded.entities) == TRUE
            found.bins[f"{name}||{'true' if met else 'false'}"] += 1
    return found


def _result(expr: Expr, request: cedar.Request, entities: Entities) -> Value | ErrorKind:
    try:
        return evaluate(expr, request, entities)
    except EvaluationError as error:
        return error.kind


class _Observer:
    """The bins, crosses and situations of one case, collected while the reference evaluates it."""

    def __init__(self, loaded: LoadedReference) -> None:
        self.found = Reached()
        self._entities = loaded.entities
        self._bin_of: dict[int, str] = {}

    def run(self, tracer: Tracer, expr: Expr) -> Value | ErrorKind:
        """Evaluate an expression, observing every form in it."""
        self._bin_of.clear()
        try:
            return tracer.value(expr)
        except EvaluationError as error:  # the tracer has reported it
            return error.kind

    def seen(self, expr: Compound, operands: Sequence[Value], result: Value | ErrorKind) -> None:
        """Count a form that was evaluated; its operands were reported before it."""
        name = _form(expr)
        any_operands = name in ("set", "record") or result == "arity"
        kinds = "…" if any_operands else ",".join([KINDS[type(operand)] for operand in operands])
        hit = f"{name}|{kinds}|{_outcome(name, result)}"
        found, bin_of = self.found, self._bin_of
        found.bins[hit] += 1
        for child in children(expr):
            below = bin_of.get(id(child))
            if below is not None:
                found.crosses[below, hit] += 1
        bin_of[id(expr)] = hit
        if isinstance(expr, SHOWING):
            for situation in form_situations(expr, operands, result, self._entities):
                found.situations[situation] += 1


def _expressions(loaded: LoadedReference, case: Case) -> Iterator[Expr]:
    """Parse the expressions of the case, skipping those that the reference rejects."""
    for text in case.expressions:
        with contextlib.suppress(InputError):
            yield loaded.expression(text)


def _scopes(loaded: LoadedReference) -> Iterator[tuple[str, Expr]]:
    """Yield the scope constraints of every evaluated policy under the names of their forms.

    A link counts under the forms of its template.
    """
    known = loaded.policy_set
    written = [(body, body) for body in known.static.values()]
    written += [(known.templates[link.template_id], known.linked(link)) for link in known.links.values()]
    for form, body in written:
        for variable in ("principal", "resource"):
            name = f"{variable} {_constraint(getattr(form, variable))}"
            yield name, scope_condition(variable, getattr(body, variable))
        yield f"action {_constraint(form.action)}", action_condition(body.action)


def _constraint(constraint: object) -> str:
    match constraint:
        case Equals(target):
            return f"== {_target(target)}"
        case Within(target):
            return f"in {_target(target)}"
        case OfTypeWithin(_, target):
            return f"is in {_target(target)}"
        case OfType():
            return "is"
        case ActionEquals():
            return "=="
        case ActionIn():
            return "in […]"
        case Anything():
            return "unconstrained"
    raise AssertionError(constraint)


def _target(target: EntityUid | Slot) -> str:
    return "?slot" if isinstance(target, Slot) else "entity"


FORMS: dict[type[Compound], str] = {
    And: "&&",
    Or: "||",
    If: "if",
    GetAttr: ".",
    HasAttr: "has",
    HasPath: "has path",
    Is: "is",
    IsIn: "is in",
    Like: "like",
    SetOf: "set",
    RecordOf: "record",
}
"""The names of forms that have no operator or function of their own."""


def _form(expr: Compound) -> str:
    match expr:
        case Binary() | Unary():
            return expr.op
        case Call():
            return expr.function
        case _:
            return FORMS[type(expr)]


KINDS: dict[type[Value], Kind] = {
    Bool: "bool",
    Long: "long",
    String: "string",
    EntityUid: "entity",
    Set: "set",
    Record: "record",
    Decimal: "decimal",
    IpAddr: "ip",
    Datetime: "datetime",
    Duration: "duration",
}


def _outcome(name: str, result: Value | ErrorKind) -> str:
    match result:
        case str():
            return result
        case Bool(truth) if name in PREDICATES:
            return "true" if truth else "false"
        case _:
            return "value"
