"""Sources: same questions, same answers, whichever source is asked."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from generators.choice.hypothesis_source import drawn_by, reproduce_failure, reproduction
from generators.choice.profiles import PROFILES, TYPED, UNTYPED
from generators.choice.sources import MOST_SHARED, RecordingSource, ReplaySource, Source
from generators.scenarios import Scenario, scenario

ROOT = Path(__file__).resolve().parents[2]


def answers(source: Source) -> list[object]:
    """One answer of every kind, certain ones included."""
    with source.span("all"):
        return [
            source.integer(3, 3),
            source.integer(-5, 5),
            source.integer(-(2**63), 2**63 - 1),
            source.boolean(0.0),
            source.boolean(1.0),
            source.boolean(),
            source.choice("x"),
            source.choice("abcdef"),
        ]


def test_certain_answers_are_not_drawn() -> None:
    source = RecordingSource(0)
    answers(source)
    assert [type(choice) for choice in source.choices] == [int, int, bool, int]


@pytest.mark.parametrize("random_seed", range(20))
def test_replay_answers_what_was_recorded(random_seed: int) -> None:
    recorded = RecordingSource(random_seed)
    first = answers(recorded)
    replayed = ReplaySource(recorded.choices)
    assert answers(replayed) == first
    assert replayed.choices == recorded.choices


def test_replay_gives_the_simplest_answers_when_choices_run_out_or_do_not_fit() -> None:
    simplest = [3, -5, -(2**63), False, True, False, "x", "a"]
    assert answers(ReplaySource([])) == simplest
    assert answers(ReplaySource([True, 2**80, 1, False])) == simplest


@pytest.mark.parametrize("profile", PROFILES)
def test_replay_reproduces_a_scenario(profile: str) -> None:
    for random_seed in range(15):
        recorded = RecordingSource(random_seed)
        first = scenario(recorded, PROFILES[profile])
        again = scenario(ReplaySource(recorded.choices), PROFILES[profile])
        assert again == first
        assert again.policies_text() == first.policies_text()


@pytest.mark.parametrize("profile", PROFILES)
def test_any_choices_draw_a_scenario(profile: str) -> None:
    """No choice leads a generator into a dead end: the simplest of everything and edited choices draw too."""
    scenario(ReplaySource([]), PROFILES[profile]).policies_text()
    recorded = RecordingSource(1)
    original = scenario(recorded, PROFILES[profile])
    different = 0
    for random_seed in range(40):
        edits = random.Random(random_seed)
        edited = list(recorded.choices)
        at = edits.randrange(len(edited))
        edited[at : at + 8] = edits.choices(edited, k=edits.randrange(9))
        source = ReplaySource(edited)
        mutant = scenario(source, PROFILES[profile])
        different += mutant != original
        assert scenario(ReplaySource(source.choices), PROFILES[profile]) == mutant
    assert different > 20


def test_the_same_random_seed_draws_the_same_in_every_process() -> None:
    script = (
        "import hashlib\n"
        "from generators.choice.profiles import PROFILES\n"
        "from generators.scenarios import scenario\n"
        "from generators.choice.sources import RecordingSource\n"
        "for profile in PROFILES.values():\n"
        "    for seed in range(12):\n"
        "        s = scenario(RecordingSource(seed), profile)\n"
        "        parts = (s.policies_text(), s.policies_json(True), s.schema_text(), s.schema_json(),\n"
        "                 s.entities_text(), s.request_texts(), s.expressions(), s.links)\n"
        "        print(hashlib.sha256(repr(parts).encode()).hexdigest())\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("0", "1", "777")
    }
    assert len(outputs) == 1
    assert len(set(outputs.pop().split())) > 10 * len(PROFILES)


def _reproduced(choices: list[int | bool], profile_name: str) -> list[Scenario]:
    """What Hypothesis draws when asked to reproduce these choices."""
    seen: list[Scenario] = []

    @settings(database=None, phases=[Phase.explicit, Phase.reuse, Phase.generate], print_blob=False)
    @reproduce_failure(*reproduction(choices))
    @given(drawn_by(lambda source: scenario(source, PROFILES[profile_name])))
    def property_test(drawn: Scenario) -> None:
        seen.append(drawn)
        raise LookupError

    with pytest.raises(LookupError):
        property_test()
    return seen


@pytest.mark.parametrize("profile", ["typed", "untyped", "templates"])
def test_recorded_choices_reproduce_in_hypothesis(profile: str) -> None:
    for random_seed in (0, 5, 9):
        recorded = RecordingSource(random_seed)
        first = scenario(recorded, PROFILES[profile])
        assert set(_reproduced(recorded.choices, profile)) == {first}


@settings(max_examples=30, database=None, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn_by(lambda source: (scenario(source, UNTYPED), tuple(source.choices))))
def test_choices_found_by_hypothesis_replay(found: tuple[Scenario, tuple[int | bool, ...]]) -> None:
    drawn, choices = found
    assert scenario(ReplaySource(choices), UNTYPED) == drawn


def test_choices_number_below_the_entropy_hypothesis_allows() -> None:
    """A case too big for Hypothesis would be thrown away there (8 KiB); one choice takes some bytes."""
    sizes = []
    for random_seed in range(100):
        source = RecordingSource(random_seed)
        scenario(source, TYPED)
        sizes.append(len(source.choices))
    assert sum(sizes) / len(sizes) < 1000


def test_cases_that_share_get_the_same_thing_and_replay_without_sharing() -> None:
    def shared_part(source: Source) -> list[int]:
        return source.shared("part", lambda own: [own.integer(0, 10**6), int(own.boolean())])

    def whole(source: Source) -> tuple[int, list[int], int]:
        return source.integer(0, 99), shared_part(source), source.integer(0, 99)

    one, other = RecordingSource(1, shared_seed=5), RecordingSource(2, shared_seed=5)
    first, second = whole(one), whole(other)
    assert first[1] is second[1]
    assert first[0] != second[0] or first[2] != second[2]
    assert whole(ReplaySource(one.choices)) == first
    assert whole(ReplaySource(other.choices)) == second
    assert whole(RecordingSource(1, shared_seed=6))[1] != first[1]
    for number in range(MOST_SHARED + 1):
        shared_part(RecordingSource(0, shared_seed=100 + number))
    assert whole(RecordingSource(1, shared_seed=5)) == first


def test_an_earlier_case_is_drawn_again_from_its_own_choices() -> None:
    before = [7, True, 3]
    source = RecordingSource(4, [before])
    again = source.earlier()
    assert [again.integer(0, 9), again.boolean(), again.integer(0, 9)] == before
    after = source.integer(0, 99)
    assert source.choices == [*before, after]
    assert RecordingSource(4).earlier().integer(0, 9) == RecordingSource(4).integer(0, 9)
