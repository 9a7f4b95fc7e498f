"""Comparison of validation verdicts: validity, kinds of errors, warnings (spec 08, opening, §8 and §13).

Owns what two verdicts must have in common. What an engine does not report is not compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from drt.model.outcome import Validated

VerdictDifference = Literal["verdict", "validation-errors", "warnings"]


def verdict_difference(first: Validated, second: Validated) -> VerdictDifference | None:
    """Name what differs between two verdicts on the same policies; None where they agree."""
    if first != second:
        return "verdict"
    if not errors_agree(first, second):
        return "validation-errors"
    return None if warnings_agree(first, second) else "warnings"


def errors_agree(first: Validated, second: Validated) -> bool:
    """Whether each policy has the same kinds of errors.

    After an error an engine continues with guessed types. One that guesses by rules of its own may report
    other kinds as well, where it reports several (spec 08 §13).
    """
    if first.errors is None or second.errors is None:
        return True
    if not (first.guesses or second.guesses):
        return first.errors == second.errors
    one, other = _by_policy(first.errors), _by_policy(second.errors)
    return one.keys() == other.keys() and all(
        _fit(kinds, other[policy], first.guesses, second.guesses) for policy, kinds in one.items()
    )


def _fit(one: frozenset[str], other: frozenset[str], one_guesses: bool, other_guesses: bool) -> bool:
    if one == other:
        return True
    return (one_guesses and other < one) or (other_guesses and one < other)


def _by_policy(pairs: tuple[tuple[str, str], ...]) -> Mapping[str, frozenset[str]]:
    return {policy: frozenset(kind for each, kind in pairs if each == policy) for policy, _ in pairs}


def warnings_agree(first: Validated, second: Validated) -> bool:
    """Whether the warnings are the same; *impossible policy* counts only for policies without errors."""
    if first.warnings is None or second.warnings is None:
        return True
    return comparable_warnings(first) == comparable_warnings(second)


def comparable_warnings(verdict: Validated) -> frozenset[tuple[str, ...]]:
    """List the warnings that engines must agree on."""
    valid = dict(verdict.policies)
    return frozenset(
        warning
        for warning in verdict.warnings or ()
        if warning[1] != "impossible_policy" or valid.get(warning[0], True)
    )
