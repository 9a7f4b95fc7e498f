"""Limits of the solver: what is out of time, memory or luck is unknown, with the limit named."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest

from drt.symbolic import solver, worker
from drt.symbolic.solver import Attempt, Limits, Satisfiable, Unknown, Unsatisfiable, solve, solve_apart
from drt.symbolic.sorts import BOOL, LONG
from drt.symbolic.terms import FALSE, TRUE, Symbol, Term, apply, const, eq, operation

NUMBER = apply(Symbol("request", "context", ("a",)), LONG)
SEVEN = eq(NUMBER, const(LONG, 7))


def test_constants_need_no_solver() -> None:
    assert solve_apart([TRUE, FALSE, SEVEN], {}) == Unsatisfiable("folded")
    found = solve_apart([TRUE], {})
    assert isinstance(found, Satisfiable)
    assert found.how == "folded"


def test_a_child_answers() -> None:
    found = solve_apart([SEVEN], {})

    assert isinstance(found, Satisfiable)
    assert found.interpretation.value(Symbol("request", "context", ("a",)), LONG) == 7


def instead(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> Unknown:
    """What the caller sees where something happens in the child in place of an answer."""
    monkeypatch.setattr(solver, "_answered", lambda *_: happens())
    solver.worker.cache_clear()
    try:
        found = solve_apart([SEVEN], {}, Limits((Attempt("bit-vectors", 1),), mebibytes=64))
    finally:
        solver.worker(64).close()
        solver.worker.cache_clear()
    assert isinstance(found, Unknown)
    return found


def test_a_killed_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    found = instead(monkeypatch, lambda: os.kill(os.getpid(), signal.SIGKILL))

    assert found.reason == "the solver's process died of SIGKILL"


def test_a_solver_that_ignores_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Limits, "seconds", 0.5)

    found = instead(monkeypatch, lambda: signal.sigwait([signal.SIGUSR1]))

    assert found.reason == "the solver took longer than 0.5 s and was killed"


def test_a_solver_out_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    found = instead(monkeypatch, lambda: bytes(1 << 30))

    assert found.reason == "the solver needed more than 64 MiB"


def test_a_defect_in_the_child_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Term:
        raise KeyError("x")

    with pytest.raises(AssertionError, match="KeyError"):
        instead(monkeypatch, broken)


def test_one_process_answers_many_questions_and_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "MOST_QUESTIONS", 2)
    solver.worker.cache_clear()
    mine = solver.worker(2048)
    processes = []
    for number in range(5):
        assert isinstance(solve_apart([eq(NUMBER, const(LONG, number))], {}), Satisfiable)
        assert mine.process is not None
        processes.append(mine.process.pid)
    mine.close()

    assert processes[0] == processes[1] != processes[2] == processes[3] != processes[4]


def test_a_process_that_died_is_replaced() -> None:
    mine = solver.worker(2048)
    assert isinstance(solve_apart([SEVEN], {}), Satisfiable)
    assert mine.process is not None
    mine.process.kill()

    assert isinstance(solve_apart([SEVEN], {}), Unknown)
    assert isinstance(solve_apart([SEVEN], {}), Satisfiable)


def test_terms_cross_as_they_are() -> None:
    deep = NUMBER
    for _ in range(5000):
        deep = operation("add", LONG, deep, const(LONG, 1))

    rows, roots = worker.flattened([SEVEN, deep, SEVEN])

    assert worker.rebuilt(rows, roots) == [SEVEN, deep, SEVEN]


def test_integers_decide_alike() -> None:
    limits = Limits((Attempt("integers", 2000),))
    overflow = operation("add-overflows", BOOL, NUMBER, const(LONG, 1))

    assert isinstance(solve([overflow], {}, limits), Satisfiable)
    assert isinstance(solve([overflow, eq(NUMBER, const(LONG, 3))], {}, limits), Unsatisfiable)
