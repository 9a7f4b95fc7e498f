"""Deadlines count what a process does, and stand still while the machine is busy with others."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from threading import Thread

import pytest

from drt.engines.cpu_time import forget, own_time, waited_by, watch
from drt.engines.deadline import Alarm
from drt.engines.guard import DeadlineExceeded, Meter, deadline
from drt.engines.sandbox import Completed, in_child
from drt.model.outcome import ExceededBudget

CROWD = 4
BUSY = [sys.executable, "-c", "while True: pass"]


@pytest.fixture
def crowd() -> Iterator[int]:
    """A processor on which others are busy, for this process too."""
    before = os.sched_getaffinity(0)
    processor = min(before)
    os.sched_setaffinity(0, {processor})
    others = [subprocess.Popen(BUSY) for _ in range(CROWD)]
    try:
        yield processor
    finally:
        os.sched_setaffinity(0, before)
        for other in others:
            other.kill()
            other.wait()


def work(seconds: float) -> str:
    """Keep a processor busy for so many seconds of its time."""
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass
    return "done"


@pytest.mark.usefixtures("crowd")
def test_own_time_stands_still_while_others_work() -> None:
    began, own = time.monotonic(), own_time()
    work(0.3)
    elapsed, spent = time.monotonic() - began, own_time() - own

    assert elapsed > 0.9, "the machine was busy"
    assert spent < 0.6


@pytest.mark.usefixtures("crowd")
def test_a_forked_process_has_an_account_of_its_own() -> None:
    own_time()

    def has_time_of_its_own(_: object) -> bool:
        began, own = time.monotonic(), own_time()
        work(0.3)
        return own_time() - own < (time.monotonic() - began) * 2 / 3

    assert in_child(has_time_of_its_own, (), 30.0) == Completed(True)


@pytest.mark.usefixtures("crowd")
def test_a_deadline_leaves_an_engine_its_time_on_a_busy_machine() -> None:
    began = time.monotonic()
    with deadline(0.8):
        assert Meter().ask(work, 0.3) == "done"
    assert time.monotonic() - began > 0.8


@pytest.mark.slow
@pytest.mark.usefixtures("crowd")
def test_an_alarm_leaves_an_engine_its_time_on_a_busy_machine() -> None:
    alarm = Alarm()
    alarm.set(0.8)
    try:
        assert Meter().ask(work, 0.3) == "done"
        assert Meter().ask(work, 2.0) == ExceededBudget("time")
    finally:
        alarm.off()


@pytest.mark.slow
@pytest.mark.usefixtures("crowd")
def test_a_child_is_given_its_time_on_a_busy_machine() -> None:
    assert in_child(lambda _: work(0.4), (), 1.2) == Completed("done")


def test_sleep_counts() -> None:
    own = own_time()
    time.sleep(0.2)
    assert own_time() - own > 0.15
    with pytest.raises(DeadlineExceeded), deadline(0.1):
        time.sleep(5.0)


def test_the_waiting_of_a_watched_process_counts(crowd: int) -> None:
    with subprocess.Popen(BUSY) as other:
        watch(other.pid)
        time.sleep(0.5)
        began, waited, own = time.monotonic(), waited_by(other.pid), own_time()
        time.sleep(1.0)
        gained = time.monotonic() - began - (own_time() - own)
        waited = waited_by(other.pid) - waited
        before = own_time()
        forget(other.pid)
        other.kill()
        assert own_time() >= before - 0.5, "nothing is forgotten"
    assert waited > 0.4
    assert gained >= 0.9 * waited


def test_processes_may_be_watched_while_another_thread_reads_the_clock() -> None:
    def watch_and_forget() -> None:
        for process in range(1, 400):
            watch(process)
        for process in range(1, 400):
            forget(process)

    watcher = Thread(target=watch_and_forget)
    watcher.start()
    while watcher.is_alive():
        own_time()
    watcher.join()


def test_a_harness_that_is_stuck_gives_no_answer_and_one_that_is_not_gives_its_own() -> None:
    def never() -> int:
        while True:
            pass

    alarm = Alarm()
    assert alarm.within(0.05, never) is None
    assert alarm.within(5.0, lambda: 7) == 7
