"""Words of a verdict, found at once or only when they are read.

Most verdicts are compared and never shown, and their words, where each error has its expression and its
place, cost as much as the verdict.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

Words = tuple[str, tuple[Any, ...]]
"""The values of `detail` and `problems`."""


class Worded:
    """A frozen record with the members `detail` and `problems`, which may be found when they are read."""

    __slots__ = ("_find",)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if name not in ("detail", "problems"):
                raise AttributeError(name)
            _set(self, self._find())
            return object.__getattribute__(self, name)


Record = TypeVar("Record", bound=Worded)


def worded(record: Record, find: Callable[[], Words], *, later: bool) -> Record:
    """Give a record its words, `later` only once they are read."""
    if later:
        for name in ("detail", "problems"):
            object.__delattr__(record, name)
        object.__setattr__(record, "_find", find)
    else:
        _set(record, find())
    return record


def _set(record: Worded, words: Words) -> None:
    for name, value in zip(("detail", "problems"), words, strict=True):
        object.__setattr__(record, name, value)
