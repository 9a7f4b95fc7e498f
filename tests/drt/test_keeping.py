"""The working corpus: what reached something new is kept, bounded, and the same again after any interruption."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from drt.alarm import Alarm
from drt.engines import build
from drt.engines.guard import Guarded
from drt.engines.reference_features import reached_by
from drt.fuzz import start
from drt.keeping import MOST_CHOICES, MOST_KEPT, WorkingCorpus, kept_before, reached_in
from drt.run_log import read_json
from drt.run_options import RunOptions
from drt.schedule import case_random_seed, shared_random_seed
from drt.statistics import Counts
from drt.targets import TARGETS
from drt.views.progress import Quiet
from drt.watching import Watcher
from generators.source import RecordingSource, ReplaySource


def test_only_what_is_new_is_kept(tmp_path: Path) -> None:
    corpus = WorkingCorpus(tmp_path / "w.kept", {})
    corpus.consider("a", 0, {"x", "y"}, [1, True])
    corpus.consider("a", 1, {"y"}, [2])
    corpus.consider("a", 2, {"y", "z"}, [3])
    corpus.consider("b", 0, {"x"}, [4])
    assert list(corpus.kept("a")) == [(1, True), (3,)]
    assert list(corpus.kept("b")) == [(4,)]
    assert reached_in([tmp_path / "w.kept"]) == {"x", "y", "z"}


def test_it_is_bounded(tmp_path: Path) -> None:
    corpus = WorkingCorpus(tmp_path / "w.kept", {})
    for number in range(MOST_KEPT + 10):
        corpus.consider("a", number, {str(number)}, [number])
    corpus.consider("a", MOST_KEPT + 10, {"long"}, [0] * (MOST_CHOICES + 1))
    kept = corpus.kept("a")
    assert len(kept) == MOST_KEPT
    assert (kept[0], kept[-1]) == ((10,), (MOST_KEPT + 9,))


def test_it_goes_on_as_it_was_before_the_cases_that_follow(tmp_path: Path) -> None:
    path = tmp_path / "w.kept"
    corpus = WorkingCorpus(path, {})
    for number in range(5):
        corpus.consider("a", number, {str(number)}, [number])
    with path.open("a") as file:
        file.write('{"target": "a", "ind')  # the machine went down
    assert list(kept_before(path, "a", 3)) == [(0,), (1,), (2,)]
    again = WorkingCorpus(path, {"a": 3})
    assert list(again.kept("a")) == [(0,), (1,), (2,)]
    again.consider("a", 3, {"3"}, [3])
    again.consider("a", 4, {"3"}, [4])
    assert list(WorkingCorpus(path, {"a": 9}).kept("a")) == [(0,), (1,), (2,), (3,)]
    assert not list(kept_before(tmp_path / "none.kept", "a", 3))


@pytest.fixture
def options(tmp_path: Path) -> RunOptions:
    (tmp_path / "corpus").mkdir()
    return RunOptions(
        ("authorize",), ("reference", "production"), 7, str(tmp_path / "corpus"), str(tmp_path / "run"),
        cases=300, jobs=1,
    )  # fmt: skip


def _by_hand(options: RunOptions, path: Path) -> list[tuple[str, tuple[Any, ...]]]:
    """The streams and choices of a run's cases, drawn one after the other."""
    target, engines = TARGETS["authorize"], [Guarded(build(name)) for name in options.engines]
    watcher = Watcher(engines, Alarm(), 60.0, {})
    working = WorkingCorpus(path, {})
    drawn = []
    assert options.cases is not None
    for index in range(options.cases):
        seed = case_random_seed(options.random_seed, "authorize", index)
        shared = shared_random_seed(options.random_seed, "authorize", index)
        source = RecordingSource(seed, working.kept("authorize"), shared)
        made = target.make(source)
        drawn.append((made.stream, tuple(source.choices)))
        assert target.draw(ReplaySource(source.choices)) == made.case
        if seed % target.watched == 0:
            working.consider("authorize", index, watcher.look(made, Counts()), source.choices)
    return drawn


def test_a_run_keeps_and_mutates_the_same_cases_every_time(options: RunOptions, tmp_path: Path) -> None:
    footer = start(options, Quiet())
    assert footer["exit_code"] == 0
    file = options.working_corpus(0)
    first = file.read_text()
    drawn = _by_hand(options, tmp_path / "by-hand.kept")
    assert (tmp_path / "by-hand.kept").read_text() == first
    assert footer["pairs"] > 50
    streams = footer["streams"]
    assert {name: streams[name]["cases"] for name in streams} == {
        name: sum(stream == name for stream, _ in drawn) for name in streams
    }
    kept = list(kept_before(file, "authorize", 300))
    mutated = [choices for stream, choices in drawn if stream == "mutated"]
    assert any(own[1 : 1 + len(base)] == base for own in mutated for base in kept)
    shutil.rmtree(options.place)
    start(options, Quiet())
    assert file.read_text() == first
    state = read_json(options.place / "worker-0.state.json")
    assert state is not None
    assert state["done"]


def test_pairs_join_an_operand_and_the_form_around_it() -> None:
    case = TARGETS["evaluate"].draw(RecordingSource(3))
    reached = reached_by(case)
    assert reached.pairs
    assert all(below in reached.cells and above in reached.cells for below, above in reached.pairs)


def test_a_line_that_was_cut_off_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "w.kept"
    WorkingCorpus(path, {}).consider("a", 0, {"x"}, [1])
    with path.open("a") as file:
        file.write('{"target": "a", "ind')
    WorkingCorpus(path, {"a": 1}).consider("a", 1, {"y"}, [2])

    assert list(kept_before(path, "a", 9)) == [(1,), (2,)]
