"""Questions that engines no longer answer: which of them keep a case from being fixed."""

from __future__ import annotations

import pytest

from drt.model.outcome import Authorized, ExceededBudget, Outcome, Unsupported
from drt.replay.unanswered import unanswered

DENY, UNABLE = Authorized("deny"), Unsupported("mood")
FOUND = "a and b, policies reversed: other decision for request 1 (engines_agree)"
BY_LAW = "a and b: other document for the printed policies (round_trip)"


def answers(
    first: Outcome, second: Outcome, of_third: Outcome = UNABLE
) -> list[tuple[str, tuple[tuple[str, Outcome], ...]]]:
    return [
        ("request 0", (("a", DENY), ("b", first), ("c", of_third))),
        ("request 1", (("a", DENY), ("b", second), ("c", of_third))),
    ]


@pytest.mark.parametrize(
    ("description", "first", "second", "inconclusive", "words"),
    [
        (FOUND, DENY, UNABLE, [], "b does not answer request 1: it does not do this (mood)"),
        (FOUND, DENY, ExceededBudget("time"), [], "b does not answer request 1: it runs out of time"),
        (FOUND, UNABLE, DENY, ["unsupported:mood"], ""),
        ("Somebody's own words.", UNABLE, DENY, [], "b does not answer request 0: it does not do this (mood)"),
        ("Somebody's own words.", DENY, DENY, [], ""),
        (BY_LAW, DENY, DENY, ["unsupported:mood"], "not all was compared (unsupported:mood)"),
        (BY_LAW, DENY, DENY, [], ""),
    ],
)  # fmt: skip
def test_an_engine_that_took_part_must_answer_the_question(
    description: str, first: Outcome, second: Outcome, inconclusive: list[str], words: str
) -> None:
    assert unanswered(description, {"a", "b"}, answers(first, second), inconclusive) == words


def test_a_case_that_no_longer_loads_is_not_answered() -> None:
    loading = [("loading", (("a", DENY), ("b", UNABLE)))]
    assert unanswered(FOUND, {"a", "b"}, loading, []).startswith("b does not answer loading: ")
