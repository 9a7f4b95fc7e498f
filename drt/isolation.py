"""Questions put in a process of their own, for those that may kill whoever asks.

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
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar, cast

from drt.engines import build
from drt.engines.guard import Guarded
from drt.engines.orphans import dying_with
from drt.engines.protocol import Engine, Loaded
from drt.outcome import Crashed
from drt.own_time import forget, own_time, watch

Answer = TypeVar("Answer")

_MARK = b"\x00"

HANG = "hang"
"""The cause of death of a child that had to be killed: no alarm reached it."""


@dataclass(frozen=True, slots=True)
class Died:
    """The child did not live to answer. `engine` and `question` are what it was asking, if anything."""

    cause: str
    engine: str = ""
    question: str = ""

    @property
    def outcome(self) -> Crashed:
        """The death as an outcome of the engine that was being asked."""
        return Crashed(self.cause, (self.question,) if self.question else ())


@dataclass(frozen=True, slots=True)
class Answered(Generic[Answer]):
    """The answer to a question that was survived."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Broke:
    """Our own code raised, be it a generator, an oracle or the reducer; `traceback` is its text."""

    error: str
    traceback: str


def attempt(question: Callable[[], Answer]) -> Answered[Answer] | Broke:
    """Ask, and make a record of whatever our own code raises; a deadline or an interrupt goes through."""
    try:
        return Answered(question())
    except Exception as error:
        return Broke(f"{type(error).__name__}: {error}", traceback.format_exc())


def resident_bytes() -> int:
    """What this process holds of the machine's memory; 0 where the system does not tell."""
    try:
        pages_held = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return 0
    return int(pages_held) * resource.getpagesize()


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
) -> Answered[Answer] | Broke | Died:
    """Ask in a forked child, with guarded engines of its own; the child is killed after `seconds`.

    What the question returns must be picklable.
    """
    reading, writing = os.pipe()
    die_with_us = dying_with(os.getpid())
    child = os.fork()
    if child == 0:
        die_with_us()
        os.close(reading)
        _answer(question, engines, writing, memory)
    os.close(writing)
    watch(child)
    try:
        said, in_time = _listen(reading, own_time() + seconds)
    finally:
        forget(child)
        os.close(reading)
        if not _has_ended(child):
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    trace, mark, answer = said.partition(_MARK)
    if mark and (whole := _unpickled(answer)) is not None:
        return cast("Answered[Answer] | Broke", whole)
    engine, _, asked = trace.decode().rstrip("\n").rpartition("\n")[2].partition("\t")
    if not in_time:
        return Died(HANG, engine, asked)
    return Died(cause_of(os.waitstatus_to_exitcode(status)), engine, asked)


def cause_of(exit_code: int) -> str:
    """The end of a process in one word: the signal's name, or `exit N`."""
    if exit_code >= 0:
        return f"exit {exit_code}"
    try:
        return signal.Signals(-exit_code).name
    except ValueError:
        return f"signal {-exit_code}"


def _has_ended(child: int) -> bool:
    return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _listen(reading: int, until: float) -> tuple[bytes, bool]:
    """Everything the child writes before it closes its end, and whether it did so in time."""
    said = bytearray()
    while True:
        left = until - own_time()
        if left <= 0:
            return bytes(said), False
        ready, _, _ = select.select([reading], [], [], left)
        if not ready:
            continue
        chunk = os.read(reading, 1 << 16)
        if not chunk:
            return bytes(said), True
        said += chunk


def _unpickled(content: bytes) -> object | None:
    try:
        return cast(object, pickle.loads(content))
    except (pickle.UnpicklingError, EOFError):
        return None


def _answer(
    question: Callable[[Sequence[Guarded]], Answer], names: Sequence[str], writing: int, memory: int
) -> None:
    """The child's whole life; never returns."""
    status = 1
    try:
        faulthandler.disable()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        limit_memory(memory)
        engines = [Guarded(cast(Engine, _Traced(build(name), writing))) for name in names]
        content = memoryview(_MARK + pickle.dumps(attempt(lambda: question(engines))))
        while content:
            content = content[os.write(writing, content) :]
        status = 0
    finally:
        os._exit(status)


class _Traced:
    """An engine, or what it has loaded, that writes down every question before it is asked."""

    def __init__(self, asked: Engine | Loaded, writing: int, engine: str = "") -> None:
        self._asked = asked
        self._writing = writing
        self._engine = engine or cast(Engine, asked).name

    def __getattr__(self, name: str) -> object:
        member = getattr(self._asked, name)
        if not callable(member):
            return member

        def ask(*args: object, **kwargs: object) -> object:
            os.write(self._writing, f"\n{self._engine}\t{name}".encode())
            answer = member(*args, **kwargs)
            if name == "load" and hasattr(answer, "authorize"):
                return _Traced(answer, self._writing, self._engine)
            return answer

        return ask
