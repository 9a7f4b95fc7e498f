"""Reading nested documents from however deep a caller.

Documents have at most 127 levels, which plain recursion takes; but the caller may have used most of the
interpreter's stack already.
Law (stack): the result is that of the work itself; only where the stack runs out is the work done in a thread
of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def with_stack(work: Callable[[], T]) -> T:
    """The result of `work`, which has no effects; whatever it raises is raised here."""
    try:
        return work()
    except RecursionError:
        with ThreadPoolExecutor(max_workers=1) as threads:
            return threads.submit(work).result()
