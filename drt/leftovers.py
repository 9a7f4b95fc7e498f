"""Processes of a run whose parent was killed: found by what they were started with, and ended.

Owns the search for them; psutil lives here.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

import psutil

PATIENCE_SECONDS = 10.0
"""A worker without a parent ends by itself after its case; one that has not by then is stuck in it."""

MODULES = ("drt.worker", "drt.examine")
TICK_SECONDS = 0.05


def leftovers(folder: Path) -> list[int]:
    """The workers and examiners of the run in a folder that are at work now."""
    return [number for number in psutil.pids() if is_at_work(number, folder)]


def is_at_work(number: int | None, folder: Path) -> bool:
    """Whether the process of that number is one of them; after an end, another may get its number."""
    try:
        words = psutil.Process(number).cmdline()
    except psutil.Error:
        return False
    return str(folder) in words and any(module in words for module in MODULES)


def end_leftovers(folder: Path, patience: float = PATIENCE_SECONDS) -> None:
    """Wait for what is left of a run to end, and end it with force after so many seconds."""
    until = time.monotonic() + patience
    while left := leftovers(folder):
        if time.monotonic() > until:
            for process in left:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process, signal.SIGKILL)  # each leads a group of its own: its engines with it
        time.sleep(TICK_SECONDS)
