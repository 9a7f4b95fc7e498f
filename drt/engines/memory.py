"""Memory that a question takes, measured in a process that was forked from another.

Owns the level from which it is counted. A forked process has the free memory of its parent, out of which an
engine could take much and seem to take nothing: what is free is given back first.
"""

from __future__ import annotations

import ctypes
import gc
import resource
from pathlib import Path

_FORGET_PEAK = "5"
"""The value of `clear_refs` by which Linux resets the peak to what is held now."""


def level() -> int:
    """Kibibytes that this process holds, from now on without the memory that its parent had free.

    What lies on the heap is not collected later either. Where the system has no such requests, the level is
    the highest so far.
    """
    gc.freeze()
    try:
        ctypes.CDLL(None).malloc_trim(0)
        Path("/proc/self/clear_refs").write_text(_FORGET_PEAK, encoding="ascii")
    except (AttributeError, OSError):
        pass
    return peak()


def peak() -> int:
    """Measure the most kibibytes that this process has held since the level was taken."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
