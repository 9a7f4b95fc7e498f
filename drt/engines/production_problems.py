"""Errors and warnings of the production engine, one by one, as the harness shows them."""

from __future__ import annotations

from drt.model.outcome import Problem, ValidationErrorKind
from production import Validation, ValidationError, ValidationWarning


def problems_of(found: Validation) -> tuple[Problem, ...]:
    """All errors and then all warnings, with their places where `found` has them."""
    problems: list[ValidationError | ValidationWarning] = [*found.errors, *found.warnings]
    return tuple(_problem(one) for one in problems)


def _problem(one: ValidationError | ValidationWarning) -> Problem:
    line, column = (None, None) if one.place is None else (one.place.line, one.place.column)
    texts = one.texts if isinstance(one, ValidationWarning) else ()
    return Problem(one.policy, one.kind, one.message, line, column, texts)


def kind_of(error: ValidationError) -> ValidationErrorKind:
    """Classify an error; raises `RuntimeError` for a check that did not complete."""
    if error.kind == "not_checked":
        raise RuntimeError(error.message)
    return error.kind
