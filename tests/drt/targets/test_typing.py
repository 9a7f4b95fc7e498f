"""Policies whose types are at issue show defects of validators that well-typed policies hide."""

from __future__ import annotations

import json

import pytest

from drt.assess.planted.copies import Copy
from drt.assess.planted.historic import read_plants
from drt.engines import build
from drt.engines.guard import Guarded, GuardedSession
from drt.model.case import Source
from drt.model.outcome import Accepted, Outcome, Validated
from drt.model.question import ReadEntities, Validate
from drt.targets.documents import store_rules, typing
from drt.targets.table import TARGETS
from generators.choice.sources import RecordingSource
from generators.texts.typing_world import SCHEMA, STORE

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


def entities_of(answer: Outcome) -> object:
    """Return the entities of a document but its actions, which a schema adds; nothing for a refused one."""
    read = json.loads(answer.canonical) if isinstance(answer, Accepted) else []
    return [one for one in read if not one["uid"]["type"].endswith("Action")]


def test_no_value_of_the_store_needs_the_schema() -> None:
    """An engine that reads no values by their types is still compared on typing."""
    engine = Guarded(build("production"))
    plain, typed = (engine.ask(ReadEntities(STORE, schema)) for schema in (None, Source(SCHEMA)))
    assert entities_of(plain)
    assert entities_of(plain) == entities_of(typed)


def test_most_stores_under_a_schema_can_be_read_without_it() -> None:
    engine = Guarded(build("production"))
    drawn = [store_rules(RecordingSource(seed), unknown=0.0) for seed in range(300)]
    typed = [engine.ask(ReadEntities(case.entities, case.schema)) for case in drawn]
    plain = [engine.ask(ReadEntities(case.entities, None)) for case in drawn]
    read = [(one, other) for one, other in zip(typed, plain, strict=True) if entities_of(one)]
    assert sum(entities_of(one) == entities_of(other) for one, other in read) > 0.6 * len(read)
