"""A question that no module of the harness knows: a record, and a method of its name, are all that it takes."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass

import pytest

from drt.engines.base import BaseEngine
from drt.engines.guard import Guarded
from drt.engines.observed import ObservedEngine
from drt.engines.process_engine import ProcessEngine
from drt.engines.serve import serve
from drt.engines.wire import members_of, question_of
from drt.model.outcome import Crashed, Printed, Rejected, Unsupported
from drt.model.question import QUESTIONS, TextQuestion
from tests.drt.engines.test_process_engine import TOY


@dataclass(frozen=True, slots=True)
class SpellBackwards(TextQuestion[Printed | Rejected]):
    """A text from its end to its start."""

    text: str


class Backwards(BaseEngine):
    def spell_backwards(self, text: str) -> Printed:
        return Printed(text[::-1])


class Breaks(BaseEngine):
    def spell_backwards(self, text: str) -> Printed:
        raise KeyError(text)


def test_guards_and_observers_put_it_as_any_other() -> None:
    seen: list[object] = []
    observed = ObservedEngine(Backwards(), after=lambda asked, outcome: seen.append((asked, outcome)))

    assert Guarded(observed).ask(SpellBackwards("abc")) == Printed("cba")
    assert seen == [(SpellBackwards("abc"), Printed("cba"))]
    assert Guarded(BaseEngine()).ask(SpellBackwards("abc")) == Unsupported("spell_backwards")
    crashed = Guarded(ObservedEngine(Breaks())).ask(SpellBackwards("abc"))
    assert crashed == Crashed("KeyError", (f"{__name__}:Breaks.spell_backwards",)), "no frame of the harness"


def test_it_goes_over_the_wire_once_it_is_in_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(QUESTIONS, SpellBackwards.name, SpellBackwards)  # type: ignore[arg-type]
    message = {"seq": 1, "ask": "spell_backwards", **members_of(SpellBackwards("abc"))}
    assert question_of(message) == SpellBackwards("abc")

    answers = io.BytesIO()
    serve(Backwards(), io.BytesIO(json.dumps(message).encode() + b"\n"), answers)
    assert json.loads(answers.getvalue()) == {"seq": 1, "outcome": "Printed", "text": "cba"}


def test_a_program_that_does_not_list_it_is_not_asked() -> None:
    engine = ProcessEngine(TOY, seconds=20)
    assert engine.ask(SpellBackwards("abc")) == Unsupported("spell_backwards")
    engine.close()
