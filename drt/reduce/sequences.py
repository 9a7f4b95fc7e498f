"""Fewer of anything: the one algorithm by which all passes leave things out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def fewer(items: Sequence[Item], take: Callable[[list[Item]], bool], least: int = 0) -> list[Item]:
    """Leave out as many items as possible: all at once, then halves, quarters and so on.

    `take` proposes a list and returns whether it was accepted. Returns the remaining items, at least `least`.
    """
    kept = list(items)
    if not kept or len(kept) <= least:
        return kept
    if least == 0 and take([]):
        return []
    run = len(kept) // 2
    while run >= 1:
        at = 0
        while at < len(kept):
            rest = kept[:at] + kept[at + run :]
            if len(rest) >= max(least, 1) and take(rest):
                kept = rest
            else:
                at += run
        run //= 2
    return kept
