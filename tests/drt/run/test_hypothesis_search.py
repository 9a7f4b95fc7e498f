"""Hypothesis as the second driver: it draws for a share of the time, and takes over every find."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from drt.cli.run import hypothesis_share
from drt.corpus.store import Corpus
from drt.model.case import Case
from drt.model.case_directory import read_case
from drt.model.divergence import Divergence
from drt.reduce.order import weight
from drt.report.terminal.progress import Quiet
from drt.run.coordinator import start
from drt.run.crash_examiner import death
from drt.run.find import Find, choices_of, origin_of
from drt.run.hypothesis_search import CASES_A_CHUNK, HypothesisSearch, StopSearch, asked_file, last_asked
from drt.run.log import LogReader, LogWriter
from drt.run.options import HYPOTHESIS, RunOptions
from drt.run.records import CrashJob, Found, SearchState
from drt.run.second_opinion import simpler_by_shrinking
from drt.run.statistics import Counts
from drt.targets.cases import Drawn, reproduction
from drt.targets.table import TARGETS
from generators.choice.hypothesis_source import drawn_by, reproduce_failure, shrink
from generators.choice.sources import RecordingSource, ReplaySource
from tests.drt import toys

Judged = list[tuple[str, int, Case, tuple[int | bool, ...]]]


@pytest.fixture
def options(tmp_path: Path) -> RunOptions:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "run").mkdir()
    return RunOptions(
        targets=("toy",),
        engines=("tests.drt.toys:Toy", "tests.drt.toys:Twin"),
        random_seed=7,
        corpus=str(tmp_path / "corpus"),
        folder=str(tmp_path / "run"),
        targets_from="tests.drt.toys:TARGETS",
        hypothesis=0.9,
        deadline=1.0,
    )


def searched(options: RunOptions, chunks: int, skipped: Sequence[tuple[str, int]] = ()) -> Judged:
    found: Judged = []

    def judge(name: str, index: int, drawn: Drawn, choices: Sequence[int | bool]) -> None:
        found.append((name, index, drawn.case, tuple(choices)))

    searching = HypothesisSearch(options, 0, SearchState(), skipped)
    counts = {"toy": Counts()}
    for _ in range(chunks):
        searching.run_chunk(judge, counts)
    assert counts["toy"].seconds["hypothesis"] > 0.0
    return found


def test_a_search_draws_cases_that_their_choices_draw_again(options: RunOptions) -> None:
    found = searched(options, 2)
    assert {index for _, index, _, _ in found} == {HYPOTHESIS, HYPOTHESIS + 1}
    assert len(found) > CASES_A_CHUNK
    for _, _, case, choices in found:
        assert toys.draw(ReplaySource(choices)) == case
    assert len({case for _, _, case, _ in found}) > len(found) / 3


def test_the_same_random_seed_searches_the_same(options: RunOptions) -> None:
    again = searched(options, 2)
    assert again == searched(options, 2)
    assert again != searched(replace(options, random_seed=8), 2)


def test_what_killed_its_asker_is_passed_over(options: RunOptions) -> None:
    assert {index for _, index, _, _ in searched(options, 1, [("toy", HYPOTHESIS)])} == {HYPOTHESIS + 1}


def test_it_gets_its_share_and_no_more(options: RunOptions) -> None:
    assert HypothesisSearch(options, 0, SearchState(), ()).due
    assert not HypothesisSearch(replace(options, hypothesis=0.0), 0, SearchState(), ()).due
    searching = HypothesisSearch(replace(options, hypothesis=0.01), 0, SearchState(), ())
    searching.run_chunk(lambda *_: None, {"toy": Counts()})
    assert not searching.due


def test_a_judge_can_end_it_and_a_death_leaves_the_choices(options: RunOptions) -> None:
    seen: Judged = []

    def judge(name: str, index: int, drawn: Drawn, choices: Sequence[int | bool]) -> None:
        seen.append((name, index, drawn.case, tuple(choices)))
        if len(seen) == 5:
            raise end

    end: BaseException = StopSearch()
    HypothesisSearch(options, 0, SearchState(), ()).run_chunk(judge, {"toy": Counts()})
    assert len(seen) == 5
    assert not asked_file(options, "toy", HYPOTHESIS).exists()
    seen.clear()
    end = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        HypothesisSearch(options, 0, SearchState(), ()).run_chunk(judge, {"toy": Counts()})
    assert toys.draw(ReplaySource(last_asked(options, "toy", HYPOTHESIS))) == seen[-1][2]


@pytest.mark.slow
def test_a_case_of_a_search_that_kills_is_looked_into(options: RunOptions, tmp_path: Path) -> None:
    source = next(
        source
        for random_seed in range(1000)
        if "like" in toys.draw(source := RecordingSource(random_seed)).policies.text
    )
    asked_file(options, "toy", HYPOTHESIS).write_text(json.dumps(source.choices))
    aborting = replace(options, engines=("tests.drt.toys:Toy", "tests.drt.toys:Aborts"))
    job = CrashJob("toy", HYPOTHESIS, "SIGABRT", 20.0)
    death(aborting, job, LogWriter(tmp_path / "examiner.jsonl"))
    stages = [
        event.stage for event in LogReader(tmp_path / "examiner.jsonl").new() if isinstance(event, Found)
    ]
    assert stages == ["saved", "reduced"]
    [place] = Corpus(tmp_path / "corpus").counterexamples()
    assert "case_random_seed" not in read_case(place).origin


@pytest.mark.slow
def test_a_run_gives_hypothesis_its_share_and_hands_finds_over(options: RunOptions) -> None:
    faulty = replace(options, engines=("tests.drt.toys:Toy", "tests.drt.toys:Faulty"), cases=200)
    footer = start(faulty, Quiet()).to_json()
    assert footer["exit_code"] == 1
    assert footer["events"]["hypothesis:cases"] > 0
    assert footer["seconds_by_stage"]["hypothesis"] > 0.0
    [place] = Corpus(Path(options.corpus)).counterexamples()
    origin = read_case(place).origin
    handed = origin["hypothesis"]
    assert isinstance(handed, dict)
    assert isinstance(origin["choices"], str)
    choices = [choice == "t" if choice in ("t", "f") else int(choice) for choice in origin["choices"].split()]
    assert "like" in toys.draw(ReplaySource(choices)).policies.text
    assert reproduction(choices) == handed


@pytest.mark.parametrize("target", ["authorize", "parse-json", "evaluate"])
def test_hypothesis_draws_a_find_of_the_loop_again(target: str) -> None:
    """The very case, by the public decorator, mutation and sharing of schemas included."""
    kept = RecordingSource(1)
    TARGETS["authorize"].draw(kept)
    for random_seed in (3, 4, 5, 6):
        source = RecordingSource(random_seed, [tuple(kept.choices)], shared_seed=9)
        case = TARGETS[target].draw(source)
        handed = reproduction(source.choices)
        seen = []

        @reproduce_failure(handed["version"], handed["blob"].encode())
        @settings(database=None, deadline=None)
        @given(drawn_by(TARGETS[target].draw))
        def find(drawn: Case) -> None:
            seen.append(drawn)  # noqa: B023 (called at once)
            raise AssertionError

        with pytest.raises(AssertionError):
            find()
        assert set(seen) == {case}


def with_like(case: Case) -> bool:
    return "like" in case.policies.text


def drawn_with_like() -> RecordingSource:
    sources = (RecordingSource(random_seed) for random_seed in range(1000))
    return max(
        (source for source in sources if with_like(toys.draw(source))), key=lambda source: len(source.choices)
    )


def test_hypothesis_shrinks_what_it_drew(tmp_path: Path) -> None:
    source = drawn_with_like()
    whole = toys.draw(ReplaySource(source.choices))

    small = shrink(toys.draw, with_like, source.choices, lambda: False, tmp_path)

    assert with_like(small)
    assert len(small.policies.text) < len(whole.policies.text)
    assert shrink(toys.draw, with_like, source.choices, lambda: True, tmp_path) == whole, "no time"


def test_the_simpler_of_both_reductions_counts(tmp_path: Path) -> None:
    source = drawn_with_like()
    case = toys.draw(ReplaySource(source.choices))
    divergence = Divergence("law", "value", "request 0", ())
    origin = origin_of(RunOptions(("toy",), (), 7, "", ""), {}, "toy", HYPOTHESIS, None, source.choices)
    find = Find("toy", TARGETS["authorize"].oracle, case, divergence, (), origin, draw=toys.draw)

    other = simpler_by_shrinking(find, case, with_like, 5.0, tmp_path)

    assert weight(other) < weight(case), "the shrinker's, where our reducer gave up at once"
    assert simpler_by_shrinking(find, other, with_like, 5.0, tmp_path) == other
    assert simpler_by_shrinking(replace(find, draw=None), case, with_like, 5.0, tmp_path) == case


def test_choices_are_read_back_as_they_were() -> None:
    choices = (True, 3, False, -1)
    origin = origin_of(RunOptions(("toy",), (), 7, "", ""), {}, "toy", 1, None, choices)

    found = choices_of(origin)

    assert found == choices
    assert [type(each) for each in found or ()] == [bool, int, bool, int]
    assert choices_of({}) is None


@pytest.mark.parametrize(
    ("share", "cases", "chosen"), [(None, None, 0.1), (None, 5, 0.0), (0.0, None, 0.0), (0.3, 5, 0.3)]
)
def test_a_run_by_the_clock_leaves_hypothesis_a_tenth(
    share: float | None, cases: int | None, chosen: float
) -> None:
    assert hypothesis_share(share, cases) == chosen
