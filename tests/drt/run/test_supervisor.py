"""The supervisor of workers: a case that hangs, and a machine that stood still."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from drt.engines.processes import start_logged
from drt.engines.sandbox import HANG
from drt.run import journal
from drt.run.options import RunOptions
from drt.run.supervisor import STILL_SECONDS, Fleet, _Worker

LONG = 1000.0


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    """One worker that has been asking engines about one case for a long time."""
    options = RunOptions(
        ("toy",), ("toy",), 1, corpus=str(tmp_path), folder=str(tmp_path), jobs=1, deadline=1.0
    )
    fleet = Fleet(options, None, numbers=())
    fleet._workers.append(_Worker(0, start_logged(["sleep", "1000"], tmp_path / "worker-0.err", {})))
    page = journal.Journal(tmp_path / "worker-0.page")
    page.write(journal.ASKING, 0, 3, time.monotonic() - LONG, 70, 200, 1)
    fleet.watch()
    yield fleet
    fleet.kill()


def test_a_case_that_takes_too_long_is_a_hang(fleet: Fleet) -> None:
    fleet.watch()
    assert fleet._workers[0].hung


def test_a_machine_that_stood_still_is_no_hang(fleet: Fleet) -> None:
    fleet._looked -= LONG + STILL_SECONDS
    fleet.watch()
    fleet.watch()
    assert not fleet._workers[0].hung


def test_a_worker_that_starts_again_has_the_totals_that_it_had(fleet: Fleet, tmp_path: Path) -> None:
    assert fleet.totals() == (70, 200, 1)
    (tmp_path / "worker-0.page").unlink()
    assert fleet.totals() == (70, 200, 1)


@pytest.mark.parametrize(
    ("phase", "late"), [(journal.ASKING, True), (journal.PURSUING, True), (journal.IDLE, False)]
)
def test_a_worker_that_cannot_end_in_time_is_a_crash_at_its_case(
    fleet: Fleet, tmp_path: Path, phase: int, late: bool
) -> None:
    page = journal.Journal(tmp_path / "worker-0.page")
    page.write(phase, 0, 3, time.monotonic() - LONG, 70, 200, 1)
    found = [(death.target, death.index, death.cause, death.suspect) for death in fleet.overdue()]
    assert found == ([("toy", 3, HANG, False)] if late else [])
    page.write(phase, 0, 4, time.monotonic(), 70, 200, 1)
    assert fleet.overdue() == []
