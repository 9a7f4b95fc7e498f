"""Saved cases: check one engine against everything that a case of our own corpus expects.

That is more than the official layout holds: parts that must be rejected, error kinds, values of expressions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from drt.assess.conformance.checker import Checker, Record
from drt.model.engine import NotLoaded, Session
from drt.model.outcome import (
    Accepted,
    Authorized,
    Evaluated,
    Failed,
    Outcome,
    Part,
    Rejected,
    Unlinkable,
    Validated,
)
from drt.model.question import Authorize, CaseQuestion, Evaluate, Validate
from drt.model.saved_case import ExpectedResponse, ExpectedValue, ExpectedVerdict, SavedCase


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a case expects of one question, or of loading it where none is `asked`.

    `id` names the question within the case, `check` its kind, `shown` the expected outcome in words; `text`
    is the part of the input that it is about, `further` are other texts on which it depends. `outcome` is a
    right answer, `is_right` accepts all of them.
    """

    id: str
    text: str
    check: str
    shown: str
    asked: CaseQuestion[Any] | None
    outcome: Outcome
    is_right: Callable[[Outcome], bool]
    further: tuple[str, ...] = ()

    def answer(self, loaded: Session | NotLoaded) -> Outcome:
        """Put the question to an engine's session."""
        if isinstance(loaded, NotLoaded):
            return loaded
        answer: Outcome = Accepted() if self.asked is None else loaded.ask(self.asked)
        return answer


def check_expectations(checker: Checker, file: str, known: SavedCase) -> None:
    """All expectations of one saved case."""
    loaded = checker.engine.load(known.case)
    for one in expectations(known):
        outcome = one.answer(loaded)
        record = Record(file, one.id, one.text, one.further)
        checker.check(record, one.check, one.shown, outcome, one.is_right(outcome))


def expectations(known: SavedCase) -> Iterator[Expectation]:
    """List what a case expects; of one of which a part is refused, nothing else."""
    expected = known.expected
    if expected.rejected is not None:
        yield _refused(known, expected.rejected)
        return
    if expected.should_validate is not None:
        yield _whole_verdict(expected.should_validate)
    yield from map(_verdict, expected.verdicts)
    yield from (_response(known, one) for one in expected.responses)
    yield from (_value(known, one) for one in expected.values)


def _refused(known: SavedCase, part: Part) -> Expectation:
    schema = known.case.schema.text if known.case.schema else ""
    texts = {"policies": known.case.policies.text, "schema": schema, "entities": known.case.entities}

    def is_right(outcome: Outcome) -> bool:
        is_refused = isinstance(outcome, Rejected) and outcome.part == part
        return is_refused or (part == "schema" and isinstance(outcome, Unlinkable))

    shown = f"{part} refused"
    return Expectation(part, texts.get(part, ""), "part refused", shown, None, Rejected(part), is_right)


def _whole_verdict(valid: bool) -> Expectation:
    def is_right(outcome: Outcome) -> bool:
        return isinstance(outcome, Validated) and outcome.valid == valid

    return Expectation("validation", "", "case validates", str(valid), Validate(), Validated(valid), is_right)


def _verdict(expected: ExpectedVerdict) -> Expectation:
    def is_right(outcome: Outcome) -> bool:
        if not isinstance(outcome, Validated):
            return False
        invalid = tuple(sorted(policy for policy, valid in outcome.policies if not valid))
        known = invalid == expected.invalid or not outcome.policies
        return known and outcome.valid is not bool(expected.invalid)

    at = expected.mode if expected.level is None else f"level {expected.level}"
    shown = f"invalid: {', '.join(expected.invalid) or 'none'}"
    outcome = Validated(not expected.invalid, tuple((policy, False) for policy in expected.invalid))
    asked = Validate(expected.mode, expected.level)
    return Expectation(at, "", "policies valid", shown, asked, outcome, is_right)


def _response(known: SavedCase, expected: ExpectedResponse) -> Expectation:
    request = known.case.requests[expected.request]
    kinds = dict(expected.error_kinds)
    erring = tuple((policy, kinds.get(policy, "type")) for policy in expected.errors)
    outcome: Outcome = Authorized(expected.decision or "deny", expected.reason, erring)

    def is_right(given: Outcome) -> bool:
        if expected.rejected:
            return isinstance(given, Rejected) and given.part == "request"
        if not isinstance(given, Authorized):
            return False
        return (
            given.decision == expected.decision
            and tuple(sorted(given.determining)) == expected.reason
            and tuple(sorted(policy for policy, _ in given.erring)) == expected.errors
            and set(expected.error_kinds) <= set(given.erring)
        )

    return Expectation(
        f"request {expected.request}",
        request.text,
        "response",
        _shown(expected),
        Authorize(request),
        Rejected("request") if expected.rejected else outcome,
        is_right,
        (known.case.policies.text,),
    )


def _shown(expected: ExpectedResponse) -> str:
    if expected.rejected:
        return "the request refused"
    kinds = dict(expected.error_kinds)
    errors = ", ".join(f"{policy} ({kinds.get(policy, 'any kind')})" for policy in expected.errors)
    return f"{expected.decision}, reason {list(expected.reason)}, errors [{errors}]"


def _value(known: SavedCase, expected: ExpectedValue) -> Expectation:
    expression, request = known.case.expressions[expected.expression], known.case.requests[expected.request]
    at = f"expression {expected.expression} under request {expected.request}"
    asked = Evaluate(expression, request)
    if expected.rejected:
        shown = f"{expression} refused"
        return Expectation(
            at, expression, "expression refused", shown, asked, Rejected("expression"), _is_refused_expression
        )
    if expected.value is not None:
        right = Evaluated(expected.value)
        shown = f"{expression} is {expected.value}"
        return Expectation(
            at, expression, "expression value", shown, asked, right, lambda outcome: outcome == right
        )

    def is_right(outcome: Outcome) -> bool:
        return isinstance(outcome, Failed) and expected.error in (outcome.kind, "")

    shown = f"{expression} fails with {expected.error or 'an error'}"
    failed = Failed(expected.error or "type")
    return Expectation(at, expression, "expression value", shown, asked, failed, is_right)


def _is_refused_expression(outcome: Outcome) -> bool:
    return isinstance(outcome, Rejected) and outcome.part == "expression"
