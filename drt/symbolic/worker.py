"""A solver in a process of its own, which answers one question after the other.

Owns the process: forked when first needed, limited in memory, killed when it is late, replaced when it has
died and after so many questions, because Z3 keeps what it has seen. Terms cross as a flat list, operands
first, so that they may nest to any depth.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from drt.engines.sandbox import HANG, Completed, HarnessError, ProcessDied, attempt, cause_of, limit_memory
from drt.symbolic.terms import Op, Term, below, make

MOST_QUESTIONS = 300
"""Of one process."""

Rows = list[tuple[Op, Any, tuple[int, ...], object]]
Answered = Completed[Any] | HarnessError | ProcessDied


def flattened(roots: Sequence[Term]) -> tuple[Rows, list[int]]:
    """Write terms as rows, and the places of the roots."""
    places: dict[Term, int] = {}
    rows: Rows = []
    for term in below(roots):
        places[term] = len(rows)
        rows.append((term.op, term.sort, tuple(places[arg] for arg in term.args), term.payload))
    return rows, [places[root] for root in roots]


def rebuilt(rows: Rows, roots: Sequence[int]) -> list[Term]:
    """Read terms from rows."""
    terms: list[Term] = []
    for op, sort, args, payload in rows:
        terms.append(make(op, sort, tuple(terms[arg] for arg in args), payload))
    return [terms[root] for root in roots]


@dataclass(slots=True)
class Worker:
    """A process that applies one function to assertions and other arguments."""

    answer: Callable[..., Any]
    mebibytes: int
    process: BaseProcess | None = None
    pipe: Connection | None = None
    asked: int = 0
    owner: int = 0

    def ask(self, assertions: Sequence[Term], arguments: tuple[Any, ...], seconds: float) -> Answered:
        """Ask; a process that is late is killed."""
        if self.process is None or self.owner != os.getpid() or self.asked >= MOST_QUESTIONS:
            self._start()
        assert self.process is not None
        assert self.pipe is not None
        self.asked += 1
        try:
            self.pipe.send((*flattened(assertions), arguments))
            if not self.pipe.poll(seconds):
                self.close()
                return ProcessDied(HANG)
            answered: Answered = self.pipe.recv()
        except (EOFError, OSError):
            self.process.join()
            cause = cause_of(self.process.exitcode or 0)
            self.close()
            return ProcessDied(cause)
        return answered

    def _start(self) -> None:
        if self.owner == os.getpid():
            self.close()
        context = get_context("fork")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(
            target=_serve, args=(theirs, self.pipe, self.answer, self.mebibytes), daemon=True
        )
        self.process.start()
        theirs.close()
        self.asked, self.owner = 0, os.getpid()

    def close(self) -> None:
        """End the process, if there is one of ours."""
        if self.process is not None and self.owner == os.getpid():
            self.process.kill()
            self.process.join()
        if self.pipe is not None:
            self.pipe.close()
        self.process, self.pipe = None, None


def _serve(pipe: Connection, other_end: Connection, answer: Callable[..., Any], mebibytes: int) -> None:
    """Answer questions until the other end is closed."""
    other_end.close()
    limit_memory(mebibytes)
    while True:
        try:
            rows, roots, arguments = pipe.recv()
        except EOFError:
            return
        pipe.send(attempt(lambda: answer(rebuilt(rows, roots), *arguments)))  # noqa: B023  # used at once
