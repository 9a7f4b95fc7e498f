"""Finds that wait to be pursued, kept with the state of a worker and queued again by its successor.

A worker that is killed or recycled has counted these divergences and draws their cases no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from drt.diagnosis.hints import pursuit_key
from drt.engines.guard import Guarded
from drt.run.find import finds_of, number_of
from drt.run.findings import Finder
from drt.run.pursuit_queue import Waiting
from drt.run.records import WaitingFind
from drt.targets.target import Target


def waiting_finds(finder: Finder) -> tuple[WaitingFind, ...]:
    """List what waits; the finds of an arbiter, which needs an engine of its own, are left out."""
    return tuple(
        WaitingFind(one.number, one.find.target, one.find.index, one.find.case)
        for one in finder.queue.waiting
        if one.find.index is not None and not one.find.arbiter
    )


def queue_again(
    finder: Finder,
    waiting: Iterable[WaitingFind],
    targets: Mapping[str, Target],
    engines: Sequence[Guarded],
) -> None:
    """Queue what waited, as far as the engines still differ on it."""
    for one in waiting:
        target = targets[one.target]
        oracle, walked = target.oracle, bool(target.walk)
        checked = finder.alarm.within(finder.options.deadline, partial(oracle, one.case, engines))
        if checked is None:
            continue
        origin = {"target": one.target, "index": one.index, "random_seed": finder.options.random_seed}
        for find in finds_of(one.target, oracle, one.case, checked, engines, origin, walked=walked):
            key = pursuit_key(find.divergence)
            if number_of(find, key) == one.number:
                finder.queue.waiting.append(Waiting(key, one.number, find))
