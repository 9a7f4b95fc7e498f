"""Every target draws the same case from the same choices and finds the real engines agreed."""

from __future__ import annotations

import pytest

from drt.engines import build
from drt.engines.guard import Guarded
from drt.targets.table import TARGETS
from generators.choice.sources import RecordingSource, ReplaySource

CASES = 12


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_the_engines_agree_on_a_few_cases(name: str) -> None:
    target = TARGETS[name]
    engines = [Guarded(build("reference")), Guarded(build("production"))]
    checked = [target.oracle(target.draw(RecordingSource(seed)), engines) for seed in range(CASES)]

    assert [found for one in checked for found in one.divergences] == []
    assert sum(one.comparisons for one in checked) >= CASES


@pytest.mark.parametrize("name", TARGETS)
def test_a_case_comes_back_from_its_choices(name: str) -> None:
    target = TARGETS[name]
    for random_seed in range(4):
        source = RecordingSource(random_seed)
        case = target.draw(source)
        assert target.draw(ReplaySource(source.choices)) == case
        assert target.draw(RecordingSource(random_seed)) == case


def test_the_table_reads_well() -> None:
    for name, target in TARGETS.items():
        assert name == target.name == name.lower()
        assert target.sentence.endswith(".")
        assert target.weight > 0


@pytest.mark.parametrize("name", ["parse-text", "parse-json"])
def test_near_misses_are_taken_and_refused(name: str) -> None:
    """Neither everything nor nothing parses, or the target would test one half of a parser only."""
    target = TARGETS[name]
    engines = [Guarded(build("reference")), Guarded(build("production"))]
    events: list[str] = []
    for random_seed in range(60):
        checked = target.oracle(target.draw(RecordingSource(random_seed)), engines)
        assert (checked.divergences, checked.inconclusive) == ((), ())
        events += checked.events

    accepted = events.count("accepted") / len(events)
    assert 0.1 < accepted < 0.9
