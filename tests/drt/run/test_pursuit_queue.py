"""The order in which a worker pursues what waits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from drt.engines import build
from drt.engines.guard import Guarded
from drt.model.case import Case, Source
from drt.model.divergence import Divergence
from drt.model.divergence_json import DivergenceRecord
from drt.model.outcome import Accepted, Rejected
from drt.model.saved_case import SavedCase
from drt.oracles.reading import readers_agree
from drt.run import pursuit_time
from drt.run.find import Find
from drt.run.pursuit_queue import MOST_TOGETHER, MOST_WAITING, Confirm, Pursue, PursuitQueue, Reduced
from drt.run.pursuit_time import HEAD_START, LEAST_SHARE, PursuitTime, confirming_seconds
from drt.run.records import Found
from drt.run.reduction_locks import ReductionLocks

CASE = Case(Source("permit(principal, action, resource);"))
ANSWERS = (("reference", Accepted()), ("mine", Rejected("policies")))
DIVERGENCE = Divergence(readers_agree.name, "rejection", "policies", ANSWERS)
FIND = Find("parse-text", readers_agree, CASE, DIVERGENCE, (Guarded(build("reference")),), {})
ENDS = 100.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(pursuit_time.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def queue(tmp_path: Path, clock: list[float]) -> PursuitQueue:
    """What waits: a key that was pursued before, and two that were not."""
    (tmp_path / "claims").mkdir()
    claims = ReductionLocks(tmp_path / "claims")
    claims.acquire("old", "1")
    claims.finish("old", "a bucket", (), "1")
    queue = PursuitQueue(claims, PursuitTime(ends=ENDS, _born=0.0))
    for key in ("old", "new", "newer"):
        queue.add(key, f"number of {key}", FIND)
    return queue


def reduced(number: str) -> Reduced:
    saved = SavedCase(CASE, "", tags=(), origin={}, signature="", status="open")
    event = Found(
        number=number,
        coarse="key",
        target="parse-text",
        signature="",
        stage="reduced",
        engines=(),
        divergence=DivergenceRecord.of(DIVERGENCE),
    )
    return Reduced("key", number, FIND, saved, Path(), event, None)


def steps(queue: PursuitQueue) -> Sequence[str]:
    """Write down the steps that are taken until there is none."""
    taken = []
    while (step := queue.next(all_of_them=False)) is not None:
        match step:
            case Pursue(waiting, _):
                taken.append(waiting.key)
            case Confirm(some):
                taken.append(f"confirm {len(some)}")
    return taken


def test_of_a_key_few_wait(queue: PursuitQueue) -> None:
    for number in range(MOST_WAITING + 3):
        queue.add("newest", str(number), FIND)
    assert sum(one.key == "newest" for one in queue.waiting) == MOST_WAITING


def test_new_keys_come_before_confirmations_and_old_keys_come_last(
    queue: PursuitQueue, clock: list[float]
) -> None:
    queue.unconfirmed = [reduced(str(number)) for number in range(MOST_TOGETHER + 1)]
    clock[0] = 0.8 * ENDS
    assert steps(queue) == ["new", "newer", f"confirm {MOST_TOGETHER}", "confirm 1", "old"]
    assert not queue


def test_time_is_kept_for_confirmations(queue: PursuitQueue, clock: list[float]) -> None:
    queue.unconfirmed = [reduced("1")]
    clock[0] = ENDS - confirming_seconds(2)
    assert steps(queue) == ["confirm 1", "new", "newer", "old"]


def test_late_in_a_run_new_keys_share_the_time(queue: PursuitQueue, clock: list[float]) -> None:
    clock[0] = 0.8 * ENDS
    step = queue.next(all_of_them=False)
    assert isinstance(step, Pursue)
    assert step.seconds == (0.2 * ENDS - confirming_seconds(2)) / 2
    clock[0] = ENDS - 0.1
    assert isinstance(step := queue.next(all_of_them=False), Pursue)
    assert step.seconds == LEAST_SHARE


def test_early_in_a_run_what_took_its_share_waits(queue: PursuitQueue, clock: list[float]) -> None:
    clock[0] = 1.0
    assert isinstance(step := queue.next(all_of_them=False), Pursue)
    assert (step.waiting.key, step.seconds) == ("new", math.inf)
    queue.budget.spend(HEAD_START + 1.0, again=False)
    queue.unconfirmed = [reduced("1")]
    assert steps(queue) == []
    assert isinstance(queue.next(all_of_them=True), Pursue)


def test_new_keys_of_drawn_cases_come_before_those_of_walked_ones(queue: PursuitQueue) -> None:
    queue.waiting.clear()
    for key, walked in (("walked", True), ("new", False), ("also walked", True)):
        queue.add(key, f"number of {key}", replace(FIND, walked=walked))
    assert steps(queue) == ["new", "walked", "also walked"]


def test_the_time_left_is_shared_among_drawn_finds_while_there_are_any(
    queue: PursuitQueue, clock: list[float]
) -> None:
    clock[0] = 0.8 * ENDS
    queue.waiting.clear()
    queue.add("new", "1", FIND)
    for key in ("walked", "also walked"):
        queue.add(key, f"number of {key}", replace(FIND, walked=True))
    shares = [step.seconds for _ in range(2) if isinstance(step := queue.next(all_of_them=False), Pursue)]
    left = ENDS - clock[0]
    assert shares == [left - confirming_seconds(1), (left - confirming_seconds(2)) / 2]
