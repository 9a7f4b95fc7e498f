"""Flawed JSON documents are refused: the law catches engines that take what the formats exclude."""

from __future__ import annotations

import pytest

from drt.assess.planted.copies import Copy
from drt.assess.planted.historic import read_plants
from drt.engines import build
from drt.engines.guard import Guarded
from drt.oracles.shapes import entity_flaws, flawed_documents_are_refused
from drt.targets.documents import shapes
from generators.choice.sources import RecordingSource

BOTH = {plant.id: plant for plant in read_plants() if plant.where == "both"}


@pytest.mark.parametrize("id_", ["EN-4"])
def test_a_defect_of_both_engines_alike_is_caught(id_: str) -> None:
    plant = BOTH[id_]
    engines = [Guarded(Copy(name, plant.sources(name)).build()) for name in plant.engines]
    cases = (shapes(RecordingSource(seed)) for seed in range(3_000))
    assert any(flawed_documents_are_refused(case, engines).divergences for case in cases)


def test_sound_engines_keep_the_law() -> None:
    engines = [Guarded(build("reference")), Guarded(build("production"))]
    checked = [flawed_documents_are_refused(shapes(RecordingSource(seed)), engines) for seed in range(200)]
    assert not any(one.divergences for one in checked)
    assert sum(one.comparisons for one in checked) > 50


def test_flaws() -> None:
    twins = [
        {"uid": {"type": "A", "id": "a"}, "attrs": {}, "parents": [], "tags": tags} for tags in ({}, {"t": 1})
    ]
    assert list(entity_flaws(twins)) == ["two entities have the id 'a'"]
