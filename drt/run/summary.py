"""Summary of a run: findings by signature, totals, exit code.

Computes the footer from the events of the log and the states of the workers.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from drt.corpus.known import Known, find_known
from drt.coverage.events import Seen, happened, never
from drt.diagnosis.judgement import Judgement
from drt.model.exit_codes import BROKEN, CLEAN, FOUND, INTERRUPTED, NOTHING_RUN, UNREPRODUCIBLE
from drt.run.footer import DIFFERENCES, Finding, Footer, HarnessError, LostDeath
from drt.run.input_distribution import one_sided
from drt.run.memory_growth import Resident
from drt.run.options import RunOptions
from drt.run.records import Broken, Death, Event, Found, Grown, Lost, Recycled, WorkerState
from drt.run.statistics import DECLARED, Counts, total
from drt.run.working_corpus import PAIRED, reached_in

FROM_OUTSIDE = ("SIGKILL", "SIGTERM")
"""Signals of a worker's end that come from outside."""

SHOWN_ERRORS = 20


@dataclass(slots=True)
class Tally:
    """The events of a run, added up as they come in."""

    known: Sequence[Known] = ()
    _found: dict[str, Found] = field(default_factory=dict)
    broken: list[Broken] = field(default_factory=list)
    deaths: list[Death] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)
    resident: dict[int, Resident] = field(default_factory=dict)

    def add(self, event: Event) -> None:
        """Add one event."""
        match event:
            case Found():
                self._found[event.number] = event
            case Broken():
                self.broken.append(event)
            case Death():
                self.deaths.append(event)
            case Lost():
                self.lost.append(event)
            case Grown() | Recycled():
                held = self.resident.setdefault(event.worker, Resident())
                held.samples.append((event.at, event.resident))
                held.recycled += isinstance(event, Recycled)

    def findings(self, seen: Mapping[str, int]) -> list[Finding]:
        """Return the buckets in the order of findings; `seen` counts divergences by coarse key."""
        confirmed = {event.signature for event in self._found.values() if event.solid is True}
        buckets: dict[tuple[str, bool], list[Found]] = {}
        for event in sorted(self._found.values(), key=lambda event: event.at):
            apart = event.solid is False and event.signature in confirmed
            buckets.setdefault((event.signature, apart), []).append(event)
        found = [self._finding(events, seen) for events in buckets.values()]
        return sorted(found, key=lambda finding: finding.order)

    def _finding(self, events: Sequence[Found], seen: Mapping[str, int]) -> Finding:
        today = datetime.date.today()
        last = next((event for event in reversed(events) if not event.merged), events[-1])
        newest = [last, *reversed(events)]
        excuse = find_known(tuple(self.known), last.signature)
        verdicts = [event.solid for event in events if event.solid is not None]
        return Finding(
            signature=last.signature,
            target=last.target,
            path=next((event.path for event in newest if event.path), None),
            seen=max(len(events), sum(seen.get(key, 0) for key in {event.coarse for event in events})),
            index=last.index,
            solid=any(verdicts) if verdicts else None,
            arbiter=last.arbiter,
            divergence=last.divergence,
            engines=last.engines,
            known=excuse.id if excuse is not None and excuse.excuses(today) else None,
            unexcused="" if excuse is None else excuse.refusal(today),
            reduced=any(event.reduced for event in events),
            unsteady=last.unsteady,
            unconfirmed=next((event.unconfirmed for event in newest if event.unconfirmed), ""),
            case=next((event.case for event in newest if event.case), None),
            located=next((event.located for event in newest if event.located), None),
            says=next((event.says for event in newest if event.says), None),
            verdict=_deciding([event.verdict for event in newest if event.verdict]),
        )

    @property
    def unexplained_deaths(self) -> int:
        """Return the worker crashes that neither came from outside nor happened again."""
        return sum(1 for event in self.lost if event.cause not in FROM_OUTSIDE)


def _deciding(newest: Sequence[Judgement]) -> Judgement | None:
    """Return the newest verdict that names an engine, else the newest.

    A finding at the end of a run leaves no time for an arbiter, so its verdict may be open.
    """
    return next((one for one in newest if one.wrong), newest[0] if newest else None)


MOST_UNANSWERED = 0.25
"""Largest share of an engine's questions without an answer, or of cases not asked, in a clean run."""


def partial(targets: Mapping[str, Counts]) -> dict[str, float]:
    """Return the engines that left too much unanswered, each with the share of its questions.

    Targets of which nothing at all could be compared do not count: no more of their cases are drawn.
    """
    counts = total(one for one in targets.values() if one.comparisons or one.divergences)
    shares = {name: counts.unanswered[name] / asked for name, asked in counts.asked.items() if asked}
    return {name: round(share, 4) for name, share in shares.items() if share > MOST_UNANSWERED}


def kept_back(everything: Counts) -> dict[str, float]:
    """Return the share of the cases not asked for a declared difference that they hold, if it is large."""
    held = sum(number for reason, number in everything.reasons.items() if reason.startswith(DECLARED))
    much = held > MOST_UNANSWERED * everything.cases
    return {DIFFERENCES: round(held / everything.cases, 4)} if much else {}


def exit_code(
    findings: Sequence[Finding],
    compared: int,
    broken: int,
    unexplained: int,
    interrupted: bool,
    missed: bool = False,
    partly: bool = False,
) -> int:
    """Choose the run's exit code; an interrupt comes first.

    `compared` counts comparisons: a run without any is no success, and neither is one that leaves much out,
    `partly`. `missed` says that a required event never occurred.
    """
    if interrupted:
        return INTERRUPTED
    if any(finding.counts for finding in findings) or (missed and not broken):
        return FOUND
    if broken:
        return BROKEN
    if unexplained or any(finding.known is None for finding in findings):
        return UNREPRODUCIBLE
    return CLEAN if compared and not partly else NOTHING_RUN


def footer(
    options: RunOptions,
    states: Sequence[WorkerState],
    tally: Tally,
    elapsed: float,
    interrupted: bool,
    cannot_start: str | None = None,
) -> Footer:
    """Sum up a run that took so many seconds."""
    by_target = {
        name: total(state.targets[name].counts for state in states if name in state.targets)
        for name in options.targets
    }
    everything = total(by_target.values())
    everything.spend("other", sum(state.seconds for state in states) - sum(everything.seconds.values()))
    features = _sum(state.features for state in states)
    situations = _sum(state.sights for state in states)
    cases = {name: counts["cases"] for name, counts in everything.streams.items()}
    events = happened(Seen(features, situations, everything.events, cases))
    missed = never(events, options.required(elapsed))
    findings = tally.findings(_sum(state.seen for state in states))
    broken = max(sum(state.broken for state in states), len(tally.broken)) + (cannot_start is not None)
    partly = partial(by_target) | kept_back(everything)
    compared = everything.comparisons + everything.events["arbiter:comparisons"]
    return Footer(
        counts=everything,
        seconds=round(elapsed, 3),
        cases_per_second=round(everything.cases / elapsed, 3) if elapsed else 0.0,
        decisions_per_second=round(everything.decisions / elapsed, 3) if elapsed else 0.0,
        shares=everything.shares(),
        stream_shares=everything.stream_shares(),
        one_sided=one_sided(by_target, everything),
        distinct_shares={name: round(sample.share, 4) for name, sample in everything.distinct.items()},
        features=features,
        pairs=sum(PAIRED in name for name in reached_in(options.place.glob("worker-*.kept"))),
        sometimes=events,
        missed=tuple(missed),
        partial=partly,
        allow_partial=options.allow_partial,
        declared=everything.excused,
        left_out=tuple(name for name, counts in by_target.items() if counts.in_vain),
        targets=by_target,
        findings=tuple(findings),
        broken=broken,
        errors=tuple(
            HarnessError(event.what, event.target, event.index, event.error, event.traceback)
            for event in tally.broken[:SHOWN_ERRORS]
        ),
        deaths=len(tally.deaths),
        lost=tuple(LostDeath(event.target, event.index, event.cause) for event in tally.lost),
        resident=tuple(state.resident for state in states),
        memory=tuple(held.summary() for _, held in sorted(tally.resident.items())),
        cannot_start=cannot_start,
        interrupted=interrupted,
        random_seed=options.random_seed,
        jobs=options.jobs,
        shard=(options.shard[0] + 1, options.shard[1]),
        engines=options.engines,
        exit_code=exit_code(
            findings,
            compared,
            broken,
            tally.unexplained_deaths,
            interrupted,
            bool(missed),
            bool(partly) and not options.allow_partial,
        ),
    )


def _sum(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    summed: Counter[str] = Counter()
    for one in counts:
        summed.update(one)
    return dict(summed)
