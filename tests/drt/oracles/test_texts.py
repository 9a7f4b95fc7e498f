"""Texts as laws need them."""

from __future__ import annotations

import pytest

from drt.oracles.texts import nesting, nests_beyond, random_of


@pytest.mark.parametrize(
    ("text", "deepest"),
    [("", 0), ("[[1], {}]", 2), ("[[[]]]", 3), ('["[[[["]', 1), ("([{}])", 3), ("[][][][]", 1), ("]]]]", 0)],
)
def test_the_bound_by_the_number_of_brackets_changes_no_answer(text: str, deepest: int) -> None:
    assert nesting(text) == deepest
    assert [nests_beyond(text, limit) for limit in range(5)] == [deepest > limit for limit in range(5)]


def test_what_draws_by_documents_is_the_same_after_they_are_saved() -> None:
    one, again = '{"b": [1,2], "a": "x"}', '{"a":"x","b":[1, 2]}'
    assert random_of(one, "no JSON").random() == random_of(again, "no JSON").random()
    assert random_of(one).random() != random_of('{"b": [2, 1], "a": "x"}').random()
    assert random_of("\ud800").random() == random_of("\ud800").random()
