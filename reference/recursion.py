"""Recursion as deep as the input.

CPython keeps calls from Python functions to Python functions off the C stack, so a rule may recurse once per
form and only memory bounds the depth. The interpreter's recursion limit stands in the way; it is one for all
threads. So it is raised while any thread is inside, and restored when the last one leaves.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

DEEPEST = 50_000_000
"""The limit inside: far beyond what memory can hold."""


class _Limit:
    """The number of threads inside, and the limit outside."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.inside = 0
        self.outside = 0

    def enter(self) -> None:
        with self.lock:
            if self.inside == 0:
                self.outside = sys.getrecursionlimit()
                sys.setrecursionlimit(max(DEEPEST, self.outside))
            self.inside += 1

    def leave(self) -> None:
        with self.lock:
            self.inside -= 1
            if self.inside == 0:
                sys.setrecursionlimit(self.outside)


_LIMIT = _Limit()


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Allow recursion that memory alone bounds. May be nested, and entered by several threads at once."""
    _LIMIT.enter()
    try:
        yield
    finally:
        _LIMIT.leave()
