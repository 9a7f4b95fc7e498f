"""Evaluation that is watched: the same rules, with every step told to somebody.

Owns the second driver of the evaluator's rules. For each form whose operands have values it tells the form,
those values and what the form came to; a form that ends because an operand has no value is not told.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import Any

from reference.entities import Entities
from reference.errors import ErrorKind, EvaluationError
from reference.evaluator import forms, leaf
from reference.request import Request
from reference.syntax import Compound, Expr, Lit, Slot, Var
from reference.values import Value

Seen = Callable[[Compound, Sequence[Value], Value | ErrorKind], None]
"""Told of a compound form, the values of the operands that it evaluated, and its value or error kind."""


@dataclass(slots=True)
class Waiting:
    """A form that waits for an operand."""

    expr: Compound
    rule: Generator[Expr, Value, Value]
    operands: list[Value] = field(default_factory=list)


def observe(expr: Expr, request: Request, entities: Entities, seen: Seen) -> Value:
    """The value of an expression, as `evaluate` gives it, with every compound form told to `seen`.

    Raises:
        EvaluationError: the expression has no value.
    """
    waiting: list[Waiting] = []
    value: Any
    while True:
        match expr:
            case Lit() | Var() | Slot():
                value = leaf(expr, request)
                if waiting:
                    waiting[-1].operands.append(value)
            case _:
                waiting.append(Waiting(expr, forms(expr, entities)))
                value = None
        while waiting:
            form = waiting[-1]
            try:
                expr = form.rule.send(value)
                break
            except StopIteration as finished:
                waiting.pop()
                value = finished.value
                seen(form.expr, form.operands, value)
                if waiting:
                    waiting[-1].operands.append(value)
            except EvaluationError as error:
                seen(form.expr, form.operands, error.kind)
                raise
        else:
            result: Value = value
            return result
