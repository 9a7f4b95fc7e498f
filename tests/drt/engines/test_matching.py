"""Regular expressions with a time limit."""

from __future__ import annotations

import signal
import threading
import time

import pytest

from drt.engines.deadline import Alarm
from drt.engines.matching import MatchTooSlow, is_found

SLOW, LONG = r"^(\w|[a-z]|.|\s)*zzzq$", "a" * 60


def test_a_search_ends_within_its_time() -> None:
    handler = signal.getsignal(signal.SIGALRM)
    with pytest.raises(MatchTooSlow):
        is_found(SLOW, LONG, 0.05)
    assert signal.getsignal(signal.SIGALRM) == handler


def test_a_running_alarm_goes_on_after_a_search() -> None:
    def ask() -> bool:
        with pytest.raises(MatchTooSlow):
            is_found(SLOW, LONG, 0.05)
        while True:
            time.sleep(0.01)

    handler, began = signal.getsignal(signal.SIGALRM), time.monotonic()
    try:
        assert Alarm().within(0.1, ask) is None
    finally:
        signal.signal(signal.SIGALRM, handler)
    assert time.monotonic() - began < 30


def test_other_threads_search_without_a_limit() -> None:
    found: list[bool] = []
    thread = threading.Thread(target=lambda: found.append(is_found("b+", "abb", 0.05)))
    thread.start()
    thread.join()
    assert found == [True]
