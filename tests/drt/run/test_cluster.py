"""Runs on a cluster of Dask whose machines and scheduler die: nothing lost, nothing twice, the same cases."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from drt.corpus.store import Corpus
from drt.model.errors import InputProblem
from drt.model.records import to_json
from drt.report.terminal.progress import Quiet
from drt.run.cluster import ClusterFleet
from drt.run.coordinator import start
from drt.run.log import worker_states
from drt.run.options import RunOptions

pytest.importorskip("distributed", reason="the extra `fleet` is not installed")

REPOSITORY = Path(__file__).resolve().parents[3]
CASES = 3_000
PROGRAM = """
import json, sys
from drt.model.records import from_json
from drt.run import cluster
from drt.run.coordinator import resume, start
from drt.run.options import RunOptions
from drt.report.terminal.progress import Quiet
cluster.FIRST_SECONDS, cluster.MOST_SECONDS = 1.0, 3.0
if __name__ == "__main__":
    options = from_json(json.loads(sys.argv[1]), RunOptions)
    begun = (options.place / "options.json").exists()
    sys.exit((resume(options.place, Quiet()) if begun else start(options, Quiet())).exit_code)
"""

Process = subprocess.Popen[bytes]


@pytest.fixture
def options(tmp_path: Path) -> RunOptions:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "program.py").write_text(PROGRAM)
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
        cluster="local:2",
    )


@pytest.fixture
def started() -> Iterator[Any]:
    """Start programs; end them, and what they have started, after the test."""
    running: list[Process] = []

    def begin(*words: object) -> Process:
        environment = {
            **os.environ,
            "PYTHONPATH": str(REPOSITORY),
            "DASK_DISTRIBUTED__ADMIN__LOG_LENGTH": "0",
        }
        command = [sys.executable, *map(str, words)]
        running.append(
            subprocess.Popen(
                command,
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                process_group=0,
            )
        )
        return running[-1]

    yield begin
    for process in running:
        end(process)


def end(process: Process) -> None:
    """Kill a program with all that it has started."""
    if process.poll() is None:
        below = psutil.Process(process.pid).children(recursive=True)
        for one in (psutil.Process(process.pid), *below):
            one.kill()
        process.wait()


def begun(options: RunOptions, started: Any) -> Process:
    program = Path(options.folder).parent / "program.py"
    process: Process = started(program, json.dumps(to_json(options)))
    return process


def machines(process: Process) -> list[int]:
    """The processes of Dask's workers below a program in which a share is being worked on."""
    below = psutil.Process(process.pid).children(recursive=True)
    found = set()
    for one in below:
        with contextlib.suppress(psutil.NoSuchProcess):  # it has just ended
            if "drt.run.share" in one.cmdline():
                found.add(one.ppid())
    return sorted(found)


def cases_done(options: RunOptions) -> int:
    states = worker_states(options.place)
    return sum(target.counts.cases for state in states for target in state.targets.values())


def until(condition: Any, seconds: float = 120.0) -> Any:
    ends = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.05)
    return found


def undisturbed(options: RunOptions, folder: Path) -> dict[str, Any]:
    """The same run on one machine."""
    (folder / "quiet-corpus").mkdir()
    quiet = replace(options, corpus=str(folder / "quiet-corpus"), folder=str(folder / "quiet"), cluster=None)
    document: dict[str, Any] = start(quiet, Quiet()).to_json()
    return document


def assert_same(options: RunOptions, quiet: dict[str, Any]) -> None:
    footer = json.loads((options.place / "run.json").read_text())
    assert footer["cases"] == quiet["cases"] == options.cases
    for name in ("decisions", "comparisons", "divergences", "events", "exit_code"):
        assert footer[name] == quiet[name], name
    found = [{one["signature"]: one["solid"] for one in run["findings"]} for run in (footer, quiet)]
    assert found[0] == found[1]
    assert found[0]
    names = [path.name for path in Corpus(options.place.parent / "quiet-corpus").counterexamples()]
    assert [path.name for path in Corpus(Path(options.corpus)).counterexamples()] == names
    assert all(Path(one["path"]).is_dir() for one in footer["findings"])


@pytest.mark.slow
def test_workers_and_the_run_itself_are_killed_and_nothing_is_lost_or_counted_twice(
    options: RunOptions, started: Any, tmp_path: Path
) -> None:
    generator = random.Random(5)
    run = begun(options, started)
    for share_of_cases in (0.0, 0.3):
        until(lambda least=share_of_cases * CASES: cases_done(options) > least or run.poll() is not None)
        victims = until(lambda: run.poll() is not None or machines(run))
        assert victims is not True, "the run was over before anything was killed"
        os.kill(generator.choice(victims), signal.SIGKILL)
    until(lambda: cases_done(options) > 0.5 * CASES)
    assert run.poll() is None
    end(run)
    run = begun(options, started)
    run.wait(240)

    assert_same(options, undisturbed(options, tmp_path))


@pytest.mark.slow
def test_a_scheduler_that_dies_and_comes_back_gets_its_run_again(
    options: RunOptions, started: Any, tmp_path: Path
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    options = replace(options, cluster=address)
    scheduling = (
        "-m",
        "distributed.cli.dask_scheduler",
        "--host",
        "127.0.0.1",
        "--port",
        port,
        "--no-dashboard",
    )
    working = ("-m", "distributed.cli.dask_worker", address, "--nthreads", 1, "--no-dashboard")
    scheduler, worker = started(*scheduling), started(*working)
    run = begun(options, started)
    until(lambda: cases_done(options) > 0 and machines(worker))
    end(scheduler)
    end(worker)
    before = cases_done(options)
    scheduler = started(*scheduling)
    started(*working)
    until(lambda: cases_done(options) > before)
    another = started(*working)  # joins later, and gets its part
    until(lambda: run.poll() is not None or machines(another))
    run.wait(240)

    assert_same(options, undisturbed(options, tmp_path))


def test_progress_is_shown_before_a_task_is_delivered(options: RunOptions) -> None:
    options.place.mkdir()
    fleet = ClusterFleet(replace(options, cases=None, cluster="local:1", jobs=1), ends=time.monotonic() + 60)
    try:
        fleet.watch()
        until(lambda: fleet.totals()[0])
        assert not worker_states(options.place)
    finally:
        fleet.kill()


@pytest.mark.slow
def test_a_local_cluster_grows_while_tasks_wait_and_shrinks_when_none_does(options: RunOptions) -> None:
    (options.place / "claims").mkdir(parents=True)
    fleet = ClusterFleet(replace(options, cases=None, cluster="local:1-2"), ends=time.monotonic() + 15)

    def workers() -> int:
        fleet.watch()
        return fleet.machines

    try:
        assert workers() == 1
        until(lambda: workers() == 2)
        until(lambda: workers() == 1 and fleet.alive == 0)
    finally:
        fleet.kill()


def test_a_scheduler_that_is_not_there_is_one_sentence(options: RunOptions, monkeypatch: Any) -> None:
    monkeypatch.setattr("drt.run.cluster.CONNECTING_SECONDS", 0.2)
    with pytest.raises(InputProblem, match=r"no scheduler answers at 'tcp://127.0.0.1:9'"):
        start(replace(options, cluster="tcp://127.0.0.1:9"), Quiet())
