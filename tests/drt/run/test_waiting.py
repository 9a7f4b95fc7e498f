"""Finds that wait to be pursued survive the end of their worker."""

from __future__ import annotations

import faulthandler
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from drt.diagnosis.hints import pursuit_key
from drt.engines import build
from drt.engines.base import BaseEngine
from drt.engines.deadline import Alarm
from drt.engines.guard import Guarded
from drt.model.case import Case, Source
from drt.model.engine import NotLoaded, Session
from drt.model.outcome import Rejected
from drt.model.records import from_json, to_json
from drt.oracles.agreement import engines_agree
from drt.run import journal
from drt.run.find import finds_of, number_of
from drt.run.findings import Finder
from drt.run.log import LogWriter
from drt.run.options import RunOptions
from drt.run.records import WorkerState
from drt.run.reduction_locks import ReductionLocks
from drt.run.statistics import Counts
from drt.run.waiting import queue_again, waiting_finds
from drt.run.worker import Worker
from drt.targets.table import TARGETS

REFERENCE = Guarded(build("reference"))
CASE = Case(Source("permit(principal, action, resource) unless { false };"))


class TakesNoUnless(BaseEngine):
    """The reference, which refuses policies with `unless`."""

    name = "mine"
    version = "0"

    def load(self, case: Case) -> Session | NotLoaded:
        return Rejected("policies") if "unless" in case.policies.text else REFERENCE.load(case)


def finder(folder: Path) -> Finder:
    folder.mkdir()
    options = RunOptions(("authorize",), ("reference",), 1, str(folder / "corpus"), str(folder))
    locks = ReductionLocks(folder / "claims", {})
    return Finder.of(options, locks, LogWriter(folder / "log.jsonl"), Alarm(), lambda: False, None)


def test_what_waits_is_queued_again_by_the_next_worker(tmp_path: Path) -> None:
    engines = [REFERENCE, Guarded(TakesNoUnless())]
    killed, after = finder(tmp_path / "killed"), finder(tmp_path / "after")
    checked = engines_agree(CASE, engines)
    [find] = finds_of("authorize", engines_agree, CASE, checked, engines, {"index": 7})
    key = pursuit_key(find.divergence)
    killed.queue.add(key, number_of(find, key), find)
    state = from_json(to_json(WorkerState(waiting=waiting_finds(killed))), WorkerState)

    queue_again(after, state.waiting, TARGETS, engines)
    assert [(one.key, one.number) for one in after.queue.waiting] == [(key, number_of(find, key))]
    assert after.queue.waiting[0].find.case == CASE

    mended = finder(tmp_path / "mended")
    queue_again(mended, state.waiting, TARGETS, [REFERENCE, REFERENCE])
    assert mended.queue.waiting == []


@pytest.mark.parametrize(("cases", "pauses"), [(3, None), (1_000_000, 0.0)])
def test_a_worker_that_pursues_what_waited_is_not_at_a_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cases: int, pauses: float | None
) -> None:
    phases = []

    def pursue(_: Finder, counts: Mapping[str, Counts], *, all_of_them: bool = False) -> None:
        phases.append((all_of_them, journal.read(tmp_path / "worker-0.page").phase))

    monkeypatch.setattr(Finder, "pursue_waiting", pursue)
    # A worker whose parent is gone ends its process after some minutes, and here that is pytest's.
    monkeypatch.setattr(faulthandler, "is_enabled", lambda: False)
    options = RunOptions(
        ("authorize",),
        ("reference", "production"),
        1,
        str(tmp_path / "corpus"),
        str(tmp_path),
        cases=cases,
        memory=1 << 20,
    )
    Worker(options, 0, os.getppid(), None, pauses, ()).run()
    assert set(phases) == {(False, journal.IDLE), (True, journal.IDLE)}
