"""A child process that is asked one line and answers one line, or is put down.

Owns starting, deadlines, death and restarting; knows nothing of what the lines mean.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import tempfile
import weakref
from collections.abc import Sequence
from time import monotonic
from typing import IO

STDERR_KEPT = 2000
"""Bytes of a dead child's last words that are reported."""

CHUNK = 1 << 16


class ChildDied(Exception):
    """The child ended before it answered; `how` is its exit code or signal, the text its last words."""

    def __init__(self, how: str, words: str) -> None:
        super().__init__(words)
        self.how = how


class DeadlinePassed(Exception):
    """The child did not answer in time and was killed."""


class Child:
    """A command with which lines are exchanged; started when first asked, and again after it died.

    A process forked from ours starts a child of its own.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self.command = tuple(command)
        self._process: subprocess.Popen[bytes] | None = None
        self._words: IO[bytes] | None = None
        self._owner = 0
        self._waiting = b""

    @property
    def alive(self) -> bool:
        """Whether the child that this process would ask is running."""
        return self._process is not None and self._owner == os.getpid() and self._process.poll() is None

    def start(self) -> None:
        """Start the child afresh; raises `ChildDied` where the command cannot be run."""
        self.stop()
        self._waiting = b""
        self._words = tempfile.TemporaryFile()  # noqa: SIM115  (read after the child's death)
        try:
            self._process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._words
            )
        except OSError as error:
            raise ChildDied("not started", f"{self.command[0]}: {error.strerror}") from error
        self._owner = os.getpid()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        os.set_blocking(self._process.stdin.fileno(), False)
        weakref.finalize(self, _end, self._process, self._owner)

    def stop(self) -> None:
        """Kill the child if it is ours and running."""
        if self._process is not None:
            _end(self._process, self._owner)
        self._process = None

    def exchange(self, line: bytes, seconds: float) -> bytes:
        """Send one line, without its end, and give the line that comes back.

        Raises `ChildDied`, or `DeadlinePassed` after `seconds`; either way the child is gone then.
        """
        assert self._process is not None
        until = monotonic() + seconds
        pending = memoryview(line + b"\n")
        with selectors.DefaultSelector() as selector:
            selector.register(_stream(self._process.stdout), selectors.EVENT_READ)
            selector.register(_stream(self._process.stdin), selectors.EVENT_WRITE)
            while b"\n" not in self._waiting:
                ready = selector.select(max(0.0, until - monotonic()))
                if not ready:
                    self.stop()
                    raise DeadlinePassed
                for key, _ in ready:
                    if key.fileobj is self._process.stdout:
                        self._receive(key.fd)
                        continue
                    pending = self._send(key.fd, pending)
                    if not pending:
                        selector.unregister(key.fileobj)
        answer, _, self._waiting = self._waiting.partition(b"\n")
        return answer

    def _send(self, fd: int, pending: memoryview) -> memoryview:
        try:
            return pending[os.write(fd, pending[:CHUNK]) :]
        except BlockingIOError:
            return pending
        except BrokenPipeError:
            raise self._died() from None

    def _receive(self, fd: int) -> None:
        data = os.read(fd, CHUNK)
        if not data:
            raise self._died()
        self._waiting += data

    def _died(self) -> ChildDied:
        assert self._process is not None
        assert self._words is not None
        try:
            code = self._process.wait(1.0)
        except subprocess.TimeoutExpired:  # it closed its output and lives on
            self._process.kill()
            code = self._process.wait()
        self._words.seek(0, os.SEEK_END)
        self._words.seek(max(0, self._words.tell() - STDERR_KEPT))
        words = self._words.read().decode(errors="replace")
        self.stop()
        return ChildDied(signal.Signals(-code).name if code < 0 else f"exit {code}", words)


def _stream(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None
    return stream


def _end(process: subprocess.Popen[bytes], owner: int) -> None:
    if owner == os.getpid():
        process.kill()
        process.wait()
        _stream(process.stdin).close()
        _stream(process.stdout).close()
