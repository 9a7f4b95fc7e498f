"""Processes of a run that outlived their parent: found by what they were started with, and ended.

Owns the search for them, by words of their command lines and by a variable of their environment; psutil lives
here.
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

MARK = "DRT_WORKER"
"""The environment variable that a worker's engines inherit, and all that they fork."""

ENDING_SECONDS = 5.0

MODULES = ("drt.run.worker", "drt.run.crash_examiner")
TICK_SECONDS = 0.05


def leftovers(folder: Path) -> list[int]:
    """List the running workers and examiners of the run in a folder."""
    return [number for number in psutil.pids() if is_at_work(number, folder)]


def is_at_work(number: int | None, folder: Path) -> bool:
    """Whether the process of that number is one of them; after an end, another may get its number."""
    try:
        words = psutil.Process(number).cmdline()
    except psutil.Error:
        return False
    return str(folder) in words and any(module in words for module in MODULES)


def end_leftovers(folder: Path, patience: float = PATIENCE_SECONDS) -> None:
    """Wait for the rest of a run, kill it after `patience` seconds, then end what its engines started."""
    until = time.monotonic() + patience
    while left := leftovers(folder):
        if time.monotonic() > until:
            for process in left:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process, signal.SIGKILL)  # each leads a group of its own: its engines with it
        time.sleep(TICK_SECONDS)
    end_marked(f"{folder}/")


def mark_of(folder: Path, worker: int) -> str:
    """Make the mark of a worker of the run in a folder."""
    return f"{folder}/{worker}/"


def end_marked(mark: str) -> None:
    """Kill what workers whose marks begin with that have started and left behind."""
    until = time.monotonic() + ENDING_SECONDS
    while (left := _marked(mark)) and time.monotonic() < until:
        for process in left:
            with contextlib.suppress(psutil.Error):
                process.kill()
        time.sleep(TICK_SECONDS)


def _marked(mark: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.environ().get(MARK, "").startswith(mark):
                found.append(process)
    return found
