"""Whatever escapes from an engine becomes an outcome, in one place."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from drt.engines.guard import DeadlineExceeded, Guarded, deadline
from drt.model.case import Case, Request, Source
from drt.model.engine import Unanswered
from drt.model.outcome import Authorized, Crashed, ExceededBudget, Rejected
from drt.model.question import (
    Authorize,
    Evaluate,
    FormatPolicies,
    PrintPolicies,
    ReadEntities,
    ReadExpression,
    ReadPolicies,
    ReadSchema,
    TranslateSchema,
)

CASE = Case(Source(""))
ANY = Request("{}")


class PanicException(BaseException):
    """As a Rust engine's binding raises it."""


class Escaping:
    """An engine that does one thing whatever it is asked."""

    name = "escaping"
    version = "1"

    def __init__(self, act: Callable[[], Any]) -> None:
        self.act = act

    def load(self, case: Case) -> Any:
        return self if case.policies.text == "loads" else self.act()

    def authorize(self, request: Request) -> Any:
        return self.act()

    def evaluate(self, expression: str, request: Request) -> Any:
        return self.act()

    def __getattr__(self, question: str) -> Any:
        return lambda *_, **__: self.act()


def raising(error: BaseException) -> Callable[[], Any]:
    def act() -> Any:
        raise error

    return act


def endless() -> Any:
    while True:
        pass


def bottomless() -> Any:
    return bottomless()


@pytest.mark.parametrize(
    ("act", "outcome"),
    [
        (raising(KeyError("gone")), Crashed("KeyError")),
        (raising(AssertionError()), Crashed("AssertionError")),
        (raising(PanicException("boom")), Crashed("PanicException")),
        (bottomless, ExceededBudget("recursion")),
        (raising(MemoryError()), ExceededBudget("memory")),
        (raising(DeadlineExceeded()), ExceededBudget("time")),
    ],
)
def test_an_escape_becomes_an_outcome_whatever_was_asked(act: Callable[[], Any], outcome: Unanswered) -> None:
    engine = Guarded(Escaping(act))
    loaded = engine.load(Case(Source("loads")))
    assert not isinstance(loaded, Rejected | Unanswered)
    answers = [
        engine.load(CASE),
        loaded.ask(Authorize(ANY)),
        loaded.ask(Evaluate("1", ANY)),
        engine.ask(ReadPolicies(Source(""))),
        engine.ask(PrintPolicies(Source(""), templates=True)),
        engine.ask(FormatPolicies("", 80, 2)),
        engine.ask(ReadExpression("")),
        engine.ask(ReadEntities("", None)),
        engine.ask(ReadSchema(Source(""))),
        engine.ask(TranslateSchema(Source(""), "json")),
    ]

    for answer in answers:
        match answer, outcome:
            case Crashed(error, where), Crashed(wanted):
                assert error == wanted
                assert 0 < len(where) <= 3
            case _:
                assert answer == outcome
    assert engine.calls == len(answers) + 1
    assert engine.seconds > 0


def test_answers_pass_through() -> None:
    engine = Guarded(Escaping(lambda: Authorized("deny")))
    loaded = engine.load(Case(Source("loads")))

    assert not isinstance(loaded, Rejected | Unanswered)
    assert loaded.ask(Authorize(ANY)) == Authorized("deny")
    assert Guarded(Escaping(lambda: Rejected("policies"))).load(CASE) == Rejected("policies")


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_what_ends_the_harness_is_not_caught(error: type[BaseException]) -> None:
    with pytest.raises(error):
        Guarded(Escaping(raising(error()))).load(CASE)


def test_an_endless_question_ends_at_the_deadline_and_so_does_the_next() -> None:
    engine = Guarded(Escaping(endless))

    with deadline(0.05):
        assert engine.load(CASE) == ExceededBudget("time")
        assert engine.load(CASE) == ExceededBudget("time")


def deeper(levels: int) -> Any:
    return deeper(levels - 1) if levels else {}["gone"]


def test_a_crash_is_known_by_its_innermost_own_frames_without_lines() -> None:
    near = Guarded(Escaping(lambda: deeper(4))).load(CASE)
    far = Guarded(Escaping(lambda: deeper(9))).load(CASE)

    assert isinstance(near, Crashed)
    assert near == far
    assert near.where == (f"{__name__}:deeper",) * 3


def test_digits_and_library_frames_do_not_tell_crashes_apart() -> None:
    space: dict[str, Any] = {"__name__": "made"}
    exec("import json\ndef policy_17(): json.loads('{')", space)
    crashed = Guarded(Escaping(space["policy_17"])).load(CASE)

    assert isinstance(crashed, Crashed)
    assert crashed.error == "JSONDecodeError"
    assert crashed.where[-1] == "made:policy_#"
    assert sys.getrecursionlimit() >= 1000
