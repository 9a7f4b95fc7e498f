"""Closed pipes: tolerate a reader that has gone, so that `drt … | head` keeps drt's exit code.

Owns the line between that and any other refusal of a stream or a file, which is one sentence and exit code 3.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, TextIO


class _TolerantStream:
    """A stream that loses what it writes once its reader has gone."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except BrokenPipeError:
            self._write_nowhere()
            return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except BrokenPipeError:
            self._write_nowhere()

    def _write_nowhere(self) -> None:
        _abandon(self._stream)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _abandon(stream: TextIO) -> None:
    """Send what is written from now on, and what waits to be written, nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def abandon_output() -> None:
    """Write nothing more to standard output, which refuses it."""
    if sys.stdout is not None:
        _abandon(sys.stdout)


def unwritable(error: OSError | UnicodeEncodeError) -> str:
    """Describe in one sentence what a stream or the system refuses."""
    if isinstance(error, UnicodeEncodeError):
        shown = f"U+{ord(error.object[error.start]):04X}"
        return (
            f"standard output cannot be written: {error.encoding} has no {shown}; set PYTHONIOENCODING=utf-8"
        )
    reason = (error.strerror or str(error)).lower()
    if error.filename:
        return f"{error.filename}: {reason}"
    refused = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF, errno.EPIPE)
    return f"standard output cannot be written: {reason}" if refused else f"the system refuses: {reason}"


@contextmanager
def tolerate_broken_pipe() -> Iterator[None]:
    """Make standard output and error tolerate a closed pipe."""
    with ExitStack() as stack:
        # A process that was started without standard streams has none.
        nowhere = stack.enter_context(Path(os.devnull).open("w"))
        output, errors = _TolerantStream(sys.stdout or nowhere), _TolerantStream(sys.stderr or nowhere)
        stack.enter_context(redirect_stdout(output))
        stack.enter_context(redirect_stderr(errors))
        try:
            yield
        finally:
            output.flush()
            errors.flush()
