"""Texts as laws need them."""

from __future__ import annotations

import pytest

from drt.oracles.texts import nesting, nests_beyond


@pytest.mark.parametrize(
    ("text", "deepest"),
    [("", 0), ("[[1], {}]", 2), ("[[[]]]", 3), ('["[[[["]', 1), ("([{}])", 3), ("[][][][]", 1), ("]]]]", 0)],
)
def test_the_bound_by_the_number_of_brackets_changes_no_answer(text: str, deepest: int) -> None:
    assert nesting(text) == deepest
    assert [nests_beyond(text, limit) for limit in range(5)] == [deepest > limit for limit in range(5)]
