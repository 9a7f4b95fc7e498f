"""Which verdicts agree: validity, kinds of errors and warnings, each by its own rule."""

from __future__ import annotations

import pytest

from drt.model.outcome import Validated
from drt.oracles.verdicts import verdict_difference

ONE_ERROR = Validated(False, (("p", False), ("q", True)), (("p", "empty_set"),), ())
NO_ERROR = Validated(True, (("p", True),), (), (("p", "impossible_policy"),))


def with_errors(*kinds: str, guesses: bool = False) -> Validated:
    return Validated(
        False, (("p", False),), tuple(("p", kind) for kind in sorted(kinds)), (), guesses=guesses
    )  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (ONE_ERROR, ONE_ERROR, None),
        (ONE_ERROR, NO_ERROR, "verdict"),
        (ONE_ERROR, Validated(False, (("p", True), ("q", False)), (("q", "empty_set"),), ()), "verdict"),
        (with_errors("empty_set"), with_errors("unexpected_type"), "validation-errors"),
        (with_errors("empty_set"), with_errors("empty_set", "unexpected_type"), "validation-errors"),
        (with_errors("empty_set"), with_errors("empty_set", "unexpected_type", guesses=True), None),
        (
            with_errors("empty_set", "unexpected_type"),
            with_errors("empty_set", guesses=True),
            "validation-errors",
        ),
        (
            with_errors("empty_set"),
            with_errors("incompatible_types", "unexpected_type", guesses=True),
            "validation-errors",
        ),
        (with_errors("empty_set"), with_errors("unexpected_type", guesses=True), "validation-errors"),
        (with_errors("empty_set"), Validated(False, (("p", False),)), None),
        (NO_ERROR, Validated(True, (("p", True),), (), ()), "warnings"),
        (NO_ERROR, Validated(True, (("p", True),), (), None), None),
        (NO_ERROR, Validated(True, (("p", True),), (), (("p", "no_applicable_action"),)), "warnings"),
    ],
)
def test_verdicts_are_compared_by_their_rules(one: Validated, other: Validated, expected: str | None) -> None:
    assert verdict_difference(one, other) == expected
    assert verdict_difference(other, one) == expected


def test_impossible_policy_counts_only_for_policies_without_errors() -> None:
    warned = Validated(False, (("p", False),), (("p", "empty_set"),), (("p", "impossible_policy"),))
    assert verdict_difference(warned, with_errors("empty_set")) is None


def test_texts_of_warnings_are_compared() -> None:
    verdicts = [Validated(True, (("p", True),), (), (("p", "bidi_string", text),)) for text in ("a", "b")]
    assert verdict_difference(*verdicts) == "warnings"
