"""Runs that are killed, parents and workers: resumed with nothing lost, nothing twice, nothing half written."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace as changed

from drt.corpus.store import Corpus
from drt.engines.orphaned_workers import end_leftovers, leftovers
from drt.model.case_directory import read_case
from drt.model.errors import InputProblem
from drt.model.records import to_json
from drt.report.terminal.progress import Quiet
from drt.run.coordinator import resume, start
from drt.run.log import LogReader, LogWriter, held, make_folder, replace_json, worker_states
from drt.run.options import RunOptions
from drt.run.records import Death, Resumed
from drt.targets.schedule import case_random_seed
from generators.choice.sources import RecordingSource

REPOSITORY = Path(__file__).resolve().parents[3]
PROGRAM = """
import json, sys
from pathlib import Path
from drt.model.records import from_json
from drt.run.coordinator import resume, start
from drt.run.options import RunOptions
from drt.report.terminal.progress import Quiet
options = from_json(json.loads(sys.argv[1]), RunOptions)
started = (options.place / "options.json").exists()
sys.exit((resume(options.place, Quiet()) if started else start(options, Quiet())).exit_code)
"""
KILLS = int(os.environ.get("DRT_TEST_KILLS", "5"))
CASES = 4_000 * KILLS


@pytest.fixture
def options(tmp_path: Path) -> RunOptions:
    (tmp_path / "corpus").mkdir()
    return RunOptions(
        targets=("toy", "toy-two"),
        engines=("tests.drt.toys:Toy", "tests.drt.toys:Faulty"),
        random_seed=7,
        corpus=str(tmp_path / "corpus"),
        folder=str(tmp_path / "run"),
        cases=CASES,
        jobs=2,
        deadline=0.5,
        targets_from="tests.drt.toys:TARGETS",
    )


class Parent:
    """The parent of a run, in a process of its own: begun again as often as it is killed."""

    def __init__(self, options: RunOptions) -> None:
        self.options = options
        self.begin()

    def begin(self) -> None:
        words = [sys.executable, "-c", PROGRAM, json.dumps(to_json(self.options))]
        self.process = subprocess.Popen(words, cwd=REPOSITORY)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    @property
    def is_over(self) -> bool:
        return self.process.poll() is not None


@pytest.fixture
def parent(options: RunOptions) -> Iterator[Parent]:
    parent = Parent(options)
    yield parent
    parent.kill()
    end_leftovers(options.place, patience=1.0)


def cases_done(options: RunOptions) -> int:
    states = worker_states(options.place)
    return sum(target.counts.cases for state in states for target in state.targets.values())


def until(condition: Any, seconds: float = 120.0) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.01)


@pytest.mark.slow
def test_whoever_is_killed_at_whatever_moment_nothing_is_lost_and_nothing_counted_twice(
    options: RunOptions, parent: Parent, tmp_path: Path
) -> None:
    generator = random.Random(KILLS)
    moments = sorted(generator.randrange(CASES * 4 // 5) for _ in range(KILLS))
    killed = {"worker": 0, "parent": 0}
    for moment in moments:
        until(lambda moment=moment: cases_done(options) >= moment or parent.is_over)
        time.sleep(generator.uniform(0.0, 0.2))
        if parent.is_over:
            break
        victims = [pid for pid in leftovers(options.place) if pid != parent.process.pid]
        if victims and generator.random() < 0.5:
            os.kill(generator.choice(victims), signal.SIGKILL)
            killed["worker"] += 1
        else:
            parent.kill()
            killed["parent"] += 1
            parent.begin()
    exit_code = parent.process.wait(240)
    (tmp_path / "quiet-corpus").mkdir()
    quiet = replace(options, corpus=str(tmp_path / "quiet-corpus"), folder=str(tmp_path / "quiet"))
    undisturbed = start(quiet, Quiet()).to_json()
    footer = json.loads((options.place / "run.json").read_text())

    assert sum(killed.values()) >= KILLS - 2
    assert killed["parent"] > 0
    assert exit_code == undisturbed["exit_code"] == 1
    assert footer["passed_over"] == []
    assert footer["cases"] == CASES
    for name in ("decisions", "comparisons", "divergences", "events"):
        assert footer[name] == undisturbed[name], name
    found = [{one["signature"]: one["solid"] for one in run["findings"]} for run in (footer, undisturbed)]
    assert found[0] == found[1]
    assert set(found[0].values()) == {True}
    assert [place.name for place in Corpus(Path(options.corpus)).counterexamples()] == [
        place.name for place in Corpus(tmp_path / "quiet-corpus").counterexamples()
    ]
    for finding in footer["findings"]:
        assert read_case(Path(finding["path"])).status == "open"
    for path in options.place.rglob("*.json*"):
        for document in path.read_text().splitlines() if path.suffix == ".jsonl" else [path.read_text()]:
            assert isinstance(json.loads(document), dict), path


def test_a_run_is_resumed_though_a_worker_of_it_hangs(options: RunOptions, tmp_path: Path) -> None:
    """Its parent gone, a worker ends after its case; one that is stuck in it is ended."""
    folder = options.place
    folder.mkdir()
    ignoring = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(600)"
    words = [sys.executable, "-c", ignoring, "drt.run.worker", str(folder), "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, process_group=0) as stuck:
        assert stuck.stdout is not None
        stuck.stdout.read(1)
        assert leftovers(folder) == [stuck.pid]
        assert leftovers(tmp_path / "ru") == []
        end_leftovers(folder, patience=0.1)

    assert stuck.returncode == -signal.SIGKILL
    end_leftovers(folder)


def test_no_two_runs_share_a_folder(options: RunOptions) -> None:
    folder = make_folder(options.place)
    with held(folder):
        for attempt in (lambda: start(options, Quiet()), lambda: resume(folder, Quiet())):
            replace_json(folder / "options.json", options)
            with pytest.raises(InputProblem, match="the run is still going on"):
                attempt()
    with held(folder):
        assert not list(folder.glob("earlier-*")), "nothing was moved away"


@pytest.mark.slow
def test_a_death_that_nobody_had_looked_into_is_looked_into_when_a_run_is_resumed(
    options: RunOptions,
) -> None:
    settings = replace(options, engines=("tests.drt.toys:Toy", "tests.drt.toys:Aborts"), cases=0)
    folder = make_folder(settings.place)
    replace_json(folder / "options.json", settings)
    log = LogWriter(folder / "run.jsonl")
    table = settings.table()["toy"]
    deadly = next(
        index
        for index in range(1000)
        if "like" in table.draw(RecordingSource(case_random_seed(7, "toy", index))).policies.text
    )
    death = Death(worker=0, target="toy", index=deadly, cause="SIGABRT", phase=1, suspect=True)
    log.write(death)
    log.write(changed(death, index=5, cause="SIGKILL", suspect=False))
    footer = resume(folder, Quiet()).to_json()

    assert footer["deaths"] == 2
    [finding] = footer["findings"]
    assert finding["signature"].startswith("crash: twin SIGABRT")
    assert read_case(Path(finding["path"])).case.policies.text == "like"


def test_a_line_that_was_cut_off_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('{"event": "resumed", "elapsed": 1}\n{"event": "sec')
    LogWriter(path).write(Resumed(elapsed=3.0))
    LogWriter(path).write(Resumed(elapsed=4.0))

    read = [event.elapsed for event in LogReader(path).new() if isinstance(event, Resumed)]
    assert read == [1.0, 3.0, 4.0]
