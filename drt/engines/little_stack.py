"""Asking with little of the interpreter's stack left, as an application does that is deep in calls itself."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

EVERY = 8
"""One question of so many is asked twice."""

LEAST_LEFT, DEPTHS = 8, 5
"""The fewest frames that are left to the second one, and how many numbers of frames there are."""

Answer = TypeVar("Answer")


def asked_deep(ask: Callable[[], Answer], size: int) -> Answer:
    """Ask, and of every eighth `size` of a question ask again with little of the stack left.

    Return the answer that differs, if one does. A tracer needs frames itself: beside one nothing is asked
    again.
    """
    answer = ask()
    if size % EVERY or sys.gettrace() is not None:
        return answer
    deep = with_little_stack(ask, LEAST_LEFT + size // EVERY % DEPTHS)
    return answer if deep == answer else deep


def with_little_stack(work: Callable[[], Answer], left: int) -> Answer:
    """Return the result of `work`, called where so many frames are left."""
    return _below(_room() - left, work)


def _room(used: int = 0) -> int:
    try:
        return _room(used + 1)
    except RecursionError:
        return used


def _below(frames: int, work: Callable[[], Answer]) -> Answer:
    return _below(frames - 1, work) if frames > 0 else work()
