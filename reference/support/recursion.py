"""Recursion as deep as the input.

CPython keeps calls from Python functions to Python functions off the C stack, so a rule may recurse once per
form and only memory bounds the depth. The interpreter's recursion limit stands in the way; it is one for all
threads. So it is raised while any thread is inside, and restored when the last one leaves.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from threading import Lock
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

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


class CallerTooDeep(Exception):
    """The caller is at the recursion limit: there is no room for the call that raises it."""


def door(function: Callable[P, R]) -> Callable[P, R]:
    """Run a public function under `deep_recursion`, in as few calls as it takes.

    Raises:
        CallerTooDeep: by the function, when not even these are possible. (With no call left at all, there is
            none for making this error, and Python's own is raised.)
    """

    @wraps(function)
    def entered(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            _LIMIT.enter()
        except RecursionError:
            raise CallerTooDeep("the caller leaves no room below the recursion limit") from None
        try:
            return function(*args, **kwargs)
        finally:
            _LIMIT.leave()

    return entered
