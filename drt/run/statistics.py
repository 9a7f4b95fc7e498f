"""Statistics of a run: counted by each worker, added up by the readers.

Defines the counters, their JSON form and what is derived from them (rates and shares).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from drt.model.case import Case
from drt.model.divergence import Checked
from drt.run.distinct import Distinct

CASES_IN_VAIN = 25
"""Cases of a target without any comparison after which no more of them are drawn."""

DECLARED = "declared: "
"""Prefix of the events and reasons that count divergences and cases by the declared difference."""

STREAM_EVENTS = ("allow", "deny", "forbidden", "erring")


class Counts(Struct):
    """Totals, of one target or of all.

    `events` are the oracle's countable facts, `reasons` those of questions that could not be compared;
    `seconds` are by stage (`generate`, `engines`, `compare`, `watch` for coverage, `reduce`, `hypothesis`),
    `engines` by engine name. `asked` counts the questions to each engine, and `unanswered` those that it does
    not support or has no time for. `streams` are the counts of each stream, if the target has several, and
    `distinct` the samples of its cases and of their policies.
    """

    cases: int = 0
    comparisons: int = 0
    decisions: int = 0
    divergences: int = 0
    inconclusive: int = 0
    events: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict, name="seconds_by_stage")
    engines: dict[str, float] = field(default_factory=dict, name="seconds_by_engine")
    asked: Counter[str] = field(default_factory=Counter)
    unanswered: Counter[str] = field(default_factory=Counter)
    streams: dict[str, Counter[str]] = field(default_factory=dict)
    distinct: dict[str, Distinct] = field(default_factory=dict)

    def add(self, checked: Checked) -> None:
        """Count one case."""
        self.cases += 1
        self.comparisons += checked.comparisons
        self.decisions += checked.decisions
        self.divergences += len(checked.divergences)
        if checked.inconclusive:
            self.inconclusive += len(checked.inconclusive)
            self.reasons.update(checked.inconclusive)
        self.events.update(checked.events)

    @property
    def excused(self) -> dict[str, int]:
        """The declared differences that excused divergences, each with how often; once per case and kind."""
        return {
            name.removeprefix(DECLARED): times
            for name, times in self.events.items()
            if name.startswith(DECLARED)
        }

    def add_to_stream(self, stream: str, case: Case, checked: Checked) -> None:
        """Count one case of a stream; `add` counts it in the totals."""
        counts = self.streams.setdefault(stream, Counter())
        counts["cases"] += 1
        counts["decisions"] += checked.decisions
        for event in checked.events:
            if event in STREAM_EVENTS:
                counts[event] += 1
        policies = case.policies.text
        self.distinct.setdefault("policy sets", Distinct()).add((policies,))
        whole = (policies, case.entities, *(request.text for request in case.requests))
        self.distinct.setdefault("cases", Distinct()).add(whole)

    def spend(self, stage: str, seconds: float) -> None:
        """Add seconds to a stage."""
        self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds

    def spend_inside(self, engines: Mapping[str, float]) -> float:
        """Add what was spent inside each engine; returns the sum."""
        for name, seconds in engines.items():
            self.engines[name] = self.engines.get(name, 0.0) + seconds
        inside = sum(engines.values())
        self.spend("engines", inside)
        return inside

    def ask(self, engine: str, asked: int, unanswered: int) -> None:
        """Count questions to an engine."""
        self.asked[engine] += asked
        self.unanswered[engine] += unanswered

    @property
    def in_vain(self) -> bool:
        """Whether some engine supports nothing here that could be compared."""
        compared = self.comparisons or self.divergences
        unable = any(unanswered >= self.cases for unanswered in self.unanswered.values())
        return self.cases >= CASES_IN_VAIN and not compared and unable

    def merge(self, other: Counts) -> None:
        """Add the other's numbers to these."""
        for name in ("cases", "comparisons", "decisions", "divergences", "inconclusive"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.events.update(other.events)
        self.reasons.update(other.reasons)
        for name, seconds in other.seconds.items():
            self.spend(name, seconds)
        for name, seconds in other.engines.items():
            self.engines[name] = self.engines.get(name, 0.0) + seconds
        self.asked.update(other.asked)
        self.unanswered.update(other.unanswered)
        for stream, counts in other.streams.items():
            self.streams.setdefault(stream, Counter()).update(counts)
        for name, sample in other.distinct.items():
            self.distinct.setdefault(name, Distinct()).merge(sample)

    def shares(self) -> dict[str, float]:
        """Return the shares of the decisions that allow, deny, and have an erring policy; 0 to 1.

        Denials are also split: by a forbid, or because no policy applies.
        """
        return _shares(self.events)

    def stream_shares(self) -> dict[str, dict[str, float]]:
        """Return what `shares` does and more, by stream and for all together (`all`).

        These are the `share` of the cases, and of the observed cases those that are `valid` and
        `with_conditions`, and the `trivial` ones of their conditions.
        """
        totals = self.stream_totals()
        together = totals.get("all", Counter())
        shares = {}
        for stream, counts in totals.items():
            shares[stream] = {
                "share": _part(counts["cases"], together["cases"]),
                **_shares(counts),
                "valid": _part(counts["valid"], counts["judged"]),
                "with_conditions": _part(counts["with conditions"], counts["looked at"]),
                "trivial": _part(counts["trivial conditions"], counts["conditions"]),
            }
        return shares

    def stream_totals(self) -> dict[str, Counter[str]]:
        """Return the counts of each stream and of all together (`all`); empty if there are none."""
        together: Counter[str] = Counter()
        for counts in self.streams.values():
            together.update(counts)
        return {"all": together, **self.streams} if self.streams else {}


def _shares(events: Mapping[str, int]) -> dict[str, float]:
    decided = events.get("allow", 0) + events.get("deny", 0)
    forbidden = events.get("forbidden", 0)
    counts = {
        "allow": events.get("allow", 0),
        "deny": events.get("deny", 0),
        "forbidden": forbidden,
        "nothing_applied": events.get("deny", 0) - forbidden,
        "error": events.get("erring", 0),
    }
    return {name: _part(count, decided) for name, count in counts.items()}


def _part(count: int, whole: int) -> float:
    return round(count / whole, 4) if whole else 0.0


def total(counts: Iterable[Counts]) -> Counts:
    """Add up counts."""
    sum_ = Counts()
    for one in counts:
        sum_.merge(one)
    return sum_
