"""Search for a regular expression within a time limit: some take exponential time on some texts.

The alarm rings inside the search, since Python runs signal handlers there. A running alarm is kept.
"""

from __future__ import annotations

import re
import signal
import threading
import time
from types import FrameType

from drt.engines.guard import LEAST_RING, OwnTimer

SECONDS = 1.0
"""Own time of the process for one search."""


class MatchTooSlow(Exception):
    """A search did not end within its time."""


def is_found(pattern: str, text: str, seconds: float = SECONDS) -> bool:
    """Whether a regular expression is found in a text; raises `MatchTooSlow`.

    Only the main thread has a time limit: no other can set an alarm.
    """
    if threading.current_thread() is not threading.main_thread():
        return re.search(pattern, text) is not None
    searching, timer, began = False, OwnTimer(), time.monotonic()

    def ring(_number: int, _frame: FrameType | None) -> None:
        if searching and timer.is_due():
            raise MatchTooSlow

    left, _ = signal.setitimer(signal.ITIMER_REAL, 0.0)
    handler = signal.signal(signal.SIGALRM, ring)
    try:
        timer.start(seconds)
        searching = True
        return re.search(pattern, text) is not None
    finally:
        searching = False
        timer.stop()
        signal.signal(signal.SIGALRM, handler)
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - began), LEAST_RING))
