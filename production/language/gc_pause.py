"""Pausing the cyclic garbage collector while many objects are made.

Law (pause): only time changes. Loading makes no cycles, so there is nothing to collect; scanning the growing
heap again and again is what makes a plain load several times slower.
"""

from __future__ import annotations

import gc
from threading import Lock


class _Pause:
    """The cyclic collector off while a `with` block runs; nests, and counts the threads that want it off."""

    __slots__ = ("_depth", "_lock", "_was_enabled")

    def __init__(self) -> None:
        self._lock = Lock()
        self._depth = 0
        self._was_enabled = False

    def __enter__(self) -> None:
        with self._lock:
            if self._depth == 0:
                self._was_enabled = gc.isenabled()
                gc.disable()
            self._depth += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._depth -= 1
            if self._depth == 0 and self._was_enabled:
                gc.enable()


_PAUSE = _Pause()


def without_collection() -> _Pause:
    """Return for a `with` block: runs it with the cyclic collector off."""
    return _PAUSE
