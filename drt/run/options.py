"""Configuration of a run, shared by the CLI, the coordinator and the workers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from drt.coverage.events import LONG_RUN_SECONDS
from drt.targets.loading import TARGETS, target_table
from drt.targets.partitions import Lanes, lanes_of
from drt.targets.schedule import Floor, Schedule, shares
from drt.targets.target import Target

DEFAULT_ENGINES = ("reference", "production")

HYPOTHESIS = 1 << 48
"""First index of the searches by Hypothesis, each of many cases; indices below are those of single cases."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """The configuration of one run.

    `seconds` (the budget of the whole run), `cases` (of all shards together) and `stalled` (seconds without a
    new feature or bucket) limit it, whichever comes first. `shard` is the number of this part of the run,
    from 0, and the number of parts. `deadline` is the time limit in seconds of one case, `reduce_seconds`
    that of one reduction, `memory` the limit in MiB of one worker. `arbiter` is a further engine, which gets
    every divergence and a share `arbiter_rate` of the cases on which the engines agree. `targets_from` is the
    place of the table of targets (`module:attribute`). `must_reach` are globs of events that must each have
    occurred; None derives them from the length of the run. `hypothesis` is the share of the time in which
    Hypothesis draws the cases. `allow_partial` lets a run be clean although an engine left more than a
    quarter of its questions unanswered. `declared` are files of further declared differences. `cluster` is
    the address of a scheduler, or `local`; `jobs` then counts tasks. `observe` is a file to which
    each case is appended.
    """

    targets: tuple[str, ...]
    engines: tuple[str, ...]
    random_seed: int
    corpus: str
    folder: str
    seconds: float | None = None
    cases: int | None = None
    stalled: float | None = None
    shard: tuple[int, int] = (0, 1)
    jobs: int = 1
    arbiter: str | None = None
    arbiter_rate: float = 0.0
    deadline: float = 10.0
    reduce_seconds: float = 20.0
    memory: int = 2048
    targets_from: str = TARGETS
    must_reach: tuple[str, ...] | None = None
    hypothesis: float = 0.0
    allow_partial: bool = False
    declared: tuple[str, ...] = ()
    cluster: str | None = None
    observe: str | None = None

    @property
    def place(self) -> Path:
        """The folder of the run."""
        return Path(self.folder)

    def lanes(self, worker: int) -> Lanes:
        """Return the lanes from which the worker draws its cases."""
        return lanes_of(worker, self.jobs, self.shard)

    def schedule(
        self, worker: int, following: Mapping[str, int], skipped: Sequence[tuple[str, int]]
    ) -> Schedule:
        """Return the cases of a worker in order, from the one following the last of each target."""
        table = self.table()
        weights = {name: target.weight for name, target in table.items()}
        walks = {name: target.walk for name, target in table.items() if target.walk}
        return Schedule(
            weights,
            self.lanes(worker),
            walks if self.cases is None else shares(self.cases, weights, walks),
            dict(following),
            skipped,
            floor=Floor(self.jobs),
            walked=walks if len(walks) < len(table) else (),
        )

    def working_corpus(self, worker: int) -> Path:
        """Return the file in which a worker keeps the cases that mutation draws from."""
        return self.place / f"worker-{worker}.kept"

    def worker_of(self, index: int) -> int:
        """Return the worker that draws this index of any target."""
        mine = (worker for worker in range(self.jobs) if self.lanes(worker).first_from(index) == index)
        return next(mine)

    def table(self) -> dict[str, Target]:
        """Return the targets of this run, by name."""
        known = target_table(self.targets_from)
        return {name: known[name] for name in self.targets}

    def required(self, elapsed: float) -> tuple[str, ...]:
        """Return globs of the events that a run of so many seconds must have reached.

        Unless the options name them, these are all events if the run was long and covered all targets and the
        reference, and none otherwise.
        """
        if self.must_reach is not None:
            return self.must_reach
        whole = set(self.targets) >= set(target_table(self.targets_from)) and "reference" in self.engines
        return ("*",) if whole and elapsed >= LONG_RUN_SECONDS else ()
