"""What came over the wire, taken for nothing but what it shows to be.

Owns the reading of an outcome that another program wrote: which answers a question has, of which kinds their
members are, and the canonical order that a foreign engine need not know.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import NoneType
from typing import Any, TypeVar, cast, get_args

from drt.engines.same_meaning import one_form, written
from drt.model.engine import Unanswered
from drt.model.outcome import (
    Accepted,
    Answered,
    Authorized,
    Crashed,
    Decision,
    ErrorKind,
    Evaluated,
    ExceededBudget,
    Failed,
    LinkErrorKind,
    Outcome,
    Part,
    Printed,
    Problem,
    Rejected,
    Unlinkable,
    Unsupported,
    Unwritable,
    Validated,
    ValidationErrorKind,
    WarningKind,
    authorized,
)

Json = Mapping[str, Any]
Chosen = TypeVar("Chosen")

ANSWERS: Mapping[str, tuple[type[Outcome], ...]] = {
    "load": (Rejected, Unlinkable),
    "authorize": (Authorized, Rejected),
    "evaluate": (Evaluated, Failed, Rejected),
    "validate": (Validated, Rejected),
    "read_policies": (Accepted, Unwritable, Rejected),
    "print_policies": (Printed, Unwritable, Rejected),
    "format_policies": (Printed, Rejected),
    "read_expression": (Accepted, Unwritable, Rejected),
    "read_entities": (Accepted, Unwritable, Rejected),
    "read_schema": (Accepted, Unwritable, Rejected),
    "translate_schema": (Printed, Unwritable, Rejected),
    "link_schemas": (Accepted, Unwritable, Rejected, Unlinkable),
    "answer": (Answered, Rejected, Unlinkable),
}
"""The questions about Cedar, and what they can be answered with beside `Unanswered`."""

KINDS: tuple[ErrorKind, ...] = get_args(ErrorKind)
PARTS: tuple[Part, ...] = get_args(Part)
VALIDATION_ERRORS: tuple[ValidationErrorKind, ...] = get_args(ValidationErrorKind)
WARNINGS: tuple[WarningKind, ...] = get_args(WarningKind)
LINK_ERRORS: tuple[LinkErrorKind, ...] = get_args(LinkErrorKind)


class BadAnswer(Exception):
    """An answer that is none; the text says why."""


def read_outcome(ask: str, answer: Json) -> Outcome:
    """The outcome in an answer to a question; raises `BadAnswer` where it holds none that fits."""
    outcome = _outcome(ask, answer)
    if not isinstance(outcome, (*ANSWERS[ask], *get_args(Unanswered))):
        raise BadAnswer(f"{type(outcome).__name__} is no answer to {ask!r}")
    return outcome


def _outcome(ask: str, answer: Json) -> Outcome:
    match answer.get("outcome"):
        case "Authorized":
            decisions: tuple[Decision, ...] = get_args(Decision)
            erring = _pairs(answer, "erring", str)
            kinds = {policy: _one_of(KINDS, kind, "erring") for policy, kind in erring}
            if len(kinds) < len(erring):
                raise BadAnswer("'erring' names a policy twice")
            return authorized(
                _one_of(decisions, answer.get("decision"), "decision"), _texts(answer, "determining"), kinds
            )
        case "Evaluated":
            return Evaluated(_text(answer, "value"))
        case "Failed":
            return Failed(_one_of(KINDS, answer.get("kind"), "kind"))
        case "Validated":
            return _validated(answer)
        case "Accepted":
            count = _maybe(answer, "count", int)
            canonical = _canonical(_text(answer, "canonical", ""), ask)
            return Accepted(canonical, count, _text(answer, "detail", ""))
        case "Unwritable":
            part = _one_of(PARTS, answer.get("part"), "part")
            return Unwritable(part, _maybe(answer, "count", int), _text(answer, "detail", ""))
        case "Printed":
            return Printed(_text(answer, "text"))
        case "Rejected":
            return Rejected(_one_of(PARTS, answer.get("part"), "part"), _text(answer, "detail", ""))
        case "Unlinkable":
            return Unlinkable(_one_of(LINK_ERRORS, answer.get("kind"), "kind"), _text(answer, "detail", ""))
        case "Answered":
            return Answered(_canonical(_text(answer, "answers"), ask))
        case "Unsupported":
            return Unsupported(_text(answer, "feature"))
        case "ExceededBudget":
            return ExceededBudget(_text(answer, "resource"))
        case "Crashed":
            where = tuple(_texts(answer, "where"))
            return Crashed(_text(answer, "error"), where, _text(answer, "detail", ""))
    raise BadAnswer("no outcome")


def _validated(answer: Json) -> Validated:
    return Validated(
        cast(bool, _value(answer, "valid", bool)),
        tuple(sorted((policy, bool(valid)) for policy, valid in _pairs(answer, "policies", bool))),
        _validation_errors(answer),
        _warnings(answer),
        _text(answer, "detail", ""),
        _maybe(answer, "guesses", bool) is not False,
        _problems(answer),
    )


def _problems(answer: Json) -> tuple[Problem, ...]:
    told = answer.get("problems", [])
    if not isinstance(told, list):
        raise BadAnswer("'problems' is not a list")
    return tuple(map(_problem, told))


def _problem(told: Any) -> Problem:
    match told:
        case [str(policy), str(kind), str(message), line, column, list(texts)] if (
            type(line) in (int, NoneType)
            and type(column) in (int, NoneType)
            and all(isinstance(text, str) for text in texts)
        ):
            return Problem(policy, kind, message, line, column, tuple(texts))
    raise BadAnswer("'problems' holds no policy id, kind, message, line, column and texts")


def _validation_errors(answer: Json) -> tuple[tuple[str, ValidationErrorKind], ...] | None:
    if answer.get("errors") is None:
        return None
    pairs = {
        (policy, _one_of(VALIDATION_ERRORS, kind, "errors")) for policy, kind in _pairs(answer, "errors", str)
    }
    return tuple(sorted(pairs))


def _warnings(answer: Json) -> tuple[tuple[str, ...], ...] | None:
    """The warnings, each with as many texts as its kind has."""
    told = answer.get("warnings")
    if told is None:
        return None
    if not isinstance(told, list):
        raise BadAnswer("'warnings' is not a list")
    warnings = {tuple(_texts({"warning": each}, "warning")) for each in told}
    for warning in warnings:
        if len(warning) < 2 or len(warning) != 2 + texts_of(_one_of(WARNINGS, warning[1], "warnings")):
            raise BadAnswer("'warnings' holds a warning that is not a policy id, a kind and its texts")
    return tuple(sorted(warnings))


def texts_of(kind: WarningKind) -> int:
    """How many texts a warning of that kind has: none, what it is about, or its first odd character too."""
    if kind in ("no_applicable_action", "impossible_policy"):
        return 0
    return 2 if kind == "confusable_identifier" else 1


def _canonical(text: str, ask: str) -> str:
    """Canonical JSON of whatever JSON of that meaning an engine wrote."""
    if not text:
        return text
    try:
        return written(one_form(ask, json.loads(text)))
    except (ValueError, RecursionError):
        raise BadAnswer("'canonical' is no JSON") from None


def _value(answer: Json, name: str, kind: type) -> object:
    value = answer.get(name)
    if type(value) is not kind:
        raise BadAnswer(f"{name!r} is not of type {kind.__name__}")
    return _clean(value, name)


def _maybe(answer: Json, name: str, kind: type[Chosen]) -> Chosen | None:
    return None if answer.get(name) is None else cast(Chosen, _value(answer, name, kind))


def _text(answer: Json, name: str, default: str | None = None) -> str:
    if default is not None and name not in answer:
        return default
    return cast(str, _value(answer, name, str))


def _texts(answer: Json, name: str) -> list[str]:
    value = answer.get(name, [])
    if not isinstance(value, list) or not all(type(item) is str for item in value):
        raise BadAnswer(f"{name!r} is not a list of texts")
    return [cast(str, _clean(item, name)) for item in value]


def _pairs(answer: Json, name: str, kind: type[Chosen]) -> list[tuple[str, Chosen]]:
    value = answer.get(name, [])
    if not isinstance(value, list):
        raise BadAnswer(f"{name!r} is not a list of pairs")
    for item in value:
        if not isinstance(item, list) or [type(part) for part in item] != [str, kind]:
            raise BadAnswer(f"{name!r} is not a list of pairs of a policy id and a {kind.__name__}")
    return [(cast(str, _clean(policy, name)), said) for policy, said in value]


def _one_of(choices: tuple[Chosen, ...], value: object, name: str) -> Chosen:
    for choice in choices:
        if type(value) is str and value == choice:
            return choice
    raise BadAnswer(f"{name!r} is {str(value)[:40]!r}, none of {', '.join(map(str, choices))}")


def _clean(value: object, name: str) -> object:
    """The value itself, unless it is a text that no file could hold."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            raise BadAnswer(f"{name!r} holds half a surrogate pair") from None
    return value
