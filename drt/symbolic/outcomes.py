"""Outcomes of expressions: failures in their order, and arithmetic that may overflow (spec 10 §4.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from drt.symbolic.sorts import BOOL, LONG, Sort
from drt.symbolic.terms import FALSE, Op, Term, and_, ite, not_, operation, or_

Arithmetic = Literal["neg", "add", "sub", "mul"]

OVERFLOWS: dict[Arithmetic, Op] = {
    "neg": "neg-overflows",
    "add": "add-overflows",
    "sub": "sub-overflows",
    "mul": "mul-overflows",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """Whether evaluation fails, and whether the first error is `extension` or one that types exclude."""

    any: Term = FALSE
    extension: Term = FALSE
    excluded: Term = FALSE

    def then(self, later: Failure) -> Failure:
        """Return the failure of what is evaluated after this."""
        goes_on = not_(self.any)
        return Failure(
            or_(self.any, later.any),
            or_(self.extension, and_(goes_on, later.extension)),
            or_(self.excluded, and_(goes_on, later.excluded)),
        )

    def where(self, condition: Term) -> Failure:
        """Return this failure where a condition holds."""
        return Failure(*(and_(condition, one) for one in (self.any, self.extension, self.excluded)))


NEVER = Failure()


def excluded(condition: Term) -> Failure:
    """Return a failure that types exclude, such as that of an absent attribute, where a condition holds."""
    return Failure(condition, excluded=condition)


def choice(condition: Term, then: Failure, otherwise: Failure) -> Failure:
    """Return the failure of the branch that is taken."""
    return Failure(
        ite(condition, then.any, otherwise.any),
        ite(condition, then.extension, otherwise.extension),
        ite(condition, then.excluded, otherwise.excluded),
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """The failure of an expression, and its value wherever it does not fail."""

    failure: Failure
    value: Term


def in_order(parts: Iterable[Outcome]) -> Failure:
    """Return the failure of expressions that are evaluated one after the other."""
    failure = NEVER
    for part in parts:
        failure = failure.then(part.failure)
    return failure


def arithmetic(op: Arithmetic, sort: Sort, failure: Failure, *operands: Term) -> Outcome:
    """Calculate in 64 bits; overflow of a Long is `overflow`, of a datetime or duration `extension`."""
    overflow = operation(OVERFLOWS[op], BOOL, *operands)
    failed = Failure(overflow, FALSE if sort == LONG else overflow)
    return Outcome(failure.then(failed), operation(op, sort, *operands))
