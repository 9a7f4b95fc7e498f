"""Breakages of the harness itself: counted always, logged while they are few."""

from __future__ import annotations

from collections import Counter

from drt.engines.declared import slow_differences
from drt.engines.sandbox import HarnessError
from drt.run.log import LogWriter
from drt.run.records import Broken

MOST_LOGGED = 20


class Breakages:
    """The breakages of one worker; `count` is their number."""

    def __init__(self, log: LogWriter, count: int) -> None:
        self._log = log
        self.count = count
        self._slow: list[str] = []

    def add(self, what: str, name: str, index: int, broke: HarnessError, events: Counter[str]) -> None:
        """Record that our own code raised: the case says nothing about the engines."""
        self.count += 1
        events["broken"] += 1
        self._log_some(
            Broken(what=what, target=name, index=index, error=broke.error, traceback=broke.traceback)
        )

    def add_slow_differences(self) -> None:
        """Record the declared differences that take too long to match, each once."""
        for sentence in slow_differences():
            if sentence not in self._slow:
                self._slow.append(sentence)
                self.count += 1
                self._log_some(Broken(what="a declared difference", error=sentence))

    def _log_some(self, event: Broken) -> None:
        if self.count <= MOST_LOGGED:
            self._log.write(event)
