"""A clock that stands still while this process, or an engine that it waits for, is kept from a processor.

Owns the accounts of the system's scheduler. A deadline on this clock passes when an engine works or sleeps
too long, and not because the machine is busy. Where the system keeps no accounts, it is a plain clock.
"""

from __future__ import annotations

import contextlib
import os
import time

_NANOSECONDS = 1e9
_waited: dict[int, float] = {}
"""Accounts of the watched processes."""
_before = [0.0]
"""Last accounts of processes that are no longer watched."""
_opened: dict[int, int] = {}
"""Descriptors of the accounts of this process and of the watched ones: clocks are read all the time."""


def own_time() -> float:
    """Seconds of the monotonic clock without those spent waiting for a processor."""
    ours = _waiting(os.getpid())
    for process in list(_waited):  # a copy: other threads watch processes too
        _note(process)
    return time.monotonic() - (ours or 0.0) - sum(list(_waited.values())) - _before[0]


def watch(process: int) -> None:
    """Count the waiting of a process that this one waits for, from now on."""
    _waited[process] = 0.0
    _note(process)


def forget(process: int) -> None:
    """Read the account of a process for the last time."""
    _note(process)
    _before[0] += _waited.pop(process, 0.0)
    _close(process)


def waited_by(process: int) -> float:
    """Seconds that a process has been kept from a processor since it started; 0 where nobody can say."""
    try:
        return _waiting(process) or 0.0
    finally:
        if process not in _waited:
            _close(process)


def _note(process: int) -> None:
    """Read a process's account; what is known of one that has ended stays."""
    now = _waiting(process)
    known = _waited.get(process)
    if now is not None and known is not None:
        _waited[process] = max(known, now)


def _waiting(process: int) -> float | None:
    try:
        if process not in _opened:
            _opened[process] = os.open(f"/proc/{process}/schedstat", os.O_RDONLY)
        _, waited, _ = os.pread(_opened[process], 100, 0).split()
        return int(waited) / _NANOSECONDS
    except (OSError, ValueError):
        return None


def _close(process: int) -> None:
    descriptor = _opened.pop(process, None)
    if descriptor is not None:
        with contextlib.suppress(OSError):
            os.close(descriptor)
