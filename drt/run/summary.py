"""What a run came to: findings by signature, the numbers, the exit code.

Owns the step from the log's events and the workers' counts to the footer (`run.json`), from which every
summary is made.
"""

from __future__ import annotations

import datetime
import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from drt.corpus.known import Known, find_known
from drt.coverage.events import Seen, happened, never
from drt.model.exit_codes import BROKEN, CLEAN, FOUND, INTERRUPTED, NOTHING_RUN, UNREPRODUCIBLE
from drt.run.input_distribution import one_sided
from drt.run.log import FORMAT, Event
from drt.run.memory_growth import Resident
from drt.run.options import DEFAULT_ENGINES, RunOptions
from drt.run.statistics import Counts, total
from drt.run.working_corpus import PAIRED, reached_in

FROM_OUTSIDE = ("SIGKILL", "SIGTERM")
"""Ends of a worker that somebody else has willed."""


State = Literal["confirmed", "not confirmed", "flaky", "nondeterministic", "known"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One bucket of a run.

    `solid` is False where fresh processes did not see it again, None where nobody asked. `known` names the
    entry of known.toml that excuses it, `unexcused` tells why one about it does not. `case` is the reduced
    case, `located` where the engines part on it, and `says` what the arbiter answers, where there is one.
    `verdict` is the judgement on which engine is wrong, and by what. `reduced` is False where the reduction
    was cut short, and `unsteady` names the engines that answered otherwise when they were asked again.
    """

    signature: str
    target: str
    path: str | None
    seen: int
    index: int
    solid: bool | None
    arbiter: bool
    divergence: Mapping[str, Any]
    engines: tuple[str, ...]
    known: str | None = None
    case: Mapping[str, Any] | None = None
    located: Mapping[str, Any] | None = None
    says: Mapping[str, Any] | None = None
    unexcused: str = ""
    reduced: bool = True
    unsteady: tuple[str, ...] = ()
    verdict: Mapping[str, Any] | None = None

    @property
    def state(self) -> State:
        """How far it can be believed, in one word or two."""
        if self.known is not None:
            return "known"
        if self.unsteady:
            return "nondeterministic"
        return "not confirmed" if self.solid is None else "confirmed" if self.solid else "flaky"

    @property
    def counts(self) -> bool:
        """Whether it fails the run."""
        return self.known is None and self.solid is not False

    def to_json(self) -> dict[str, Any]:
        return {
            "signature": self.signature,
            "target": self.target,
            "path": self.path,
            "replay": None if self.path is None else replay_command(self.path, self.engines),
            "engines": list(self.engines),
            "seen": self.seen,
            "index": self.index,
            "solid": self.solid,
            "arbiter": self.arbiter,
            "divergence": dict(self.divergence),
            "known": self.known,
            "unexcused": self.unexcused,
            "case": self.case,
            "located": self.located,
            "says": self.says,
            "reduced": self.reduced,
            "unsteady": list(self.unsteady),
            "verdict": self.verdict,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Finding:
        """Read back what `to_json` gave; older logs lack the optional members."""
        names = [name for name in cls.__dataclass_fields__ if name in document]
        tuples = {name: tuple(document.get(name, ())) for name in ("engines", "unsteady")}
        return cls(**{name: document[name] for name in names} | tuples)


def replay_command(path: str, engines: Sequence[str]) -> str:
    """The command that replays a saved case on the engines that it was found with."""
    named = [] if tuple(engines) == DEFAULT_ENGINES else [f"--engine={engine}" for engine in engines]
    return shlex.join(["drt", "replay", *named, path])


@dataclass(slots=True)
class Tally:
    """The events of a run, added up as they come in."""

    known: Sequence[Known] = ()
    _finds: dict[str, Event] = field(default_factory=dict)
    broken: list[Event] = field(default_factory=list)
    deaths: list[Event] = field(default_factory=list)
    lost: list[Event] = field(default_factory=list)
    resident: dict[int, Resident] = field(default_factory=dict)

    def add(self, event: Event) -> None:
        """Take in one event."""
        match event["event"]:
            case "find":
                self._finds[event["number"]] = event
            case "broken":
                self.broken.append(event)
            case "death":
                self.deaths.append(event)
            case "lost":
                self.lost.append(event)
            case "grown" | "recycled" as what:
                held = self.resident.setdefault(event["worker"], Resident())
                held.samples.append((event["at"], event["resident"]))
                held.recycled += what == "recycled"

    def findings(self, seen: Mapping[str, int]) -> list[Finding]:
        """The buckets, those that fail the run first; `seen` counts divergences by coarse key."""
        confirmed = {event["signature"] for event in self._finds.values() if event["solid"] is True}
        buckets: dict[tuple[str, bool], list[Event]] = {}
        for event in sorted(self._finds.values(), key=lambda event: event.get("at", 0.0)):
            apart = event["solid"] is False and event["signature"] in confirmed
            buckets.setdefault((event["signature"], apart), []).append(event)
        today = datetime.date.today()
        found = []
        for (signature, _), events in buckets.items():
            excuse = find_known(tuple(self.known), signature)
            last = next((event for event in reversed(events) if not event.get("merged")), events[-1])
            verdicts = [event["solid"] for event in events if event["solid"] is not None]
            path = last["path"] or next((event["path"] for event in reversed(events) if event["path"]), None)
            found.append(
                Finding(
                    signature=signature,
                    target=last["target"],
                    path=path,
                    seen=max(
                        len(events), sum(seen.get(key, 0) for key in {event["coarse"] for event in events})
                    ),
                    index=last["index"],
                    solid=any(verdicts) if verdicts else None,
                    arbiter=bool(last["arbiter"]),
                    divergence=last["divergence"],
                    engines=tuple(last["engines"]),
                    known=excuse.id if excuse is not None and excuse.excuses(today) else None,
                    unexcused="" if excuse is None else excuse.refusal(today),
                    reduced=any(event.get("reduced", True) for event in events),
                    unsteady=tuple(last.get("unsteady", ())),
                    **_shown([*events, last]),
                )
            )
        return sorted(found, key=lambda finding: (not finding.counts, -finding.seen, finding.signature))

    @property
    def unexplained_deaths(self) -> int:
        """Deaths of workers that did not come from outside and did not happen again."""
        return sum(1 for event in self.lost if event["cause"] not in FROM_OUTSIDE)


def _shown(events: Sequence[Event]) -> dict[str, Any]:
    """The newest of what is told of a find once it is reduced; a verdict that decides comes first.

    A find at the end of a run leaves no time for an arbiter, and its verdict is open.
    """
    newest = {
        name: next((event[name] for event in reversed(events) if event.get(name)), None)
        for name in ("case", "located", "says", "verdict")
    }
    verdicts = [event["verdict"] for event in reversed(events) if event.get("verdict")]
    return newest | {"verdict": next((one for one in verdicts if one["wrong"]), newest["verdict"])}


MOST_UNANSWERED = 0.25
"""The share of an engine's questions that may stay without an answer in a run that counts as clean."""


def partial(targets: Mapping[str, Counts]) -> dict[str, float]:
    """The engines that left too much unanswered, each with the share of its questions.

    Targets of which nothing at all could be compared do not count: no more of their cases are drawn.
    """
    counts = total(one for one in targets.values() if one.comparisons or one.divergences)
    shares = {name: counts.unanswered[name] / asked for name, asked in counts.asked.items() if asked}
    return {name: round(share, 4) for name, share in shares.items() if share > MOST_UNANSWERED}


def exit_code(
    findings: Sequence[Finding],
    compared: int,
    broken: int,
    unexplained: int,
    interrupted: bool,
    missed: bool = False,
    partly: bool = False,
) -> int:
    """The run's exit code; an interruption comes first. `compared` counts comparisons: a run without is no
    success, and neither is one whose engine was `partly` asked in vain. `missed` says that an event which
    the run had to reach never happened.
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
    states: Iterable[Mapping[str, Any]],
    tally: Tally,
    elapsed: float,
    interrupted: bool,
    cannot_start: str | None = None,
) -> dict[str, Any]:
    """The document that ends a run. Rates are per second of the whole run, shares are parts of the
    decisions.
    """
    states = list(states)
    by_target = {
        name: total(
            Counts.from_json(state["targets"][name]["counts"]) for state in states if name in state["targets"]
        )
        for name in options.targets
    }
    everything = total(by_target.values())
    for state in states:
        everything.spend("other", state["seconds"])
    everything.spend(
        "other", -sum(everything.seconds[stage] for stage in everything.seconds if stage != "other")
    )
    seen: Counter[str] = Counter()
    for state in states:
        seen.update(state["seen"])
    features: Counter[str] = Counter()
    sights: Counter[str] = Counter()
    for state in states:
        features.update(state.get("features", {}))
        sights.update(state.get("sights", {}))
    cases = {name: counts["cases"] for name, counts in everything.streams.items()}
    events = happened(Seen(features, sights, everything.events, cases))
    missed = never(events, options.required(elapsed))
    findings = tally.findings(seen)
    broken = max(sum(state["broken"] for state in states), len(tally.broken)) + (cannot_start is not None)
    partly = partial(by_target)
    compared = everything.comparisons + everything.events["arbiter:comparisons"]
    return {
        "format": FORMAT,
        **everything.to_json(),
        "seconds": round(elapsed, 3),
        "cases_per_second": round(everything.cases / elapsed, 3) if elapsed else 0.0,
        "decisions_per_second": round(everything.decisions / elapsed, 3) if elapsed else 0.0,
        "shares": everything.shares(),
        "stream_shares": everything.stream_shares(),
        "one_sided": list(one_sided(by_target, everything)),
        "distinct_shares": {name: round(sample.share, 4) for name, sample in everything.distinct.items()},
        "features": dict(sorted(features.items())),
        "pairs": sum(PAIRED in name for name in reached_in(options.place.glob("worker-*.kept"))),
        "sometimes": events,
        "missed": list(missed),
        "partial": partly,
        "allow_partial": options.allow_partial,
        "left_out": [name for name, counts in by_target.items() if counts.in_vain],
        "targets": {name: counts.to_json() for name, counts in by_target.items()},
        "findings": [finding.to_json() for finding in findings],
        "broken": broken,
        "errors": [
            {name: event.get(name) for name in ("what", "target", "index", "error", "traceback")}
            for event in tally.broken[:20]
        ],
        "deaths": len(tally.deaths),
        "lost": [{name: event.get(name) for name in ("target", "index", "cause")} for event in tally.lost],
        "resident": [state["resident"] for state in states],
        "memory": [held.to_json() for _, held in sorted(tally.resident.items())],
        "cannot_start": cannot_start,
        "interrupted": interrupted,
        "random_seed": options.random_seed,
        "jobs": options.jobs,
        "engines": list(options.engines),
        "exit_code": exit_code(
            findings,
            compared,
            broken,
            tally.unexplained_deaths,
            interrupted,
            bool(missed),
            bool(partly) and not options.allow_partial,
        ),
    }
