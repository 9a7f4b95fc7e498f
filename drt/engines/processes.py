"""Processes: the one place where `drt` starts other programs and further processes of itself.

Owns what each of them gets: no input unless given, a group of its own where it is to be killed with all that
it started, and our packages on its path, wherever `drt` was started. `child` starts engines that live in a
process of their own, `keeper` forks.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from drt.engines.sandbox import cause_of

ROOT = Path(__file__).resolve().parents[2]
"""The folder that holds the packages."""

Process = subprocess.Popen[bytes]
TimedOut = subprocess.TimeoutExpired


@dataclass(frozen=True, slots=True)
class Finished:
    """The exit code and the output of a process that has ended; `errors` is empty where they were shown."""

    code: int
    output: str
    errors: str

    @property
    def last_words(self) -> str:
        """The last line that it wrote to standard error, or else how it ended."""
        lines = self.errors.strip().splitlines()
        return lines[-1] if lines else cause_of(self.code)


def module(name: str, *arguments: object) -> list[str]:
    """Return the command that runs a module of ours in a process of its own."""
    return [sys.executable, "-m", name, *map(str, arguments)]


def our_environment(hash_seed: int | None = None) -> dict[str, str]:
    """Return our environment with our packages on the path, and hashes of texts salted by a seed if given."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    salt = {} if hash_seed is None else {"PYTHONHASHSEED": str(hash_seed % 4_294_967_296)}
    return {**os.environ, "PYTHONPATH": path, **salt}


def run(
    command: Sequence[str],
    *,
    seconds: float | None = None,
    stdin: str = "",
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    show_errors: bool = False,
) -> Finished:
    """Run a command to its end; `show_errors` leaves its standard error to the user.

    Raises `TimedOut` after so many seconds, and `OSError` where the command cannot be started.
    """
    done = subprocess.run(
        command,
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=None if show_errors else subprocess.PIPE,
        timeout=seconds,
        cwd=folder,
        env=environment,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    return Finished(done.returncode, done.stdout, done.stderr or "")


def start_logged(command: Sequence[str], log: Path, environment: Mapping[str, str]) -> Process:
    """Start a command in a process group of its own, and append its output to a file."""
    with log.open("ab") as file:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            env=environment,
            process_group=0,
        )


def ended(process: Process, seconds: float) -> int | None:
    """Wait so long for the end of a process; return its exit code, or None if it goes on."""
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None


def pool(
    jobs: int, prepare: Callable[..., object] | None = None, *given: Any, forked: bool = False
) -> ProcessPoolExecutor:
    """Start processes that run functions of ours, each after `prepare(*given)`.

    They are fresh interpreters, or forked ones, which `prepare` may give what cannot be pickled.
    """
    start = get_context("fork" if forked else "spawn")
    return ProcessPoolExecutor(jobs, mp_context=start, initializer=prepare, initargs=given)


def run_in_group(command: Sequence[str]) -> None:
    """Run a command that shares our streams; an interrupt ends it with all that it started."""
    process = subprocess.Popen(command, process_group=0)
    try:
        process.wait()
    except BaseException:
        signal_group(process, signal.SIGKILL)
        process.wait()
        raise


def signal_group(process: Process, number: signal.Signals) -> None:
    """Send a signal to a process that leads a group, and to the rest of the group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
