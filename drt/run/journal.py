"""The write-ahead page: what a worker is about to do, stored before it is done.

Owns a few bytes of memory that are mapped from a file: writing them costs less than a microsecond, and the
file has them whatever becomes of the process. The case itself need not be stored, since its target and
index make it again.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path

_LAYOUT = struct.Struct("<IIQdQQQ")

IDLE, ASKING, PURSUING = range(3)
"""Between cases; a case is before the engines; a find is being reduced and replayed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a page says: the case at work since `since` (the machine's monotonic clock) and the totals so
    far.
    """

    phase: int = IDLE
    target: int = 0
    index: int = 0
    since: float = 0.0
    cases: int = 0
    decisions: int = 0
    divergences: int = 0


class Journal:
    """The writing end, held by one worker."""

    def __init__(self, path: Path) -> None:
        with path.open("wb") as file:
            file.write(bytes(_LAYOUT.size))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), _LAYOUT.size)

    def write(
        self, phase: int, target: int, index: int, since: float, cases: int, decisions: int, divergences: int
    ) -> None:
        # Packed first and copied whole: whoever looks meanwhile sees a mixture only for a moment.
        self._memory[:] = _LAYOUT.pack(phase, target, index, since, cases, decisions, divergences)


def read(path: Path) -> Entry:
    """What the page says now; an idle one where there is none yet."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Entry()
    return Entry(*_LAYOUT.unpack(content)) if len(content) == _LAYOUT.size else Entry()
