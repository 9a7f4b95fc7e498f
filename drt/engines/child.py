"""A child process that answers a line with a line, or is killed.

Handles start, deadlines, silence, memory limits, crashes and restarts, but not the meaning of the lines. The
command runs below a keeper, so that memory and end are those of the child and of all that it starts.
"""

from __future__ import annotations

import os
import resource
import selectors
import signal
import subprocess
import sys
import tempfile
import time
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from drt.engines import keeper
from drt.engines.cpu_time import forget, own_time, watch
from drt.engines.orphans import die_with_parent
from drt.engines.panics import failed_at

STDERR_KEPT = 2000
"""Bytes of a dead child's last words that are reported."""

STDERR_SEARCHED = 1 << 16
"""Bytes of them in which the place of its failure is looked for."""

CHUNK = 1 << 16
LONGEST_LINE = 1 << 26
"""Bytes; a child that writes more without an end of line does not answer."""

CHECK_SECONDS = 0.2
"""Between two checks of the memory of a child."""

ENDING_SECONDS = 1.0

PATIENCE = 5
"""How many times its limit an answer may take by the clock, whatever the processes waited for a processor.

What two processes waited for at once counts twice, so that a child that never stops writing could stop
the time.
"""


class ChildDied(Exception):
    """The child ended before it answered: its exit code or signal, its last words and the places in them."""

    def __init__(self, how: str, words: str) -> None:
        super().__init__(words[-STDERR_KEPT:])
        self.how = how
        self.where = failed_at(words)


class OutputClosed(ChildDied):
    """The child closed its output and lived on, and was killed."""

    def __init__(self, words: str) -> None:
        super().__init__("it closed its output", words)


class DeadlinePassed(Exception):
    """The child did not answer in time, or fell silent, and was killed."""


class MemoryExceeded(Exception):
    """The child held more memory than it may, and was killed."""


class LineTooLong(Exception):
    """The child wrote and wrote and never ended the line; it was killed."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a child: `seconds` for an answer, `memory` in MiB, `silence` in seconds between two lines.

    Without `silence` it may be silent until it answers.
    """

    seconds: float
    memory: int
    silence: float | None = None


class Child:
    """A command with which lines are exchanged; started on first use, and again after it died.

    It dies with the process that started it. A process forked from ours starts a child of its own.
    """

    def __init__(self, command: Sequence[str], folder: Path | None = None) -> None:
        self.command = tuple(command)
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._engine = 0
        self._words: IO[bytes] | None = None
        self._owner = 0
        self._waiting = bytearray()
        self._next_look = 0.0

    @property
    def alive(self) -> bool:
        """Whether the child that this process would ask is running."""
        return self._process is not None and self._owner == os.getpid() and self._process.poll() is None

    @property
    def resident(self) -> int:
        """Return the resident bytes of the child and all its descendants; 0 if they are unknown."""
        return keeper.held_by(keeper.descendants(self._process.pid)) if self._process else 0

    def has_grown(self, memory: int) -> bool:
        """Whether the child and its descendants hold more than so many MiB; it looks now and then."""
        now = time.monotonic()
        if now < self._next_look:
            return False
        self._next_look = now + CHECK_SECONDS
        return self.resident > memory << 20

    def start(self) -> None:
        """Start the child afresh; raises `ChildDied` where the command cannot be run."""
        self.stop()
        self._waiting = bytearray()
        self._words = tempfile.TemporaryFile()  # noqa: SIM115  (read after the child's death)
        self._owner = os.getpid()
        die_with_us = die_with_parent(self._owner, signal.SIGTERM)
        _, most = resource.getrlimit(resource.RLIMIT_AS)

        def prepare() -> None:
            die_with_us()
            # Our own limit is one on addresses; runtimes such as Node's reserve far more than they use.
            resource.setrlimit(resource.RLIMIT_AS, (most, most))

        reading, writing = os.pipe()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", keeper.__file__, str(writing), *self.command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._words,
                cwd=self._folder,
                preexec_fn=prepare,
                pass_fds=(writing,),
                start_new_session=True,
            )
        except OSError as error:
            os.close(reading)
            raise ChildDied("not started", f"{self.command[0]}: {error.strerror}") from error
        finally:
            os.close(writing)
        keeper.kept.add(self._process.pid)
        weakref.finalize(self, _end, self._process, self._owner)
        assert self._process.stdin is not None
        os.set_blocking(self._process.stdin.fileno(), False)
        with os.fdopen(reading, encoding="ascii") as report:
            self._engine, problem = keeper.started(report.read())
        if problem:
            self.stop()
            raise ChildDied("not started", f"{self.command[0]}: {problem}")
        watch(self._engine)

    def stop(self) -> None:
        """Kill the child if it is ours and running."""
        if self._process is not None:
            forget(self._engine)
            _end(self._process, self._owner)
        self._process = None

    def dismiss(self, line: bytes) -> None:
        """Send a last line and give the child a moment to end by itself."""
        if not self.alive:
            return
        assert self._process is not None
        try:
            os.write(_stream(self._process.stdin).fileno(), line + b"\n")
            _stream(self._process.stdin).close()
            self._process.wait(ENDING_SECONDS)
        except (OSError, subprocess.TimeoutExpired):
            pass
        self.stop()

    def exchange(self, line: bytes, limits: Limits, is_answer: Callable[[bytes], bool]) -> bytes:
        """Send one line, without its end, and give the first line that comes back and is an answer.

        Raises `ChildDied`, `DeadlinePassed`, `MemoryExceeded` or `LineTooLong`. Then, and whatever else ends
        the waiting, the child is gone: what it would have answered late is nobody's answer.
        """
        try:
            return self._exchange(line, limits, is_answer)
        except BaseException:
            self.stop()
            raise

    def _exchange(self, line: bytes, limits: Limits, is_answer: Callable[[bytes], bool]) -> bytes:
        assert self._process is not None
        last_heard = last_checked = own_time()
        until = last_heard + limits.seconds
        latest = time.monotonic() + PATIENCE * limits.seconds
        searched = 0
        pending = memoryview(line + b"\n")
        with selectors.DefaultSelector() as selector:
            selector.register(_stream(self._process.stdout), selectors.EVENT_READ)
            selector.register(_stream(self._process.stdin), selectors.EVENT_WRITE)
            while True:
                while (end := self._waiting.find(b"\n", searched)) >= 0:
                    answer = bytes(self._waiting[:end])
                    del self._waiting[: end + 1]
                    searched = 0
                    if is_answer(answer):
                        return answer
                searched = len(self._waiting)
                now = own_time()
                silent = limits.silence is not None and now >= last_heard + limits.silence
                if now >= until or silent or time.monotonic() >= latest:
                    raise DeadlinePassed
                if searched > LONGEST_LINE:
                    raise LineTooLong
                if now - last_checked >= CHECK_SECONDS:
                    last_checked = now
                    if self.resident > limits.memory << 20:
                        raise MemoryExceeded
                for key, _ in selector.select(min(CHECK_SECONDS, until - now)):
                    if key.fileobj is self._process.stdout:
                        last_heard = own_time()
                        self._receive(key.fd)
                        continue
                    pending = self._send(key.fd, pending)
                    if not pending:
                        selector.unregister(key.fileobj)

    def _send(self, fd: int, pending: memoryview) -> memoryview:
        try:
            return pending[os.write(fd, pending[:CHUNK]) :]
        except BlockingIOError:
            return pending
        except BrokenPipeError:
            return pending[:0]  # what it wrote before it ended is still to be read

    def _receive(self, fd: int) -> None:
        data = os.read(fd, CHUNK)
        if not data:
            raise self._died()
        self._waiting += data

    def _died(self) -> ChildDied:
        assert self._process is not None
        try:
            code = self._process.wait(ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            self.stop()
            return OutputClosed(self._last_words())
        return ChildDied(signal.Signals(-code).name if code < 0 else f"exit {code}", self._last_words())

    def _last_words(self) -> str:
        assert self._words is not None
        self._words.seek(0, os.SEEK_END)
        self._words.seek(max(0, self._words.tell() - STDERR_SEARCHED))
        return self._words.read().decode(errors="replace")


def _stream(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None
    return stream


def _end(process: subprocess.Popen[bytes], owner: int) -> None:
    if owner == os.getpid():
        keeper.kept.discard(process.pid)
        if process.poll() is None:
            keeper.end_descendants(process.pid)
            process.terminate()
            try:
                process.wait(keeper.KEEPER_ENDING_SECONDS + ENDING_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        _stream(process.stdin).close()
        _stream(process.stdout).close()
