"""Workers of a run on a cluster: each works on its share in tasks of Dask, one after the other.

Owns the connection to the scheduler. A task is an order of `shares`; its delivery is committed here. An order
that comes to nothing, because a machine or the scheduler died, is given out again.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from drt.model.errors import InputProblem
from drt.model.extras import require_extra
from drt.run.options import RunOptions
from drt.run.records import Death
from drt.run.shares import Counted, Delivery, Order, Skipped, commit, counted, order, work
from drt.run.supervisor import CannotStart

LOCAL = "local"

FIRST_SECONDS, MOST_SECONDS = 10.0, 120.0
"""Time of the first task of a share, and of any: each has twice the time of the one before.

A run that is no longer than the longest task has one task per share.
"""

RESERVE_SECONDS = 1.0
"""Part of the budget in which the last deliveries arrive."""

WAITING = "100 ms"
"""How long a task may be expected to wait before a worker is added: tasks that never ran count as 500 ms."""

CONNECTING_SECONDS = 10.0
LOST_SECONDS = 300.0
"""How long a scheduler may be away before the run gives up."""

MOST_FAILURES = 5
"""Failures of one share in a row after which the run gives up."""


def size(address: str) -> int:
    """Return the number of threads that the workers of a cluster have, 0 for `local` without a number.

    Of a range, return the larger bound. Raises `InputProblem` if no scheduler answers.
    """
    require_extra("fleet", "`--cluster`")
    name, _, number = address.partition(":")
    if name == LOCAL:
        return int(number.rpartition("-")[2] or 0)
    client = _client(address)
    try:
        return max(1, sum(map(int, client.nthreads().values())))
    finally:
        client.close()


def _client(address: str) -> Any:
    from distributed import Client

    try:
        return Client(address, timeout=CONNECTING_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputProblem(f"no scheduler answers at {address!r}: {reason}") from None


def _task(given: Order) -> Delivery:
    """Work on a share, in the folder that Dask clears when a worker dies."""
    from distributed import get_worker

    worker = get_worker()
    topic = _topic(given.options)
    return work(
        given,
        Path(worker.local_directory),
        lambda counts: worker.log_event(topic, [given.number, *counts]),
    )


def _topic(options: RunOptions) -> str:
    """Return the name under which the tasks of a run show how far they are."""
    return f"drt-{options.place.name}"


@dataclass(slots=True)
class _Share:
    """One share: the cases to skip, the time of its next task, the one under way, and the totals so far."""

    number: int
    skipped: Skipped
    seconds: float
    task: Any = None
    sent: Order | None = None
    counted: Counted = (0, 0, 0)
    finished: bool = False
    failures: int = 0


@dataclass(slots=True)
class ClusterFleet:
    """The shares of one run on a cluster; `supervisor.Fleet` is the same on one machine."""

    options: RunOptions
    ends: float | None
    before: Sequence[Sequence[tuple[str, int]]] = ()
    patience: float = 20.0
    _shares: list[_Share] = field(init=False)
    _cluster: Any = None
    _client: Any = None
    _stopping: bool = False
    _lost: float | None = None

    def __post_init__(self) -> None:
        skipped = [*map(tuple, self.before), *[()] * self.options.jobs]
        self._shares = [_Share(number, skipped[number], FIRST_SECONDS) for number in range(self.options.jobs)]
        for share in self._shares:
            share.counted = counted(self.options.place, share.number)
        self._connect()

    @property
    def alive(self) -> int:
        """The number of shares that are worked on or will be."""
        return sum(1 for one in self._shares if one.task is not None or self._goes_on(one))

    @property
    def machines(self) -> int:
        """The number of workers that the scheduler knows."""
        return len(self._client.scheduler_info(n_workers=-1)["workers"])

    @property
    def processes(self) -> list[int]:
        """No process: those of the cluster end by themselves."""
        return []

    @property
    def skipped(self) -> list[list[tuple[str, int]]]:
        """The cases that each share skips, because they kill their process."""
        return [list(one.skipped) for one in self._shares]

    def totals(self) -> tuple[int, int, int]:
        """Return cases, decisions and divergences so far, as the shares at work showed them last."""
        cases, decisions, divergences = zip(*(one.counted for one in self._shares), strict=True)
        return sum(cases), sum(decisions), sum(divergences)

    def watch(self) -> list[Death]:
        """Commit what was delivered and give out what is to be done; crashes are examined where they occur.

        Raises `CannotStart` when that is no use.
        """
        for share in self._shares:
            if share.task is not None:
                self._look_at(share)
        if self._is_connected():
            for share in self._shares:
                if share.task is None and self._goes_on(share):
                    self._submit(share)
        return []

    def overdue(self) -> list[Death]:
        """Return nothing: each share records its own."""
        return []

    def stop(self) -> None:
        """Give out no more tasks."""
        self._stopping = True

    def kill(self) -> None:
        """Drop the tasks that are under way, and leave the cluster."""
        self._stopping = True
        for share in self._shares:
            if share.task is not None:
                share.task.cancel()
                share.task = None
        for one in (self._client, self._cluster):
            if one is not None:
                one.close(timeout=CONNECTING_SECONDS)

    def _goes_on(self, share: _Share) -> bool:
        return not share.finished and not self._stopping and self._left() > 0

    def _left(self) -> float:
        if self.ends is None:
            return float("inf")
        return self.ends - RESERVE_SECONDS - time.monotonic()

    def _connect(self) -> None:
        address = self.options.cluster or LOCAL
        if address.partition(":")[0] == LOCAL and self._cluster is None:
            most = size(address) or min(self.options.jobs, os.cpu_count() or 1)
            least, to, _ = address.partition(":")[2].partition("-")
            self._cluster = _local(int(least) if to else most, most)
        self._client = _client(self._cluster.scheduler_address if self._cluster else address)
        self._client.subscribe_topic(_topic(self.options), self._shown)

    def _shown(self, event: tuple[float, Any]) -> None:
        """Take in how far a task is; Dask calls this in a thread of its own."""
        number, *counts = event[1]
        self._shares[number].counted = (counts[0], counts[1], counts[2])

    def _is_connected(self) -> bool:
        """Whether tasks can be given out; connects again to a scheduler that was away."""
        if self._client.status == "running":
            self._lost = None
            return True
        now = time.monotonic()
        self._lost = self._lost or now
        if now - self._lost > LOST_SECONDS:
            raise CannotStart(f"the scheduler has been away for {LOST_SECONDS:.0f} s")
        if self._client.status == "closed":
            try:
                self._connect()
            except InputProblem:
                return False
        return False

    def _submit(self, share: _Share) -> None:
        left = self._left()
        waiting = sum(1 for one in self._shares if self._goes_on(one))
        turns = -(-waiting // max(1, self.machines))
        seconds = min(share.seconds, left / turns)
        if left / turns - seconds < seconds / 2 or left / turns <= MOST_SECONDS:
            seconds = left / turns  # one task for a short run, and none for a short rest
        ends_at = None if self.ends is None else time.time() + left
        share.sent = order(self.options, share.number, share.skipped, seconds, ends_at)
        share.task = self._client.submit(_task, share.sent, pure=False)

    def _look_at(self, share: _Share) -> None:
        """Commit a delivery; forget a task that was lost, so that its order is given out again."""
        status = share.task.status
        if status == "pending":
            return
        task, sent = share.task, share.sent
        if status != "finished":
            share.task = None
            if status == "error":
                self._failed(share, str(task.exception()))
            return
        try:
            delivery: Delivery = task.result(timeout=CONNECTING_SECONDS)
        except Exception as error:  # whatever the transport raises: the order is given out again
            share.task = None
            self._failed(share, f"{type(error).__name__}: {error}")
            return
        share.task = None
        if delivery.end.cannot_start:
            raise CannotStart(delivery.end.cannot_start)
        assert sent is not None
        commit(self.options, delivery, sent)
        share.counted = counted(self.options.place, share.number)
        share.skipped, share.finished, share.failures = delivery.end.skipped, delivery.end.finished, 0
        share.seconds = min(2 * share.seconds, MOST_SECONDS)

    def _failed(self, share: _Share, reason: str) -> None:
        share.failures += 1
        if share.failures >= MOST_FAILURES:
            raise CannotStart(f"share {share.number} failed {MOST_FAILURES} times: {reason}")


def _local(least: int, most: int) -> Any:
    """Start a cluster on this machine, one process per worker, that grows while tasks wait."""
    require_extra("fleet", "`--cluster`")
    import logging

    from distributed import LocalCluster

    cluster = LocalCluster(
        n_workers=least,
        threads_per_worker=1,
        processes=True,
        memory_limit=None,
        dashboard_address=None,
        silence_logs=logging.CRITICAL,
    )
    if least < most:
        cluster.adapt(minimum=least, maximum=most, target_duration=WAITING)
    return cluster
