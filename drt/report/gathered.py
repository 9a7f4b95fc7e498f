"""What reports are made of: the facts of one or several runs, read from their log folders and added up.

Owns the step from folders to a `Report`. A run without a footer is counted from what its workers have
written down; runs taken together have their counts added and their findings joined by signature.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from msgspec.structs import replace as changed

from drt.corpus.known import read_known
from drt.coverage.coverage import Coverage, coverage
from drt.model.errors import InputProblem
from drt.model.exit_codes import CLEAN, INTERRUPTED, NOTHING_RUN
from drt.report.bucket import Bucket, bucket_of
from drt.report.series import Series, gather_series
from drt.report.statistics import statistics
from drt.run.footer import Footer, HarnessError
from drt.run.log import RunLog, read_json, read_run, worker_states
from drt.run.records import RunStatus
from drt.run.statistics import Counts, total
from drt.run.summary import FROM_OUTSIDE, Tally, exit_code, footer


@dataclass(frozen=True, slots=True)
class RunFacts:
    """Facts of one run.

    `began` is in seconds since the epoch, `seconds` its length; `shard` its part, as in `2/4`;
    `complete` is False if it was cut off. `sometimes` counts required events, `missed` lists those that never
    occurred. `partial` maps engines to the share of questions that they left unanswered. `statistics` are
    sentences about the generator.
    """

    folder: str
    began: float
    seconds: float
    complete: bool
    interrupted: bool
    random_seed: int
    jobs: int
    engines: Mapping[str, str]
    machine: str
    shard: str | None
    deaths: int
    broken: int
    unexplained: int
    errors: tuple[HarnessError, ...]
    cannot_start: str | None
    targets: Mapping[str, Counts]
    features: Mapping[str, int]
    sometimes: Mapping[str, int]
    missed: tuple[str, ...]
    partial: Mapping[str, float]
    allow_partial: bool
    buckets: tuple[Bucket, ...]
    series: Series
    statistics: tuple[str, ...]

    @property
    def counts(self) -> Counts:
        """The counts of all targets."""
        return total(self.targets.values())


@dataclass(frozen=True, slots=True)
class Report:
    """Runs taken together; `runs` is not empty."""

    runs: tuple[RunFacts, ...]
    targets: Mapping[str, Counts]
    features: Mapping[str, int]
    sometimes: Mapping[str, int]
    buckets: tuple[Bucket, ...]

    @property
    def counts(self) -> Counts:
        """The counts of all targets."""
        return total(self.targets.values())

    @property
    def compared(self) -> int:
        """Comparisons, those with the arbiter included."""
        counts = self.counts
        return counts.comparisons + counts.events["arbiter:comparisons"]

    @property
    def failing(self) -> tuple[Bucket, ...]:
        """The buckets that fail the run."""
        return tuple(bucket for bucket in self.buckets if bucket.finding.counts)

    @property
    def seconds(self) -> float:
        """The longest run's time: runs taken together are taken to have gone on side by side."""
        return max(run.seconds for run in self.runs)

    @property
    def broken(self) -> int:
        """The number of times that the harness broke."""
        return sum(run.broken for run in self.runs)

    @property
    def complete(self) -> bool:
        """Whether no run was cut off."""
        return all(run.complete for run in self.runs)

    @property
    def coverage(self) -> Coverage:
        """The coverage of all runs together."""
        return coverage(self.features, self.sometimes)

    @property
    def exit_code(self) -> int:
        """The exit code of one run that did all this.

        A finding of one run counts more than the interruption of another.
        """
        cut = any(run.interrupted or not run.complete for run in self.runs)
        code = exit_code(
            [bucket.finding for bucket in self.buckets],
            self.compared,
            self.broken,
            sum(run.unexplained for run in self.runs),
            cut and len(self.runs) == 1,
            bool(self.missed),
            any(run.partial and not run.allow_partial for run in self.runs),
        )
        return INTERRUPTED if cut and code in (CLEAN, NOTHING_RUN) else code

    @property
    def missed(self) -> tuple[str, ...]:
        """The events that a run had to reach and none of them did."""
        names = dict.fromkeys(name for run in self.runs for name in run.missed)
        return tuple(name for name in names if not self.sometimes.get(name))


def gather(folders: Sequence[Path]) -> Report:
    """Gather the runs in these log folders; raises `InputProblem` for a folder without a run."""
    places = list(dict.fromkeys(folder.resolve() for folder in folders))
    return together([_facts(folder) for folder in places])


def together(runs: Sequence[RunFacts]) -> Report:
    """Add runs up to one report."""
    targets = {
        name: total(run.targets[name] for run in runs if name in run.targets)
        for name in sorted({name for run in runs for name in run.targets})
    }
    features: Counter[str] = Counter()
    sometimes: Counter[str] = Counter()
    for run in runs:
        features.update(run.features)
        sometimes.update(run.sometimes)
    buckets = _joined([one for run in runs for one in run.buckets])
    return Report(tuple(runs), targets, features, sometimes, buckets)


def _joined(buckets: Sequence[Bucket]) -> tuple[Bucket, ...]:
    """One bucket per signature, in the order of findings."""
    groups: dict[str, list[Bucket]] = {}
    for bucket in buckets:
        groups.setdefault(bucket.finding.signature, []).append(bucket)
    joined = []
    for group in groups.values():
        shown = min(group, key=lambda one: (not one.finding.counts, one.path is None, one.case is None))
        verdicts = {one.finding.solid for one in group}
        solid = next((verdict for verdict in (True, False) if verdict in verdicts), None)
        seen = sum(one.finding.seen for one in group)
        joined.append(replace(shown, finding=changed(shown.finding, seen=seen, solid=solid)))
    return tuple(sorted(joined, key=lambda one: one.finding.order))


def _facts(folder: Path) -> RunFacts:
    """Read one run's facts; raises `InputProblem` for a folder of another shape."""
    try:
        log = read_run(folder)
        return _from_log(folder, log)
    except OSError as error:
        raise InputProblem(
            f"the log cannot be read: {(error.strerror or str(error)).lower()}", folder
        ) from None
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        reason = f"{type(error).__name__} {error}".splitlines()[0][:120]
        raise InputProblem(f"not a log as a run writes it ({reason})", folder) from None


def _from_log(folder: Path, log: RunLog) -> RunFacts:
    header = log.header
    ended = log.footer if log.footer is not None else _counted(folder, log)
    part, parts = header.options.shard
    return RunFacts(
        folder=str(folder),
        began=header.at,
        seconds=ended.seconds,
        complete=log.complete,
        interrupted=ended.interrupted,
        random_seed=ended.random_seed,
        jobs=ended.jobs,
        engines=header.engines,
        machine=f"Python {header.python}, {header.platform}, {header.processors} processors",
        shard=f"{part + 1}/{parts}" if parts > 1 else None,
        deaths=ended.deaths,
        broken=ended.broken,
        unexplained=sum(1 for lost in ended.lost if lost.cause not in FROM_OUTSIDE),
        errors=ended.errors,
        cannot_start=ended.cannot_start,
        targets=ended.targets,
        features=ended.features,
        sometimes=ended.sometimes,
        missed=ended.missed,
        partial=ended.partial,
        allow_partial=ended.allow_partial,
        buckets=tuple(bucket_of(finding, header.options.corpus) for finding in ended.findings),
        series=gather_series(log, ended),
        statistics=tuple(statistics(ended)),
    )


def _counted(folder: Path, log: RunLog) -> Footer:
    """Make the footer of a run that was cut off, from the counts of its workers."""
    options = log.header.options
    corpus = Path(options.corpus)
    tally = Tally(read_known(corpus) if corpus.is_dir() else ())
    for event in log.events:
        tally.add(event)
    states = worker_states(folder)
    last = max((event.at for event in log.events), default=log.header.at)
    status = read_json(folder / "status.json", RunStatus) or RunStatus()
    elapsed = max(status.elapsed, *(state.seconds for state in states), 0.0)
    return footer(options, states, tally, elapsed or last - log.header.at, interrupted=False)
