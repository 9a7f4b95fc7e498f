"""Which rules of the language a case reaches, told by the reference as it evaluates.

Owns the names of features: `operator|kinds of operands|outcome`, such as `<|long,long|true`, and those of
scope constraints, `principal in ?slot||false`. Outcomes are `true`, `false`, `value` or an error kind.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from drt.coverage.situations import TELLING, form_sights, response_sights
from drt.engines.reference_engine import LoadedReference, ReferenceEngine
from drt.model.case import Case
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
from reference.support.tracing import Tracer
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
    children,
)
from reference.values import Bool, EntityUid, Long, Record, Set, String, Value

PREDICATES_OF_ANYTHING = ("if", ".", "getTag", "set", "record")
"""Forms whose value may be of any kind: a boolean is not told apart."""


@dataclass(frozen=True, slots=True)
class Reached:
    """What a case reaches, each with how often: `cells` are features; `pairs` are two of them, that of an
    operand and that of the form around it; `sights` are the situations of `reference_sights`.
    """

    cells: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    sights: Counter[str] = field(default_factory=Counter)


def features_of(case: Case) -> Counter[str]:
    """How often a case reaches each feature; nothing where the reference cannot read it."""
    return reached_by(case).cells


@door
def reached_by(case: Case) -> Reached:
    """All that a case reaches; nothing where the reference cannot read it."""
    loaded = ReferenceEngine().load(case)
    if not isinstance(loaded, LoadedReference):
        return Reached()
    watch = _Watch(loaded)
    expressions = list(_expressions(loaded, case))
    scopes = list(_scopes(loaded))
    found = watch.found
    for request in case.requests:
        try:
            read = loaded.request(request)
        except InputError:
            continue
        tracer = Tracer(read, loaded.entities, watch.seen)
        came_to = {policy.id: watch.run(tracer, policy.condition) for policy in loaded.policies}
        found.sights.update(response_sights(loaded.policies, loaded.policy_set, came_to))
        for expression in expressions:
            watch.run(tracer, expression)
        for name, constraint in scopes:
            found.cells[f"{name}||{_outcome(name, evaluate(constraint, read, loaded.entities))}"] += 1
    return found


class _Watch:
    """What one case reaches, as it is told."""

    def __init__(self, loaded: LoadedReference) -> None:
        self.found = Reached()
        self._entities = loaded.entities
        self._told: dict[int, str] = {}

    def run(self, tracer: Tracer, expr: Expr) -> Value | ErrorKind:
        """Evaluate an expression step by step."""
        self._told.clear()
        try:
            return tracer.value(expr)
        except EvaluationError as error:  # it has been told
            return error.kind

    def seen(self, expr: Compound, operands: Sequence[Value], result: Value | ErrorKind) -> None:
        """Note a form that was evaluated; its operands were told before it."""
        name = _form(expr)
        untold = name in ("set", "record") or result == "arity"
        kinds = "…" if untold else ",".join([KINDS[type(operand)] for operand in operands])
        cell = f"{name}|{kinds}|{_outcome(name, result)}"
        found, told = self.found, self._told
        found.cells[cell] += 1
        for child in children(expr):
            below = told.get(id(child))
            if below is not None:
                found.pairs[below, cell] += 1
        told[id(expr)] = cell
        if isinstance(expr, TELLING):
            for sight in form_sights(expr, operands, result, self._entities):
                found.sights[sight] += 1


def _expressions(loaded: LoadedReference, case: Case) -> Iterator[Expr]:
    """The expressions of the case that can be read."""
    for text in case.expressions:
        with contextlib.suppress(InputError):
            yield loaded.expression(text)


def _scopes(loaded: LoadedReference) -> Iterator[tuple[str, Expr]]:
    """The constraints of every evaluated policy, by form; of a link, those of its template."""
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
"""The names of forms; of all others it is the name of the operator or function."""


def _form(expr: Compound) -> str:
    match expr:
        case Binary() | Unary():
            return expr.op
        case Call():
            return expr.function
        case _:
            return FORMS[type(expr)]


KINDS: dict[type[Value], str] = {
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
        case Bool(truth) if name not in PREDICATES_OF_ANYTHING:
            return "true" if truth else "false"
        case _:
            return "value"
