"""Engines that do not repeat their answers: which one it is, and what it does not repeat."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

import pytest

from drt.assess.planted.faulty_engines import AndIsEager, Faulty
from drt.diagnosis import localise
from drt.diagnosis.repeatability import MOST_RERUNS, changes, repeating, unsteady_engines
from drt.engines import build
from drt.engines.guard import Guarded
from drt.model.case import Case, Source
from drt.model.outcome import Authorized, Crashed, ExceededBudget, Outcome, Unsupported
from drt.oracles.agreement import engines_agree
from reference import evaluator
from reference.syntax import RecordOf
from tests.drt.engines.smoke import ANYONE

DRAWN = random.Random(7)
_sound_value = evaluator.Evaluator.value


def _in_any_order(self: evaluator.Evaluator, x: Any) -> Any:
    if isinstance(x, RecordOf) and DRAWN.random() < 0.25:
        for _, part in DRAWN.sample(x.fields, len(x.fields)):
            self.value(part)
    return _sound_value(self, x)


class FieldsInAnyOrder(Faulty):
    """The fields of a record are evaluated in an order that changes, as over a map of Go."""

    patches = {(evaluator.Evaluator, "value"): _in_any_order}


def test_the_place_that_an_engine_does_not_repeat_is_named() -> None:
    text = '1 + (if {a: 1 + true, b: ip("")} == {} then 1 else 2)'
    case = Case(Source(""), requests=(ANYONE,), expressions=(text,))
    engines = (Guarded(build("reference")), Guarded(FieldsInAnyOrder()))
    drawn = (engines_agree(case, engines).divergences for _ in range(99))
    divergence = next(found for [*divergences] in drawn for found in divergences)

    unsteady = unsteady_engines(engines_agree, case, engines, divergence, lambda ask: ask(), MOST_RERUNS)
    place = localise(case, repeating(engines, unsteady), divergence)

    assert unsteady == ("FieldsInAnyOrder",)
    assert place is not None
    assert changes(place)
    assert (place.rule, place.source) == ("record", "spec 02 §4.9")


def test_a_difference_that_stays_is_not_called_unsteady() -> None:
    case = Case(Source(""), requests=(ANYONE,), expressions=("false && 1",))
    engines = (Guarded(build("reference")), Guarded(AndIsEager()))
    [divergence] = engines_agree(case, engines).divergences

    assert unsteady_engines(engines_agree, case, engines, divergence, lambda ask: ask()) == ()
    assert not changes(localise(case, repeating(engines, ["AndIsEager"]), divergence))


class Moody(Faulty):
    """Wrong where a policy errs; at the times in `moods` it gives another outcome instead."""

    name = "moody"

    def __init__(self, moods: Iterable[Outcome | None]) -> None:
        super().__init__()
        self.moods = iter(moods)

    def response(self, answer: Outcome) -> Outcome:
        wrong = Authorized("allow", (), answer.erring) if isinstance(answer, Authorized) else answer
        return next(self.moods, None) or wrong


@pytest.mark.parametrize(
    ("mood", "named"),
    [
        (Unsupported("mood"), ()),
        (Crashed("exit 3"), ()),
        (ExceededBudget("time"), ()),
        (Authorized("deny"), ("moody",)),
    ],
)
def test_only_another_answer_is_a_changed_answer(mood: Outcome, named: tuple[str, ...]) -> None:
    case = Case(Source("permit(principal, action, resource) when { 0 };"), requests=(ANYONE,))
    engines = (Guarded(build("reference")), Guarded(Moody([None, None, mood, None, None, mood])))
    [divergence] = engines_agree(case, engines).divergences

    assert unsteady_engines(engines_agree, case, engines, divergence, lambda ask: ask()) == named


def test_what_is_never_supported_hides_no_changed_answer() -> None:
    case = Case(Source("permit(principal, action, resource) when { 0 };"), requests=(ANYONE, ANYONE))
    no = Unsupported("mood")
    engines = (Guarded(build("reference")), Guarded(Moody([None, no, None, no, Authorized("deny"), no])))
    [divergence] = engines_agree(case, engines).divergences

    assert unsteady_engines(engines_agree, case, engines, divergence, lambda ask: ask()) == ("moody",)
