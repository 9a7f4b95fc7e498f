"""Tree mutation: every change is made, leaves a legal scenario, and says its name."""

from __future__ import annotations

import pytest

from generators.choice.sources import RecordingSource, ReplaySource
from generators.draw.entities import ancestors
from generators.draw.syntax import PRINCIPAL, Binary, GetAttr, Has
from generators.draw.trees import as_extended_has, conjunction
from generators.tree_mutation import _CHANGES, mutated
from tests.generators.samples import drawn


def test_every_change_is_made_and_named() -> None:
    seen: set[str] = set()
    for random_seed, sample in enumerate(drawn("typed", 120)):
        mutant = mutated(RecordingSource(random_seed), sample)
        names = set(mutant.intended_misfits) - set(sample.intended_misfits)
        seen |= names
        assert names or mutant == sample
    assert seen == {f"mutated:{name}" for name in _CHANGES}


def test_an_extended_has_and_its_conjunction_turn_into_each_other() -> None:
    words = ("a", "b", "c")
    assert as_extended_has(conjunction(Has(PRINCIPAL, words))) == Has(PRINCIPAL, words)
    assert as_extended_has(Has(PRINCIPAL, words)) is None
    other = Binary("&&", Has(PRINCIPAL, ("a",)), Has(GetAttr(PRINCIPAL, "b"), ("a",)))
    assert as_extended_has(other) is None


def test_mutants_differ_replay_and_keep_hierarchies_without_cycles() -> None:
    different = 0
    for random_seed, sample in enumerate(drawn("typed", 120)):
        source = RecordingSource(random_seed)
        mutant = mutated(source, sample)
        assert mutated(ReplaySource(source.choices), sample) == mutant
        different += (mutant.policies, mutant.entities, mutant.requests) != (
            sample.policies,
            sample.entities,
            sample.requests,
        )
        entities = {entity.uid: entity for entity in mutant.entities}
        assert not any(uid in ancestors(uid, entities) for uid in entities)
    assert different >= 80


@pytest.mark.parametrize("profile", ["typed", "templates", "untyped"])
def test_cedarpy_takes_the_documents_of_mutants_and_most_stay_valid(profile: str) -> None:
    cedarpy = pytest.importorskip("cedarpy")
    valid = 0
    samples = drawn(profile, 120)
    for random_seed, sample in enumerate(samples):
        mutant = mutated(RecordingSource(random_seed), sample)
        cedarpy.PolicySet.from_json_str(mutant.policies_json(links=True))
        cedarpy.Entities.from_json_str(mutant.entities_text())
        valid += cedarpy.validate_policies(mutant.policies_text(), mutant.schema_text()).validation_passed
    assert valid >= (0 if profile == "untyped" else 0.6 * len(samples))
