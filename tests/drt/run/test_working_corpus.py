"""The working corpus: what reached something new is kept, bounded, and the same again after any interruption."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from drt.coverage.observation import observe
from drt.engines import build
from drt.engines.deadline import Alarm
from drt.engines.guard import Guarded
from drt.report.terminal.progress import Quiet
from drt.run.coordinator import start
from drt.run.observer import CoverageObserver
from drt.run.options import RunOptions
from drt.run.records import WorkerState
from drt.run.statistics import Counts
from drt.run.working_corpus import MOST_CHOICES, MOST_KEPT, WorkingCorpus, kept_before, reached_in
from drt.targets.partitions import Lanes, lanes_of
from drt.targets.schedule import Schedule, case_random_seed, shared_random_seed
from drt.targets.table import TARGETS
from generators.choice.sources import RecordingSource, ReplaySource

ONE = Lanes((0,), 1)


def test_only_what_is_new_is_kept(tmp_path: Path) -> None:
    corpus = WorkingCorpus(tmp_path / "w.kept", ONE, {})
    corpus.consider("a", 0, {"x", "y"}, [1, True])
    corpus.consider("a", 1, {"y"}, [2])
    corpus.consider("a", 2, {"y", "z"}, [3])
    corpus.consider("b", 0, {"x"}, [4])
    assert list(corpus.kept("a", 0)) == [(1, True), (3,)]
    assert list(corpus.kept("b", 0)) == [(4,)]
    assert reached_in([tmp_path / "w.kept"]) == {"x", "y", "z"}


def test_every_lane_keeps_for_itself(tmp_path: Path) -> None:
    corpus = WorkingCorpus(tmp_path / "w.kept", Lanes((0, 2), 4), {})
    corpus.consider("a", 0, {"x"}, [1])
    corpus.consider("a", 2, {"x"}, [2])
    corpus.consider("a", 4, {"x"}, [3])
    assert (list(corpus.kept("a", 8)), list(corpus.kept("a", 10))) == ([(1,)], [(2,)])


def test_it_is_bounded(tmp_path: Path) -> None:
    corpus = WorkingCorpus(tmp_path / "w.kept", ONE, {})
    for number in range(MOST_KEPT + 10):
        corpus.consider("a", number, {str(number)}, [number])
    corpus.consider("a", MOST_KEPT + 10, {"long"}, [0] * (MOST_CHOICES + 1))
    kept = corpus.kept("a", 0)
    assert len(kept) == MOST_KEPT
    assert (kept[0], kept[-1]) == ((10,), (MOST_KEPT + 9,))


def test_it_goes_on_as_it_was_before_the_cases_that_follow(tmp_path: Path) -> None:
    path = tmp_path / "w.kept"
    corpus = WorkingCorpus(path, ONE, {})
    for number in range(5):
        corpus.consider("a", number, {str(number)}, [number])
    with path.open("a") as file:
        file.write('{"target": "a", "ind')  # the machine went down
    assert list(kept_before(path, ONE, "a", 3)) == [(0,), (1,), (2,)]
    again = WorkingCorpus(path, ONE, {"a": 3})
    assert list(again.kept("a", 0)) == [(0,), (1,), (2,)]
    again.consider("a", 3, {"3"}, [3])
    again.consider("a", 4, {"3"}, [4])
    assert list(WorkingCorpus(path, ONE, {"a": 9}).kept("a", 0)) == [(0,), (1,), (2,), (3,)]
    assert not list(kept_before(tmp_path / "none.kept", ONE, "a", 3))


@pytest.fixture
def options(tmp_path: Path) -> RunOptions:
    (tmp_path / "corpus").mkdir()
    return RunOptions(
        ("authorize",), ("reference", "production"), 7, str(tmp_path / "corpus"), str(tmp_path / "run"),
        cases=300, jobs=1,
    )  # fmt: skip


def _by_hand(options: RunOptions, path: Path, workers: int = 1) -> dict[int, tuple[str, tuple[Any, ...]]]:
    """The streams and choices of a run's cases by their index, drawn by one worker after the other."""
    target, engines = TARGETS["authorize"], [Guarded(build(name)) for name in options.engines]
    observer = CoverageObserver(engines, Alarm(), 60.0, WorkerState())
    drawn = {}
    for lanes in (lanes_of(worker, workers) for worker in range(workers)):
        working = WorkingCorpus(path, lanes, {})
        schedule = Schedule({"authorize": 1}, lanes, {"authorize": options.cases or 0})
        while (following := schedule.next()) is not None:
            _, index = following
            seed = case_random_seed(options.random_seed, "authorize", index)
            shared = shared_random_seed(options.random_seed, "authorize", index)
            source = RecordingSource(seed, working.kept("authorize", index), shared)
            made = target.make(source)
            drawn[index] = (made.stream, tuple(source.choices))
            assert target.draw(ReplaySource(source.choices)) == made.case
            if target.is_watched(index, seed):
                working.consider("authorize", index, observer.observe(made, Counts()), source.choices)
    return drawn


@pytest.mark.slow
def test_a_run_keeps_and_mutates_the_same_cases_every_time(options: RunOptions, tmp_path: Path) -> None:
    footer = start(options, Quiet()).to_json()
    assert footer["exit_code"] == 0
    file = options.working_corpus(0)
    first = file.read_text()
    drawn = _by_hand(options, tmp_path / "by-hand.kept")
    assert (tmp_path / "by-hand.kept").read_text() == first
    assert footer["pairs"] > 50
    streams = footer["streams"]
    assert {name: streams[name]["cases"] for name in streams} == {
        name: sum(stream == name for stream, _ in drawn.values()) for name in streams
    }
    mutated = {index: choices for index, (stream, choices) in drawn.items() if stream == "mutated"}
    assert any(
        own[1 : 1 + len(base)] == base
        for index, own in mutated.items()
        for base in kept_before(file, options.lanes(0), "authorize", index)
    )
    shutil.rmtree(options.place)
    start(options, Quiet())
    assert file.read_text() == first
    state = json.loads((options.place / "worker-0.state.json").read_text())
    assert state is not None
    assert state["done"]


@pytest.mark.slow
def test_the_cases_are_the_same_whatever_the_number_of_workers(options: RunOptions, tmp_path: Path) -> None:
    def run(jobs: int) -> tuple[dict[str, Any], set[str]]:
        several = replace(options, jobs=jobs, folder=str(tmp_path / f"jobs-{jobs}"))
        footer = start(several, Quiet()).to_json()
        kept = {
            line for worker in range(jobs) for line in several.working_corpus(worker).read_text().splitlines()
        }
        return {name: footer[name] for name in ("cases", "decisions", "streams", "pairs")}, kept

    assert run(1) == run(3)


@pytest.mark.slow
def test_a_working_corpus_that_lanes_share_is_seen(
    options: RunOptions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The defect: what is kept in one lane is mutated in the worker's other lanes too."""
    assert _by_hand(options, tmp_path / "1.kept", 1) == _by_hand(options, tmp_path / "3.kept", 3)
    monkeypatch.setattr(Lanes, "of", lambda *_: 0)
    assert _by_hand(options, tmp_path / "1.bad", 1) != _by_hand(options, tmp_path / "3.bad", 3)


def test_pairs_join_an_operand_and_the_form_around_it() -> None:
    case = TARGETS["evaluate"].draw(RecordingSource(3))
    reached = observe(case)
    assert reached.crosses
    assert all(below in reached.bins and above in reached.bins for below, above in reached.crosses)


def test_a_line_that_was_cut_off_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "w.kept"
    WorkingCorpus(path, ONE, {}).consider("a", 0, {"x"}, [1])
    with path.open("a") as file:
        file.write('{"target": "a", "ind')
    WorkingCorpus(path, ONE, {"a": 1}).consider("a", 1, {"y"}, [2])

    assert list(kept_before(path, ONE, "a", 9)) == [(1,), (2,)]
