"""Asking with little of the stack left: an engine that then answers otherwise is seen."""

from __future__ import annotations

import sys

import pytest

from drt.engines.little_stack import DEPTHS, EVERY, LEAST_LEFT, asked_deep, with_little_stack


def nested(levels: int) -> int:
    return 1 + nested(levels - 1) if levels else 0


@pytest.mark.parametrize("left", range(LEAST_LEFT, LEAST_LEFT + DEPTHS))
def test_so_many_frames_are_left_and_no_more(left: int) -> None:
    assert with_little_stack(lambda: nested(left - 4), left) == left - 4
    with pytest.raises(RecursionError):
        with_little_stack(lambda: nested(left + 4), left)


@pytest.mark.skipif(sys.gettrace() is not None, reason="beside a tracer nothing is asked again")
def test_the_answer_that_differs_is_returned() -> None:
    def fails_open() -> str:
        try:
            return "deny" if nested(LEAST_LEFT + DEPTHS) else ""
        except RecursionError:
            return "allow"

    assert [asked_deep(fails_open, size) for size in (1, EVERY, 5 * EVERY)] == ["deny", "allow", "allow"]
