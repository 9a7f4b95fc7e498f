"""The footer of a run, `run.json`: its findings, its totals and its exit code.

Defines the fields and the JSON form, in which the totals stand beside the other members.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct, field

from drt.diagnosis.judgement import ArbiterAnswer, Judgement
from drt.diagnosis.located import LocatedRecord
from drt.diagnosis.severity import SEVERITIES, Severity, severity
from drt.model.case import Case
from drt.model.divergence_json import DivergenceRecord
from drt.model.records import from_json, to_json
from drt.run.memory_growth import Growth
from drt.run.options import DEFAULT_ENGINES
from drt.run.records import FORMAT, Event
from drt.run.statistics import Counts

State = Literal["confirmed", "not confirmed", "flaky", "nondeterministic", "known"]


class Finding(Struct, frozen=True, kw_only=True):
    """One bucket of a run.

    `solid` is False if a fresh process gave a clean, different answer, None if that stayed open, for the
    reason `unconfirmed`. `known` names the entry of known.toml that excuses it, `unexcused` says why an entry
    about it does not. `case` is the reduced case, `located` is where the engines part on it, and `says` is
    the answer of the arbiter, if there is one. `verdict` is the judgement on which engine is wrong, and why.
    `reduced` is False if the reduction was cut short, and `unsteady` names the engines that answered
    differently a second time.
    """

    signature: str
    target: str
    path: str | None
    seen: int
    index: int | None
    solid: bool | None
    arbiter: bool
    divergence: DivergenceRecord
    engines: tuple[str, ...]
    known: str | None = None
    case: Case | None = None
    located: LocatedRecord | None = None
    says: ArbiterAnswer | None = None
    unexcused: str = ""
    reduced: bool = True
    unsteady: tuple[str, ...] = ()
    verdict: Judgement | None = None
    unconfirmed: str = ""

    @property
    def state(self) -> State:
        """Summarise in one or two words how far the finding can be believed."""
        if self.known is not None:
            return "known"
        if self.unsteady:
            return "nondeterministic"
        return "not confirmed" if self.solid is None else "confirmed" if self.solid else "flaky"

    @property
    def severity(self) -> Severity:
        """The severity for those who rely on the engine that is wrong."""
        wrong = () if self.verdict is None else self.verdict.wrong
        return severity(self.divergence.divergence, wrong)

    @property
    def order(self) -> tuple[bool, int, bool, str, int, str]:
        """Sort key: by severity, construct and number of sights; what is known or not reproduced comes last.

        An engine that changes its answers is no accident of one process: its finding fails nothing, and
        stands among those that do.
        """
        construct = "" if self.located is None else self.located.rule
        last, worst = not (self.counts or self.unsteady), SEVERITIES.index(self.severity)
        return last, worst, not self.counts, construct, -self.seen, self.signature

    @property
    def counts(self) -> bool:
        """Whether the finding makes the run fail."""
        return self.known is None and self.solid is not False

    def derived(self) -> dict[str, Any]:
        """Return the members that are written for readers and recomputed on reading."""
        return {
            "severity": self.severity,
            "replay": None if self.path is None else replay_command(self.path, self.engines),
            "verdict": None if self.verdict is None else self.verdict.to_json(),
        }


def replay_command(path: str, engines: Sequence[str]) -> str:
    """Return the command that replays a saved case on the engines that it was found with."""
    named = [] if tuple(engines) == DEFAULT_ENGINES else [f"--engine={engine}" for engine in engines]
    return shlex.join(["drt", "replay", *named, path])


DIFFERENCES = "declared differences"
"""Stands for an engine where cases were not asked because they hold one."""


def left_out(name: str, share: float) -> str:
    """Say what an engine, or the declared differences, left out of a run."""
    if name == DIFFERENCES:
        return f"{name} kept {share:.0%} of the cases from being asked"
    return f"{name} left {share:.0%} of its questions unanswered"


class HarnessError(Struct, frozen=True):
    """An exception of drt's own code on a case."""

    what: str | None = None
    target: str | None = None
    index: int | None = None
    error: str | None = None
    traceback: str | None = None


class LostDeath(Struct, frozen=True):
    """A worker crash whose case kills no engine when it is tried again."""

    target: str
    index: int
    cause: str


class Footer(Event, frozen=True, kw_only=True, tag="footer"):
    """The results of a run. Rates are per second of the whole run, shares are parts of the decisions."""

    counts: Counts
    seconds: float
    targets: dict[str, Counts]
    findings: tuple[Finding, ...]
    exit_code: int
    random_seed: int
    jobs: int
    interrupted: bool
    broken: int
    errors: tuple[HarnessError, ...]
    deaths: int
    lost: tuple[LostDeath, ...]
    cannot_start: str | None = None
    engines: tuple[str, ...] = ()
    cases_per_second: float = 0.0
    decisions_per_second: float = 0.0
    shares: dict[str, float] = field(default_factory=dict)
    stream_shares: dict[str, dict[str, float]] = field(default_factory=dict)
    distinct_shares: dict[str, float] = field(default_factory=dict)
    one_sided: tuple[str, ...] = ()
    features: dict[str, int] = field(default_factory=dict)
    pairs: int = 0
    sometimes: dict[str, int] = field(default_factory=dict)
    missed: tuple[str, ...] = ()
    partial: dict[str, float] = field(default_factory=dict)
    allow_partial: bool = False
    declared: dict[str, int] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    resident: tuple[int, ...] = ()
    memory: tuple[Growth, ...] = ()
    stalled: bool = False
    shard: tuple[int, int] = (1, 1)
    passed_over: tuple[tuple[str, int], ...] = ()
    format: int = FORMAT

    def to_json(self) -> dict[str, Any]:
        """Return the content of `run.json`."""
        document: dict[str, Any] = json.loads(json.dumps(to_json(self)))
        counts = document.pop("counts")
        del document["event"], document["at"]
        for finding, written in zip(self.findings, document["findings"], strict=True):
            written |= finding.derived()
        return {**counts, **document}


def footer_from_json(document: Mapping[str, Any]) -> Footer:
    """Read what `to_json` returned, or the event of a log; raises `ValueError` for another shape."""
    return from_json({**document, "event": "footer", "counts": document}, Footer)
