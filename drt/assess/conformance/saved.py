"""Saved cases: check one engine against everything that a case of our own corpus expects.

That is more than the official layout holds: parts that must be rejected, error kinds, values of expressions.
"""

from __future__ import annotations

from drt.assess.conformance.checker import Checker, Record
from drt.engines.guard import GuardedSession
from drt.model.case import Request
from drt.model.outcome import Accepted, Authorized, Evaluated, Failed, Outcome, Rejected, Validated
from drt.model.question import Authorize, Evaluate, Validate
from drt.model.saved_case import ExpectedResponse, ExpectedValue, ExpectedVerdict, SavedCase


def check_expectations(checker: Checker, file: str, known: SavedCase) -> None:
    """All expectations of one saved case."""
    loaded = checker.engine.load(known.case)
    if known.expected.rejected is not None:
        part = known.expected.rejected
        refused = loaded if not isinstance(loaded, GuardedSession) else Accepted()
        right = isinstance(refused, Rejected) and refused.part == part
        checker.check(
            Record(file, part, _text(known, part)), "part refused", f"{part} refused", refused, right
        )
        return
    if known.expected.should_validate is not None:
        verdict = loaded.ask(Validate()) if isinstance(loaded, GuardedSession) else loaded
        right = isinstance(verdict, Validated) and verdict.valid == known.expected.should_validate
        checker.check(
            Record(file, "validation"), "case validates", str(known.expected.should_validate), verdict, right
        )
    for one in known.expected.verdicts:
        verdict = loaded.ask(Validate(one.mode, one.level)) if isinstance(loaded, GuardedSession) else loaded
        at = Record(file, one.mode if one.level is None else f"level {one.level}")
        shown = f"invalid: {', '.join(one.invalid) or 'none'}"
        checker.check(at, "policies valid", shown, verdict, _is_verdict(one, verdict))
    for response in known.expected.responses:
        request = known.case.requests[response.request]
        outcome = loaded.ask(Authorize(request)) if isinstance(loaded, GuardedSession) else loaded
        at = Record(file, f"request {response.request}", request.text)
        checker.check(at, "response", _shown(response), outcome, _is_response(response, outcome))
    for value in known.expected.values:
        _value(checker, file, known, value, loaded)


def _text(known: SavedCase, part: str) -> str:
    schema = known.case.schema.text if known.case.schema else ""
    texts = {"policies": known.case.policies.text, "schema": schema, "entities": known.case.entities}
    return texts.get(part, "")


def _shown(expected: ExpectedResponse) -> str:
    if expected.rejected:
        return "the request refused"
    kinds = dict(expected.error_kinds)
    errors = ", ".join(f"{policy} ({kinds.get(policy, 'any kind')})" for policy in expected.errors)
    return f"{expected.decision}, reason {list(expected.reason)}, errors [{errors}]"


def _is_verdict(expected: ExpectedVerdict, outcome: Outcome) -> bool:
    if not isinstance(outcome, Validated):
        return False
    invalid = tuple(sorted(policy for policy, valid in outcome.policies if not valid))
    known = invalid == expected.invalid or not outcome.policies
    return known and outcome.valid is not bool(expected.invalid)


def _is_response(expected: ExpectedResponse, outcome: Outcome) -> bool:
    if expected.rejected:
        return isinstance(outcome, Rejected) and outcome.part == "request"
    if not isinstance(outcome, Authorized):
        return False
    kinds = dict(outcome.erring)
    return (
        outcome.decision == expected.decision
        and tuple(sorted(outcome.determining)) == expected.reason
        and tuple(sorted(kinds)) == expected.errors
        and all(kinds.get(policy) == kind for policy, kind in expected.error_kinds)
    )


def _value(
    checker: Checker, file: str, known: SavedCase, expected: ExpectedValue, loaded: GuardedSession | Outcome
) -> None:
    expression = known.case.expressions[expected.expression]
    request: Request = known.case.requests[expected.request]
    outcome = loaded.ask(Evaluate(expression, request)) if isinstance(loaded, GuardedSession) else loaded
    at = Record(file, f"expression {expected.expression} under request {expected.request}", expression)
    if expected.rejected:
        right = isinstance(outcome, Rejected) and outcome.part == "expression"
        checker.check(at, "expression refused", f"{expression} refused", outcome, right)
    elif expected.value is not None:
        shown = f"{expression} is {expected.value}"
        checker.check(at, "expression value", shown, outcome, outcome == Evaluated(expected.value))
    else:
        right = isinstance(outcome, Failed) and expected.error in (outcome.kind, "")
        shown = f"{expression} fails with {expected.error or 'an error'}"
        checker.check(at, "expression value", shown, outcome, right)
