"""Parent of an engine's process and of all that the engine starts: whatever it forks is found and ended.

Run as a program, `keeper.py FD COMMAND…`, it starts the command and writes its process id to FD, or else the
number of the error that keeps it from running. On Linux the keeper adopts each process whose own parent has
ended (it is a subreaper), also one in a session of its own; elsewhere it knows only the engine's own group.
The keeper ends everything when the engine ends, and when the process that started the keeper does. It imports
nothing of ours, so that it starts quickly.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
"""Requests to the kernel of Linux (`prctl`)."""

ENDING_SECONDS = 5.0
"""Seconds that ending everything may take; the kernel ends a killed process as soon as it can."""

KEEPER_ENDING_SECONDS = 20.0
"""Seconds for which a keeper goes on ending what lives below it, before it ends itself."""

NOT_RUN = 127

_engines: list[int] = []
"""Engines of this process, if it is a keeper."""

kept: set[int] = set()
"""The keepers of engines that this process has started."""


def request(*words: int) -> None:
    """Make a request to the kernel, where it is one that knows it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(*words)


def children(process: int) -> list[int]:
    """List the processes that any thread of a process has started or adopted; none where that is unknown."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{process}/task").iterdir():
            with contextlib.suppress(OSError):
                found += map(int, (thread / "children").read_text(encoding="ascii").split())
    return found


def descendants(process: int) -> list[int]:
    """List the children of a process, their children and so on."""
    found: list[int] = []
    left = children(process)
    while left:
        one = left.pop()
        found.append(one)
        left += children(one)
    return found


def held_by(processes: list[int]) -> int:
    """Bytes of memory that processes hold together, what they share counted once; 0 where nobody can tell."""
    if len(processes) > 1 and (shares := sum(map(_share_of, processes))):
        return shares
    return sum(map(_resident, processes))


def _resident(process: int) -> int:
    try:
        pages = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * resource.getpagesize()


def _share_of(process: int) -> int:
    """Measure what a process holds alone, and its share of what it holds with others."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    return sum(int(line.split()[1]) << 10 for line in text.splitlines() if line.startswith("Pss:"))


def end_descendants(process: int) -> None:
    """Kill all descendants of a process, also those that are started meanwhile; the process itself stays."""
    until = time.monotonic() + ENDING_SECONDS
    while (
        alive := [one for one in descendants(process) if not _is_zombie(one)]
    ) and time.monotonic() < until:
        stopped: set[int] = set()
        while fresh := set(alive) - stopped:  # what is stopped forks no more
            for one in fresh:
                _signal(one, signal.SIGSTOP)
            stopped |= fresh
            alive = descendants(process)
        for one in stopped:
            _signal(one, signal.SIGKILL)
        time.sleep(0.001)


def _is_zombie(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()[0] == b"Z"
    except (OSError, IndexError):
        return True


def _signal(process: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(process, number)


def fork_kept(work: Callable[[], NoReturn], closing: int) -> int:
    """Fork a keeper of this process's program, below which the work is done; returns the keeper's process id.

    The keeper ends as the work does, and everything ends with this process. `closing` is a handle that only
    this process is to have.
    """
    parent = os.getpid()
    forked = os.fork()
    if forked:
        return forked
    try:
        signal.signal(signal.SIGTERM, _end_all)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        request(PR_SET_CHILD_SUBREAPER, 1)
        request(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() == parent:
            os.close(closing)
            _keep(work)
    finally:
        os._exit(NOT_RUN)


def _keep(work: Callable[[], NoReturn]) -> NoReturn:
    """Do the work in a process below this one, and end as it ends."""
    keeper = os.getpid()
    worker = os.fork()
    if worker == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        request(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == keeper:
            work()
        os._exit(NOT_RUN)
    _engines.append(worker)
    os.closerange(0, os.sysconf("SC_OPEN_MAX"))  # what is open is the worker's
    status = _wait_for(worker)
    _end_engine()
    _end_as(status)


def started(report: str) -> tuple[int, str]:
    """Parse a keeper's report: the engine's process id, and why the command could not be run, if so."""
    numbers = [int(line) for line in report.split()]
    return max(numbers, default=0), os.strerror(-min(numbers)) if numbers and min(numbers) < 0 else ""


def main(words: list[str]) -> int:
    """Start the command, wait for it, and end as it ended."""
    report, command = int(words[0]), words[1:]
    request(PR_SET_CHILD_SUBREAPER, 1)
    signal.signal(signal.SIGTERM, _end_all)
    keeper = os.getpid()
    engine = os.fork()
    _engines.append(engine)
    if engine == 0:
        _become(command, report, keeper)
    os.write(report, b"%d\n" % engine)
    for handle in (0, 1, 2, report):  # the engine's own: they close when the last of its processes ends
        os.close(handle)
    status = _wait_for(engine)
    _end_engine()
    return status


def _wait_for(engine: int) -> int:
    """Wait until the engine has ended, and let go of adopted processes that end before it."""
    while True:
        ended, status = os.wait()
        if ended == engine:
            return os.waitstatus_to_exitcode(status)


def _become(command: list[str], report: int, keeper: int) -> None:
    """Turn this process into the engine: in a session of its own, dying with the keeper; never returns."""
    try:
        os.setsid()
        request(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != keeper:
            os._exit(NOT_RUN)
        for number in (signal.SIGTERM, signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        os.set_inheritable(report, False)
        os.execvp(command[0], command)
    except OSError as error:
        os.write(report, b"%d\n" % -(error.errno or 1))
    finally:
        os._exit(NOT_RUN)


def _end_all(*_: object) -> None:
    _end_engine()
    os._exit(1)


def _end_engine() -> None:
    """End all processes below this one.

    A list of processes that come and go may miss one that lives; that there is nothing to wait for cannot be
    wrong, since the kernel makes a process whose parent has ended a child of this one.
    """
    if sys.platform != "linux" and _engines:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(_engines[0], signal.SIGKILL)
    until = time.monotonic() + KEEPER_ENDING_SECONDS
    with contextlib.suppress(ChildProcessError):
        while time.monotonic() < until:
            end_descendants(os.getpid())
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
            time.sleep(0.001)


def _end_as(code: int) -> NoReturn:
    """End with the exit code, or by the signal, that the engine ended with; never returns."""
    if code < 0:
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
        with contextlib.suppress(OSError):  # SIGKILL has no other handler
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


if __name__ == "__main__":
    _end_as(main(sys.argv[1:]))
