"""Rejections, validation errors and warnings of the production engine, as the harness shows them."""

from __future__ import annotations

from drt.engines.rejections import placed
from drt.model.outcome import Part, Problem, Rejected, ValidationErrorKind
from drt.model.words import Words
from production import CedarError, PolicyError, Validation, ValidationError, ValidationWarning
from production.schema.errors import SchemaTextError


def rejected(part: Part, error: CedarError) -> Rejected:
    """Make an outcome of an error in reading a part, with its place in a text."""
    if isinstance(error, PolicyError | SchemaTextError):
        return Rejected(part, str(error), error.line or None, error.column or None)
    return placed(Rejected(part, str(error)))


def words_of(found: Validation, text: str | None) -> Words:
    """Report all errors and then all warnings, with their places in the text if it is given."""
    if text is not None and found.problems:
        found = found.placed(text)
    return found.report(), tuple(map(_problem, found.problems))


def _problem(one: ValidationError | ValidationWarning) -> Problem:
    line, column = (None, None) if one.place is None else (one.place.line, one.place.column)
    texts = one.texts if isinstance(one, ValidationWarning) else ()
    return Problem(one.policy, one.kind, one.message, line, column, texts)


def kind_of(error: ValidationError) -> ValidationErrorKind:
    """Classify an error; raises `RuntimeError` for a check that did not complete."""
    if error.kind == "not_checked":
        raise RuntimeError(error.message)
    return error.kind
