"""Answers of foreign programs, validated before anything believes them.

Owns the reading of an outcome that another program wrote: whether it answers the question, the types of its
members, and the canonical order that a foreign engine need not know.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any, get_args

from drt.engines.rejections import placed
from drt.engines.same_meaning import one_form, policy_form, written
from drt.engines.value_form import canonical_value
from drt.model.engine import Unanswered
from drt.model.outcome import (
    Accepted,
    Answered,
    Authorized,
    Outcome,
    Part,
    Rejected,
    Validated,
    ValidationErrorKind,
    WarningKind,
    authorized,
    canonical_entity,
)
from drt.model.outcome_json import outcome_from_json
from drt.model.partial_outcome import BatchAuthorized, PartiallyAuthorized, Permitted, Reauthorized
from drt.model.question import Question
from drt.model.residual_json import canonical_residual
from drt.model.uid_text import uid_json

Json = Mapping[str, Any]

VALIDATION_ERRORS: tuple[ValidationErrorKind, ...] = get_args(ValidationErrorKind)
WARNINGS: tuple[WarningKind, ...] = get_args(WarningKind)


LOADED: tuple[Part, ...] = ("schema", "policies", "link", "entities")
PARTS: Mapping[str, tuple[Part, ...]] = {
    "load": LOADED,
    "answer": LOADED,
    "authorize": ("request",),
    "partially_authorize": ("request",),
    "evaluate": ("expression", "request"),
    "read_policies": ("policies",),
    "print_policies": ("policies",),
    "format_policies": ("policies",),
    "read_expression": ("expression",),
    "read_entities": ("entities", "schema"),
    "read_schema": ("schema",),
    "translate_schema": ("schema",),
    "link_schemas": ("schema",),
}
"""The parts of its input that a question may find fault with, where the guide for authors names them."""


class BadAnswer(Exception):
    """An answer of no known form; the text says why."""


def read_outcome(question: type[Question[Any]], answer: Json) -> Outcome:
    """Read the outcome in an answer; raises `BadAnswer` where it holds none that fits the question.

    Raises `RecursionError` where JSON in it nests deeper than this Python reads.
    """
    try:
        json.dumps(answer, ensure_ascii=False).encode()
        document = _with_canonical_value(answer)
    except (TypeError, ValueError) as error:
        raise BadAnswer(f"{type(error).__name__}: {error}") from None
    return checked_outcome(question, {"guesses": True, **document})


def checked_outcome(question: type[Question[Any]], answer: Json) -> Outcome:
    """Read an outcome whose texts may be any of Python, as `read_outcome` does."""
    try:
        outcome = outcome_from_json(answer)
    except (KeyError, TypeError, ValueError) as error:
        raise BadAnswer(f"{type(error).__name__}: {error}") from None
    if not isinstance(outcome, (*question.answered_by, *get_args(Unanswered))):
        raise BadAnswer(f"{type(outcome).__name__} is no answer to {question.name!r}")
    known = {"seq", "outcome", "guesses", *(member.name for member in fields(outcome))}
    if unknown := [name for name in answer if name not in known]:
        raise BadAnswer(f"{type(outcome).__name__} has no member {unknown[0]!r}")
    match outcome:
        case Authorized(decision, determining, erring):
            if len(dict(erring)) < len(erring):
                raise BadAnswer("'erring' names a policy twice")
            return authorized(decision, determining, dict(erring))
        case Rejected(part):
            if part not in PARTS.get(question.name, (part,)):
                raise BadAnswer(f"{question.name!r} is not about the part {part!r}")
            return placed(outcome)
        case PartiallyAuthorized(reason=reason, classes=classes, residuals=residuals):
            ordered = replace(
                outcome,
                reason=None if reason is None else tuple(sorted(reason)),
                classes=tuple(sorted(classes)),
                residuals=tuple(sorted(residuals)),
            )
            return with_one_form(question, ordered)
        case Reauthorized(decision, determining, failed):
            return Reauthorized(decision, tuple(sorted(determining)), tuple(sorted(failed)))
        case Permitted(allowed, undecided):
            return Permitted(_uids(allowed), _uids(undecided))
        case BatchAuthorized(loads=loads):
            if not all(loads):
                raise BadAnswer("'loads' holds a call for no uids")
            return replace(outcome, loads=tuple(map(_uids, loads)))
        case Validated():
            return _in_order(outcome)
    return with_one_form(question, outcome)


def with_one_form(question: type[Question[Any]], outcome: Outcome) -> Outcome:
    """Give the documents in an outcome the one form of their meaning; raises `BadAnswer` for what is none."""
    match outcome:
        case Accepted(canonical):
            return replace(outcome, canonical=_canonical(canonical, question.name))
        case Answered(answers):
            return Answered(_canonical(answers, question.name))
        case PartiallyAuthorized(residuals=residuals):
            return replace(outcome, residuals=tuple((policy, _residual(text)) for policy, text in residuals))
    return outcome


def _with_canonical_value(answer: Json) -> Json:
    """Give an answer whose value is JSON its canonical text instead."""
    match answer:
        case {"outcome": "Evaluated", "json": value, **others} if "value" not in others:
            return {**others, "outcome": "Evaluated", "value": canonical_value(value)}
    return answer


def _in_order(verdict: Validated) -> Validated:
    return replace(
        verdict,
        policies=tuple(sorted(verdict.policies)),
        errors=None if verdict.errors is None else tuple(sorted(set(verdict.errors))),
        warnings=None if verdict.warnings is None else tuple(sorted(set(map(_warning, verdict.warnings)))),
    )


def _warning(warning: tuple[str, ...]) -> tuple[str, ...]:
    """Check that a warning has as many texts as its kind has."""
    match warning:
        case (_, kind, *texts) if kind in WARNINGS and len(texts) == texts_of(kind):
            return warning
    raise BadAnswer("'warnings' holds a warning that is not a policy id, a kind and its texts")


def texts_of(kind: WarningKind) -> int:
    """Count the texts of a warning of that kind: what it is about, and its first odd character."""
    if kind in ("no_applicable_action", "impossible_policy"):
        return 0
    return 2 if kind == "confusable_identifier" else 1


def _uids(texts: Iterable[str]) -> tuple[str, ...]:
    """Write uids canonically, sorted, whichever literals of the language an engine wrote."""
    return tuple(sorted(map(_uid, texts)))


def _uid(text: str) -> str:
    try:
        uid = json.loads(uid_json(text))
    except ValueError:
        return text
    return canonical_entity(uid["type"], uid["id"])


def _residual(text: str) -> str:
    """Canonical JSON of a residual policy."""
    try:
        return canonical_residual(policy_form(json.loads(text)))
    except ValueError:
        raise BadAnswer("'residuals' holds what is no JSON") from None


def _canonical(text: str, ask: str) -> str:
    """Canonical JSON of whatever JSON of that meaning an engine wrote."""
    if not text:
        return text
    try:
        return written(one_form(ask, json.loads(text)))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BadAnswer(f"'canonical' is no JSON of its kind: {error}") from None
