"""Log of a step of GitHub Actions, where a line such as `::error::…` or `##[…]` is a command to the workflow.

Owns the lines between which no command is heard, `::stop-commands::TOKEN` and `::TOKEN::`: all that a command
prints lies between them, for it may hold text of cases and engines. A JSON document gets no lines of ours;
there the mark that a command may have in the middle of a line is escaped. Only `heard` prints commands.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any, TextIO

MARK, ESCAPED_MARK = "##[", "#\\u0023["
"""The old form of a command, which is heard anywhere in a line, and the same in a text of JSON."""


def inside(environment: Mapping[str, str]) -> bool:
    """Whether this is a step of a GitHub workflow."""
    return environment.get("GITHUB_ACTIONS") == "true"


class WorkflowLog:
    """The two streams of a step, both stopped by one token."""

    def __init__(self) -> None:
        self._token = ""
        self._is_document: Callable[[], bool] = bool
        self._errors_alone = False
        self.output = _Stream(self, sys.stdout)
        self.errors = _Stream(self, sys.stderr)

    @property
    def token(self) -> str:
        """The token that starts commands again; empty where they are not to be stopped."""
        return self._token

    def stop(self, is_document: Callable[[], bool], *, errors_alone: bool = False) -> None:
        """Stop commands from the next text on; `is_document` says whether standard output is JSON.

        With `errors_alone` standard output stays as it is: its text is for another program or a file.
        """
        self._token = secrets.token_hex(16)
        self._is_document = is_document
        self._errors_alone = errors_alone

    def stops(self, stream: _Stream) -> bool:
        return bool(self._token) and not (self._errors_alone and stream is self.output)

    def is_document(self, stream: _Stream) -> bool:
        return stream is self.output and self._is_document()

    def start(self) -> None:
        """Start commands again on the streams that have stopped them."""
        for stream in (self.output, self.errors):
            stream.flush()
        for stream in (self.output, self.errors):
            stream.start()

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Let the workflow hear what is printed meanwhile."""
        self.start()
        before, self._token = self._token, ""
        try:
            yield
        finally:
            self._token = before and secrets.token_hex(16)


class _Stream:
    """A stream that stops commands before its first text."""

    def __init__(self, log: WorkflowLog, stream: TextIO) -> None:
        self._log = log
        self._stream = stream
        self._stopped_by = ""
        self._ended = True

    def write(self, text: str) -> int:
        if self._log.stops(self) and text:
            if self._log.is_document(self):
                text = text.replace(MARK, ESCAPED_MARK)
            elif not self._stopped_by:
                self._stopped_by = self._log.token
                self._stream.write(f"::stop-commands::{self._stopped_by}\n")
            self._ended = text.endswith("\n")
        return self._stream.write(text)

    def start(self) -> None:
        if self._stopped_by:
            self._stream.write(f"{'' if self._ended else chr(10)}::{self._stopped_by}::\n")
            self._stream.flush()
            self._stopped_by = ""

    def flush(self) -> None:
        self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


_current: list[WorkflowLog] = []


@contextmanager
def workflow_log(environment: Mapping[str, str]) -> Iterator[None]:
    """Make standard output and error the streams of a step meanwhile; change nothing elsewhere."""
    if not inside(environment):
        yield
        return
    log = WorkflowLog()
    _current.append(log)
    with redirect_stdout(log.output), redirect_stderr(log.errors):
        try:
            yield
        finally:
            _current.remove(log)
            log.start()


def stop_commands(is_document: Callable[[], bool], *, errors_alone: bool = False) -> None:
    """Stop commands from now on, as `WorkflowLog.stop` does."""
    for log in _current:
        log.stop(is_document, errors_alone=errors_alone)


@contextmanager
def heard() -> Iterator[None]:
    """Let the workflow read what is printed meanwhile: drt's own commands, whose texts are escaped."""
    if not _current:
        yield
        return
    with _current[-1].heard():
        yield
