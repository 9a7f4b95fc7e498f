"""Policies whose types are at issue show defects of validators that well-typed policies hide."""

from __future__ import annotations

import pytest

from drt.assess.planted.copies import Copy
from drt.assess.planted.historic import read_plants
from drt.engines import build
from drt.engines.guard import Guarded, GuardedSession
from drt.model.outcome import Validated
from drt.model.question import Validate
from drt.targets.documents import typing
from drt.targets.table import TARGETS
from generators.choice.sources import RecordingSource

PLANTS = {plant.name: plant for plant in read_plants()}


@pytest.mark.parametrize(
    "name",
    [
        *("VA-4 production", "VA-13 reference", "VA-16 production", "VA-18 reference"),
        *("VA-own20 production", "VA-own21 production", "VA-own23 reference", "VA-own24 reference"),
        *("VA-own25 reference", "VA-own26 reference"),
    ],
)
def test_a_defect_of_a_validator_is_caught(name: str) -> None:
    assert _catches("typing", name, 1_500)


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("EV-own20 reference", "evaluate"),  # of two errors another is reported
        ("PR-own1 production", "print-trees"),
        ("SC-14b reference", "schema-rules-translated"),
        ("SC-own22 reference", "schema-rules"),
        ("RV-own20 production", "store-rules"),
        ("RV-own22 reference", "store-rules"),
        ("EN-own20 production", "store-rules"),
        ("LV-own6 reference", "typing-higher-levels"),  # a part that decides nothing needs the level
        ("LV-v1 reference", "typing-higher-levels"),
        ("VA-own22 production", "typing"),  # a type shows in what is left unchecked
        ("VA-own27 production", "typing"),  # an operator for its negation
        ("SC-v14 reference", "schema-rules"),  # declared twice
        ("SC-v20 production", "schema-rules"),  # a name spelled otherwise
        ("SC-v12 production", "schema-rules"),  # annotations where they may not stand
        ("SC-w7 production", "schema-rules"),  # a name reserved in one kind of declaration
        ("PR-w2 production", "format-comments"),  # comments in a block
        ("PR-v1 production", "format-comments"),  # strings of several lines
        ("PR-v2 production", "format-comments"),  # no end of the last line
    ],
)
def test_a_defect_of_another_class_of_input_is_caught(name: str, target: str) -> None:
    assert _catches(target, name, 3_000)


def _catches(target: str, name: str, most: int) -> bool:
    plant = PLANTS[name]
    (engine,) = plant.engines
    other = {"production": "reference", "reference": "production"}[engine]
    engines = [Guarded(build(other)), Guarded(Copy(engine, plant.sources(engine)).build())]
    cases = (TARGETS[target].draw(RecordingSource(seed)) for seed in range(most))
    return any(TARGETS[target].oracle(case, engines).divergences for case in cases)


def test_many_policies_are_valid_and_many_are_not() -> None:
    engine = Guarded(build("production"))
    answers = [engine.load(typing(RecordingSource(seed))) for seed in range(60)]
    loaded = [answer for answer in answers if isinstance(answer, GuardedSession)]
    assert len(loaded) >= 57  # relations that chain are drawn now and then
    verdicts = [case.ask(Validate()) for case in loaded]
    found = [valid for verdict in verdicts if isinstance(verdict, Validated) for _, valid in verdict.policies]
    assert 0.1 < sum(found) / len(found) < 0.9
