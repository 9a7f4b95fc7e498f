"""Queries in a forked child, so that a crash or hang cannot take the caller down.

Owns the child (forked, limited in time and memory, reporting which engine it was asking when it died) and
the guard around our own code: what a generator or an oracle raises is our mistake, and a record like others.
"""

from __future__ import annotations

import faulthandler
import os
import pickle
import resource
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, NoReturn, TypeVar, cast

from drt.engines import UnknownEngine, build, keeper
from drt.engines.cpu_time import forget, own_time, watch
from drt.engines.guard import Guarded
from drt.engines.observed import ObservedEngine
from drt.model.engine import Engine
from drt.model.outcome import Crashed
from drt.model.question import Question

Answer = TypeVar("Answer")

_MARK = b"\x00"

_STARTS = "start "
"""Precedes the name of an engine that is being built, in place of a question."""

HANG = "hang"
"""The cause of death of a child that had to be killed: no alarm reached it."""

MEMORY = "memory"
"""The cause of death of a child that had to be killed: what it had started held too much."""

CHECK_SECONDS = 0.2
"""Between two checks of the memory of what a child has started."""


@dataclass(frozen=True, slots=True)
class ProcessDied:
    """The child did not live to answer. `engine` and `question` are what it was asking, if anything."""

    cause: str
    engine: str = ""
    question: str = ""

    @property
    def outcome(self) -> Crashed:
        """The death as an outcome of the engine that was being asked."""
        return Crashed(self.cause, (self.question,) if self.question else ())


@dataclass(frozen=True, slots=True)
class NotStarted(ProcessDied):
    """An engine did not start in the child: `named` builds it, `reason` is a sentence for the user."""

    named: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Completed(Generic[Answer]):
    """The answer to a question that was survived."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class HarnessError:
    """Our own code raised, be it a generator, an oracle or the reducer; `traceback` is its text."""

    error: str
    traceback: str


def attempt(question: Callable[[], Answer]) -> Completed[Answer] | HarnessError:
    """Call a function, and return a record of any exception of drt's own code.

    A deadline or an interrupt is raised again.
    """
    try:
        return Completed(question())
    except Exception as error:
        return HarnessError(f"{type(error).__name__}: {error}", traceback.format_exc())


def resident_bytes() -> int:
    """Measure the memory of this process and of what engines in it have started; 0 where that is unknown.

    Engines in processes of their own are limited one by one.
    """
    here = os.getpid()
    started = [process for process in keeper.children(here) if process not in keeper.kept]
    return keeper.held_by([here]) + keeper.held_by(
        [process for one in started for process in (one, *keeper.descendants(one))]
    )


def limit_memory(mebibytes: int) -> None:
    """Let this process have so much address space beyond what it has now; more is a `MemoryError`."""
    page = resource.getpagesize()
    try:
        now = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * page
    except OSError:
        now = 0
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = now + mebibytes * 1024 * 1024
    resource.setrlimit(
        resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard)
    )


def in_child(
    question: Callable[[Sequence[Guarded]], Answer],
    engines: Sequence[str],
    seconds: float,
    memory: int = 2048,
) -> Completed[Answer] | HarnessError | ProcessDied:
    """Ask in a forked child, with guarded engines of its own; the child is killed after `seconds`.

    What the question returns must be picklable.
    """
    reading, writing = os.pipe()
    kept = keeper.fork_kept(lambda: _answer(question, engines, writing, memory), closing=reading)
    os.close(writing)
    output = _Output(kept, reading, memory * (1 + len(engines)) << 20)
    killed_for = "interrupted"
    try:
        killed_for = output.read_all(seconds)
    finally:
        output.close()
        keeper.end_descendants(kept)
        if killed_for or sys.platform != "linux":
            os.kill(kept, signal.SIGTERM)
        _, status = os.waitpid(kept, 0)
    trace, mark, answer = bytes(output.received).partition(_MARK)
    if mark and (completed := _unpickled(answer)) is not None:
        return cast("Completed[Answer] | HarnessError | NotStarted", completed)
    engine, _, asked = trace.decode().rstrip("\n").rpartition("\n")[2].partition("\t")
    cause = killed_for or cause_of(os.waitstatus_to_exitcode(status))
    if asked.startswith(_STARTS):
        named = asked.removeprefix(_STARTS)
        return NotStarted(cause, named=named, reason=f"the engine {named!r} cannot be started: {cause}")
    return ProcessDied(cause, engine, asked)


def cause_of(exit_code: int) -> str:
    """Name the end of a process in one word: the signal's name, or `exit N`."""
    if exit_code >= 0:
        return f"exit {exit_code}"
    try:
        return signal.Signals(-exit_code).name
    except ValueError:
        return f"signal {-exit_code}"


class _Output:
    """Output of a child: its process id, then each question before it is run, and finally the answer."""

    def __init__(self, kept: int, reading: int, most: int) -> None:
        self.received = bytearray()
        self._kept = kept
        self._reading = reading
        self._most = most
        self._child = 0

    def read_all(self, seconds: float) -> str:
        """Read until the child and all that it started close their ends; give the reason for an early end."""
        until, next_check = own_time() + seconds, 0.0
        while True:
            left = until - own_time()
            if left <= 0:
                return HANG
            ready, _, _ = select.select([self._reading], [], [], min(left, CHECK_SECONDS))
            if time.monotonic() >= next_check:
                next_check = time.monotonic() + CHECK_SECONDS
                if self._holds_too_much():
                    return MEMORY
            if not ready:
                if self._has_ended():
                    self._take_rest()
                    return ""
                continue
            chunk = os.read(self._reading, 1 << 16)
            if not chunk:
                return ""
            self._take(chunk)

    def _take_rest(self) -> None:
        """Take what the child wrote between the last look and its end, though others hold its end open."""
        while select.select([self._reading], [], [], 0)[0] and (chunk := os.read(self._reading, 1 << 16)):
            self._take(chunk)

    def close(self) -> None:
        forget(self._child)
        os.close(self._reading)

    def _take(self, chunk: bytes) -> None:
        self.received += chunk
        if not self._child and b"\n" in self.received:
            self._child = int(self.received[: self.received.index(b"\n")])
            del self.received[: self.received.index(b"\n") + 1]
            watch(self._child)

    def _holds_too_much(self) -> bool:
        """Whether several processes do: one alone is held to its limit by the system."""
        processes = keeper.descendants(self._kept)
        return len(processes) > 1 and keeper.held_by(processes) > self._most

    def _has_ended(self) -> bool:
        return os.waitid(os.P_PID, self._kept, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _unpickled(content: bytes) -> object | None:
    try:
        return cast(object, pickle.loads(content))
    except (pickle.UnpicklingError, EOFError):
        return None


def _answer(
    question: Callable[[Sequence[Guarded]], Answer], names: Sequence[str], writing: int, memory: int
) -> NoReturn:
    """Run the child: build engines, ask, write the answer, exit."""
    status = 1
    try:
        faulthandler.disable()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        limit_memory(memory)
        os.write(writing, b"%d\n" % os.getpid())

        def before(engine: str, question: Question[Any]) -> None:
            os.write(writing, f"\n{engine}\t{question.name}".encode())

        built = _built(names, writing)
        if isinstance(built, NotStarted):
            result: Any = built
        else:
            engines = [Guarded(ObservedEngine(engine, before)) for engine in built]
            result = attempt(lambda: question(engines))
        content = memoryview(_MARK + pickle.dumps(result))
        while content:
            content = content[os.write(writing, content) :]
        status = 0
    finally:
        os._exit(status)


def _built(names: Sequence[str], writing: int) -> list[Engine] | NotStarted:
    """Build the engines, each reported before it starts."""
    engines = []
    for name in names:
        os.write(writing, f"\n\t{_STARTS}{name}".encode())
        try:
            engines.append(build(name))
        except UnknownEngine as problem:
            return NotStarted("exit 1", named=name, reason=str(problem))
    os.write(writing, b"\n\t")
    return engines
