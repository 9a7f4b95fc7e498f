"""Limits of the solver: what is out of time, memory or luck is unknown, with the limit named."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest

from drt.symbolic import solver
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
    found = solve_apart([SEVEN], {}, Limits((Attempt("bit-vectors", 1),), mebibytes=64))
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

    monkeypatch.setattr(solver, "_answered", lambda *_: broken())

    with pytest.raises(AssertionError, match="KeyError"):
        solve_apart([SEVEN], {})


def test_integers_decide_alike() -> None:
    limits = Limits((Attempt("integers", 2000),))
    overflow = operation("add-overflows", BOOL, NUMBER, const(LONG, 1))

    assert isinstance(solve([overflow], {}, limits), Satisfiable)
    assert isinstance(solve([overflow, eq(NUMBER, const(LONG, 3))], {}, limits), Unsatisfiable)
