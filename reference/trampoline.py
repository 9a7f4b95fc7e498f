"""Recursion without Python frames: a recursive rule is a generator that yields what it needs done first.

A task yields sub-tasks, receives their results, and returns its own; `run` keeps the tasks waiting on a list.
So rules read as recursion, and the depth of a policy or a schema is bounded by memory alone.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeVar

Result = TypeVar("Result")

Task = Generator[Generator[Any, Any, Any], Any, Result]


def run(task: Task[Result]) -> Result:
    """The result of a task; an exception raised by any sub-task ends the whole."""
    waiting: list[Task[Any]] = [task]
    answer: Any = None
    while True:
        try:
            waiting.append(waiting[-1].send(answer))
            answer = None
        except StopIteration as finished:
            waiting.pop()
            answer = finished.value
            if not waiting:
                result: Result = answer
                return result
