"""The write-ahead journal of a worker: the case that it is about to run.

The journal is a few bytes of memory mapped from a file: a write takes less than a microsecond and survives
the process. The case itself is not stored: its target and index draw it again.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path

_LAYOUT = struct.Struct("<IIQdQQQ")

IDLE, ASKING, PURSUING = range(3)
"""Phases: between cases, or pursuing finds that waited; the engines run a case; its find is pursued."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The case being run since `since`, on the machine's monotonic clock, and the totals so far."""

    phase: int = IDLE
    target: int = 0
    index: int = 0
    since: float = 0.0
    cases: int = 0
    decisions: int = 0
    divergences: int = 0


class Journal:
    """The writing end, opened by one worker."""

    def __init__(self, path: Path) -> None:
        with path.open("wb") as file:
            file.write(bytes(_LAYOUT.size))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), _LAYOUT.size)

    def write(
        self, phase: int, target: int, index: int, since: float, cases: int, decisions: int, divergences: int
    ) -> None:
        """Replace the entry."""
        # Packed first and copied at once: a reader sees a mixture only for a moment.
        self._memory[:] = _LAYOUT.pack(phase, target, index, since, cases, decisions, divergences)


def read(path: Path) -> Entry:
    """Read the journal of a worker; an idle entry if there is none yet."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Entry()
    return Entry(*_LAYOUT.unpack(content)) if len(content) == _LAYOUT.size else Entry()
