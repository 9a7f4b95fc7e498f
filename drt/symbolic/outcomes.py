"""Outcomes of expressions as terms, and arithmetic that may overflow (spec 10 §4.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from drt.symbolic.sorts import BOOL, Sort
from drt.symbolic.terms import Op, Term, operation, or_

Arithmetic = Literal["neg", "add", "sub", "mul"]

OVERFLOWS: dict[Arithmetic, Op] = {
    "neg": "neg-overflows",
    "add": "add-overflows",
    "sub": "sub-overflows",
    "mul": "mul-overflows",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether evaluation fails, and the value wherever it does not."""

    error: Term
    value: Term


def arithmetic(op: Arithmetic, sort: Sort, error: Term, *operands: Term) -> Outcome:
    """Calculate in 64 bits; overflow is an error."""
    overflow = operation(OVERFLOWS[op], BOOL, *operands)
    return Outcome(or_(error, overflow), operation(op, sort, *operands))
