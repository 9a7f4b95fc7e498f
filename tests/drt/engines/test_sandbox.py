"""Whatever an engine starts inside a process of ours is counted, and ended with it."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from drt.engines import keeper, sandbox
from drt.engines.sandbox import HANG, MEMORY, Completed, NotStarted, ProcessDied, in_child, resident_bytes
from tests.drt.engines.toy_process import spawn

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has subreapers")


@pytest.fixture
def spawned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "spawned"
    path.touch()
    monkeypatch.setenv("TOY_SPAWNED", str(path))
    return path


def left_of(spawned: Path) -> list[int]:
    """Which of the six processes are alive."""
    processes = [int(line) for line in spawned.read_text().splitlines()]
    assert len(processes) == 6
    return [one for one in processes if Path(f"/proc/{one}").exists()]


def sleep() -> None:
    time.sleep(3600)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("then", "expected"),
    [
        (lambda: 7, Completed(7)),
        (lambda: os._exit(3), ProcessDied("exit 3")),
        (sleep, ProcessDied(HANG)),
        (os.abort, ProcessDied("SIGABRT")),
    ],
    ids=["answers", "exits", "hangs", "aborts"],
)
def test_what_an_engine_starts_ends_with_the_child(
    spawned: Path, then: Callable[[], object], expected: object
) -> None:
    def question(_engines: object) -> object:
        spawn(sleep)
        return then()

    assert in_child(question, (), 3.0) == expected
    assert left_of(spawned) == []


@pytest.mark.parametrize(
    ("start", "why"), [("raise OSError('gone')", "OSError: gone"), ("import os; os._exit(5)", "exit 5")]
)
def test_an_engine_that_does_not_start_is_named(tmp_path: Path, start: str, why: str) -> None:
    (tmp_path / "gone.py").write_text(start)
    name = f"{tmp_path}/gone.py:Gone"

    died = in_child(len, ("reference", name), 30.0)

    assert isinstance(died, NotStarted)
    assert (died.engine, died.named) == ("", name)
    assert died.reason == f"the engine {name!r} cannot be started: {why}"


def test_memory_of_what_an_engine_starts_is_counted(spawned: Path) -> None:
    def question(_engines: object) -> None:
        spawn(eat)
        sleep()

    assert in_child(question, (), 60.0, memory=200) == ProcessDied(MEMORY)
    assert left_of(spawned) == []


def eat() -> None:
    hoard = []
    for _ in range(5):  # no process alone exceeds its limit
        hoard.append(bytearray(10_000_000))
    sleep()


def test_children_of_other_threads_are_left_alone() -> None:
    answers: list[object] = []

    def ask(seconds: float) -> None:
        answers.append(in_child(lambda _engines: time.sleep(seconds) or seconds, (), 30.0))

    threads = [threading.Thread(target=ask, args=(seconds,)) for seconds in (0.1, 0.5, 1.0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [Completed(0.1), Completed(0.5), Completed(1.0)]


def test_what_an_engine_starts_counts_as_held() -> None:
    before = resident_bytes()
    reading, writing = os.pipe()
    forked = os.fork()
    if forked == 0:
        hoard = bytearray(os.urandom(1)) * 50_000_000
        os.write(writing, hoard[:1])
        time.sleep(3600)
    os.read(reading, 1)

    held = resident_bytes()
    os.kill(forked, 9)
    os.waitpid(forked, 0)

    assert held - before > 40_000_000
    assert resident_bytes() - before < 40_000_000


def test_an_answer_written_between_the_last_look_and_the_end_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    ended = os.fork()
    if ended == 0:
        os._exit(0)
    looks = iter([([], [], [])])
    select = sandbox.select.select
    monkeypatch.setattr(sandbox.select, "select", lambda *of: next(looks, None) or select(*of))
    os.write(writing, b"%d\nanswer" % ended)
    output = sandbox._Output(ended, reading, 1 << 30)
    os.waitid(os.P_PID, ended, os.WEXITED | os.WNOWAIT)

    assert output.read_all(5) == ""
    assert bytes(output.received) == b"answer"
    output.close()
    os.close(writing)
    os.waitpid(ended, 0)


def test_a_keeper_goes_on_while_any_process_is_left_to_wait_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of processes taken while they fork may lack one that lives."""
    children, looks = keeper.children, iter(range(2))
    monkeypatch.setattr(keeper, "children", lambda of: children(of) if next(looks, None) is None else [])
    ended = os.fork()
    if ended == 0:
        left = os.fork()
        if left == 0:
            time.sleep(3600)
        keeper._end_engine()
        try:
            os.kill(left, signal.SIGKILL)
        except ProcessLookupError:
            os._exit(0)
        os._exit(1)

    assert os.waitstatus_to_exitcode(os.waitpid(ended, 0)[1]) == 0
