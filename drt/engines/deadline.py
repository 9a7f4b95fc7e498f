"""The alarm of a process that asks engines: it rings inside an engine, never inside the harness by accident.

Owns the signal handler. A ring inside an engine ends the question (`DeadlineExceeded`); the harness itself is
given two rings more before it is called stuck.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

from drt.engines.guard import DeadlineExceeded, Meter, OwnTimer

_ASKING = Meter._ask.__code__
_PATIENCE = 3

Answer = TypeVar("Answer")


class Stuck(BaseException):
    """A generator, an oracle or the loop itself does not end. No `Exception`, so that nothing swallows it."""


class Alarm:
    """One for a process, in its main thread. It counts the process's own time, not that of a busy machine."""

    def __init__(self) -> None:
        self._rings = 0
        self._timer = OwnTimer()
        signal.signal(signal.SIGALRM, self._ring)

    def set(self, seconds: float) -> None:
        """Ring after so many seconds, and again and again: one case may hold several questions that hang."""
        self._rings = 0
        self._timer.start(seconds)

    def off(self) -> None:
        """Stop ringing."""
        self._timer.stop()

    def within(self, seconds: float, ask: Callable[[], Answer]) -> Answer | None:
        """Give the answer to a question that has so many seconds; None where the harness itself was stuck."""
        self.set(seconds)
        try:
            return ask()
        except Stuck:
            return None
        finally:
            self.off()

    def _ring(self, _number: int, frame: FrameType | None) -> None:
        if not self._timer.is_due():
            return
        while frame is not None:
            if frame.f_code is _ASKING:
                raise DeadlineExceeded
            frame = frame.f_back
        self._rings += 1
        if self._rings >= _PATIENCE:
            raise Stuck
