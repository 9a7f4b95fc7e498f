"""Policy tests run on an engine: ok, fail or error, as `cedar run-tests` says (spec 12 §6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from drt.assess.policy_tests.reading import PolicyTest, Unreadable
from drt.model.outcome import Authorized

Status = Literal["ok", "fail", "error"]

SHOWN = {"allow": "Allow", "deny": "Deny"}

Answers = Callable[[PolicyTest], Authorized | str]
"""What an engine answers to the request of a test; a text says why there is no response."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a test; `detail` holds the reasons of a failure or the report of an error.

    `response` is missing where there is none.
    """

    name: str
    status: Status
    detail: str = ""
    response: Authorized | None = None


def results(
    tests: Sequence[PolicyTest | Unreadable], answers: Answers, named: Mapping[str, str]
) -> Iterator[Result]:
    """Yield what comes of each test, in order; `named` maps an engine's ids to the names of policies."""
    for test in tests:
        yield _result(test, answers, named)


def _result(test: PolicyTest | Unreadable, answers: Answers, named: Mapping[str, str]) -> Result:
    if isinstance(test, Unreadable):
        return Result(test.name, "error", test.problem)
    answered = answers(test)
    if isinstance(answered, str):
        return Result(test.name, "error", answered)
    response = with_names(answered, named)
    reasons = "; ".join(_unmet(test, response))
    return Result(test.name, "fail" if reasons else "ok", reasons, response)


def with_names(response: Authorized, named: Mapping[str, str]) -> Authorized:
    """Put the authors' names of policies into a response."""
    return Authorized(
        response.decision,
        tuple(sorted(named.get(policy, policy) for policy in response.determining)),
        tuple(sorted((named.get(policy, policy), kind) for policy, kind in response.erring)),
    )


def _unmet(test: PolicyTest, response: Authorized) -> list[str]:
    """List the expectations that the response does not meet; a wrong decision hides the others."""
    if response.decision != test.decision:
        return [f"expected {SHOWN[test.decision]}, got {SHOWN[response.decision]}"]
    unmet = []
    missing = sorted(set(test.reason) - set(response.determining))
    if missing:
        unmet.append("missing reason(s): " + ", ".join(f"`{policy}`" for policy in missing))
    if len(response.erring) != test.num_errors:
        errors = ", ".join(f"`{policy}`: {kind}" for policy, kind in response.erring)
        count = f"expected {test.num_errors} error(s), but got {len(response.erring)} runtime error(s)"
        unmet.append(f"{count}: {errors}" if errors else count)
    return unmet
