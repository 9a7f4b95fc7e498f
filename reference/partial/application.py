"""Operations on values within partial evaluation: their results and failures are residuals (spec 09 §4.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from reference import syntax as ast
from reference.errors import EvaluationError
from reference.extension_functions import call
from reference.partial.residuals import Failing, Known, Open, Residual
from reference.values import Record, Set, Value


def applied(node: Open, operation: Callable[[], Value]) -> Residual:
    """Apply an operation to values; its failure is a result."""
    try:
        return Known(operation(), node.type)
    except EvaluationError:
        return Failing(node.type)


def built(form: ast.Expr, values: Sequence[Value]) -> Value:
    """Build a set or a record of values, or apply a function to them."""
    match form:
        case ast.SetOf():
            return Set(frozenset(values))
        case ast.RecordOf(pairs):
            return Record({key: value for (key, _), value in zip(pairs, values, strict=True)})
        case ast.Call(function):
            return call(function, values)
        case _:
            raise AssertionError("no other form has any number of operands")


def found(node: Open, name: str, values: Mapping[str, Value] | None) -> Residual:
    """Look up a name: the value, an error if it is not there, the node itself if nothing is known."""
    if values is None:
        return node
    return Known(values[name], node.type) if name in values else Failing(node.type)


def all_known(parts: Sequence[Residual]) -> bool:
    """Return whether all operands are values."""
    return all(isinstance(part, Known) for part in parts)


def values_of(parts: Sequence[Residual]) -> list[Value]:
    """Return the values of operands."""
    return [part.value for part in parts if isinstance(part, Known)]
