"""Residuals: typed expressions over values, variables and an error (spec 09 §3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from reference.errors import EvaluationError
from reference.evaluator import Evaluator
from reference.partial.values import value_expression
from reference.schema.types import Type
from reference.support.traversal import rebuild
from reference.syntax import Binary, Call, Expr, GetAttr, Unary
from reference.validation.conformance import uids_in
from reference.values import EntityUid, Value


@dataclass(frozen=True, slots=True)
class Known:
    """A value."""

    value: Value
    type: Type


@dataclass(frozen=True, slots=True)
class Failing:
    """An expression that always errors; the specification calls it `Error`."""

    type: Type


@dataclass(frozen=True, slots=True)
class Open:
    """A variable, or a form of spec 09 §2 with operands; those of `form` itself mean nothing.

    Operands may be shared, so nothing here walks one operand twice. `error_free` is the test of spec 09 §3.
    """

    form: Expr
    type: Type
    parts: tuple[Residual, ...] = ()
    error_free: bool = field(init=False)

    def __post_init__(self) -> None:
        free = not _may_err_itself(self.form) and all(error_free(part) for part in self.parts)
        object.__setattr__(self, "error_free", free)


Residual = Known | Failing | Open

ERROR = Call("error", ())
"""How `Failing` is written: it is no Cedar call (spec 09 §5.1)."""


def error_free(residual: Residual) -> bool:
    """Return whether the residual cannot err, by its form (spec 09 §3)."""
    match residual:
        case Known():
            return True
        case Failing():
            return False
        case Open():
            return residual.error_free


def _may_err_itself(form: Expr) -> bool:
    match form:
        case Unary("neg") | Binary("+" | "-" | "*" | "getTag") | GetAttr() | Call():
            return True
        case _:
            return False


def expression(residual: Residual) -> Expr:
    """Write a residual as an expression, values in their canonical forms (spec 09 §5.1)."""
    match residual:
        case Known(value):
            return value_expression(value)
        case Failing():
            return ERROR
        case Open(form, _, parts):
            written = {id(part): expression(part) for part in each_once(parts)}
            return rebuild(form, [written[id(part)] for part in parts])


class ResidualEvaluator(Evaluator):
    """The evaluator of expressions, which also knows `ERROR`."""

    def value(self, x: Expr) -> Value:
        """Evaluate an expression that stands for a residual, or raise `EvaluationError`."""
        match x:
            case Call("error"):
                raise EvaluationError("extension")
            case _:
                return super().value(x)


def uids_of(residuals: Iterable[Residual]) -> frozenset[EntityUid]:
    """Collect the uids in all values of residuals, inside sets and records too (spec 09 §9)."""
    return frozenset(
        uid for part in _parts(residuals) if isinstance(part, Known) for uid in uids_in(part.value)
    )


def _parts(residuals: Iterable[Residual]) -> Iterator[Residual]:
    todo, seen = list(residuals), set[int]()
    while todo:
        part = todo.pop()
        if id(part) not in seen:
            seen.add(id(part))
            yield part
            if isinstance(part, Open):
                todo.extend(part.parts)


def each_once(parts: Iterable[Residual]) -> Iterable[Residual]:
    """Return the operands without repetitions of a shared one."""
    return {id(part): part for part in parts}.values()
