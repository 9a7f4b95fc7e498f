"""Pausing the cyclic garbage collector while many objects are made.

Law (pause): only time changes. Loading makes no cycles, so there is nothing to collect; scanning the growing
heap again and again is what makes a plain load several times slower.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_lock = Lock()
_depth = 0
_was_enabled = False


@contextmanager
def without_collection() -> Iterator[None]:
    """Run the body with the cyclic collector off; nests, and counts the threads that want it off."""
    global _depth, _was_enabled
    with _lock:
        if _depth == 0:
            _was_enabled = gc.isenabled()
            gc.disable()
        _depth += 1
    try:
        yield
    finally:
        with _lock:
            _depth -= 1
            if _depth == 0 and _was_enabled:
                gc.enable()
