"""Which rules of the language a case reaches, told by the reference as it evaluates.

Owns the names of features: `operator|kinds of operands|outcome`, such as `<|long,long|true`, and those of
scope constraints, `principal in ?slot||false`. Outcomes are `true`, `false`, `value` or an error kind.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator, Sequence

from drt.case import Case, Request
from drt.engines.reference_engine import LoadedReference, ReferenceEngine
from reference.errors import ErrorKind, EvaluationError, InputError
from reference.evaluator import evaluate
from reference.extensions.ipaddr import IpAddr
from reference.observing import Seen, observe
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
from reference.request import Request as Question
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
from reference.values import Bool, EntityUid, Value

PREDICATES_OF_ANYTHING = ("if", ".", "getTag", "set", "record")
"""Forms whose value may be of any kind: a boolean is not told apart."""


def features_of(case: Case) -> Counter[str]:
    """How often a case reaches each feature; nothing where the reference cannot read it."""
    found: Counter[str] = Counter()
    loaded = ReferenceEngine().load(case)
    if not isinstance(loaded, LoadedReference):
        return found
    for request in case.requests:
        _watch(loaded, case, request, found)
    return found


def _watch(loaded: LoadedReference, case: Case, request: Request, found: Counter[str]) -> None:
    try:
        question = loaded.request(request)
    except InputError:
        return

    def seen(expr: Compound, operands: Sequence[Value], result: Value | ErrorKind) -> None:
        name = _form(expr)
        untold = name in ("set", "record") or result == "arity"
        kinds = "…" if untold else ",".join(map(_kind, operands))
        found[f"{name}|{kinds}|{_outcome(name, result)}"] += 1

    for policy in loaded.policies:
        _run(policy.condition, question, loaded, seen)
    for text in case.expressions:
        try:
            expr = loaded.expression(text)
        except InputError:
            continue
        _run(expr, question, loaded, seen)
    for name, constraint in _scopes(loaded):
        value = evaluate(constraint, question, loaded.entities)
        found[f"{name}||{_outcome(name, value)}"] += 1


def _run(expr: Expr, question: Question, loaded: LoadedReference, seen: Seen) -> None:
    with contextlib.suppress(EvaluationError):  # it has been told
        observe(expr, question, loaded.entities, seen)


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


def _form(expr: Compound) -> str:
    match expr:
        case And():
            return "&&"
        case Or():
            return "||"
        case If():
            return "if"
        case Unary(op, _):
            return op
        case Binary(op, _, _):
            return op
        case GetAttr():
            return "."
        case HasAttr():
            return "has"
        case HasPath():
            return "has path"
        case Is():
            return "is"
        case IsIn():
            return "is in"
        case Like():
            return "like"
        case SetOf():
            return "set"
        case RecordOf():
            return "record"
        case Call(function, _):
            return function


def _kind(value: Value) -> str:
    match value:
        case EntityUid():
            return "entity"
        case IpAddr():
            return "ip"
        case _:
            return type(value).__name__.lower()


def _outcome(name: str, result: Value | ErrorKind) -> str:
    match result:
        case str():
            return result
        case Bool(truth) if name not in PREDICATES_OF_ANYTHING:
            return "true" if truth else "false"
        case _:
            return "value"
