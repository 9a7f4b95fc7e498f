"""Processes that do not outlive the one that started them, whatever ends it.

Owns the request to the kernel; where there is no such request, a process ends when it finds its input closed.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

from drt.engines.keeper import PR_SET_PDEATHSIG


def die_with_parent(parent: int, number: signal.Signals = signal.SIGKILL) -> Callable[[], None]:
    """Make what a new process calls first, to get a signal when `parent` ends, whatever program it runs.

    The parent's thread that starts it must be the one that lasts: the main thread.
    """
    if sys.platform != "linux":
        return _nothing
    request = ctypes.CDLL(None).prctl

    def ask() -> None:
        request(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # it ended before it was asked for
            os._exit(1)

    return ask


def _nothing() -> None:
    pass
