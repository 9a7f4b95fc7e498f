"""What a run did, in numbers: counted by each worker, added up by whoever asks.

Owns the counters, their JSON form and what is derived from them (rates and shares).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from drt.oracles.checked import Checked

STAGES = ("generate", "engines", "compare", "watch", "reduce", "other")
"""Where a worker's time goes: drawing cases; inside engines; the rest of the oracle; telling which rules of
the language are reached; finds; the loop itself.
"""


@dataclass(slots=True)
class Counts:
    """Totals, of one target or of all. `events` are the oracle's countable facts, `reasons` those of
    questions
    that could not be compared; `seconds` are by stage, `engines` by engine name."""

    cases: int = 0
    comparisons: int = 0
    decisions: int = 0
    divergences: int = 0
    inconclusive: int = 0
    events: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)
    engines: dict[str, float] = field(default_factory=dict)

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

    def spend(self, stage: str, seconds: float) -> None:
        self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds

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

    def shares(self) -> dict[str, float]:
        """The parts of the decisions that allow, deny, and have an erring policy; 0 to 1."""
        decided = self.events["allow"] + self.events["deny"]
        return {
            name: round(self.events[event] / decided, 4) if decided else 0.0
            for name, event in (("allow", "allow"), ("deny", "deny"), ("error", "erring"))
        }

    def to_json(self) -> dict[str, Any]:
        return {
            "cases": self.cases,
            "comparisons": self.comparisons,
            "decisions": self.decisions,
            "divergences": self.divergences,
            "inconclusive": self.inconclusive,
            "events": dict(sorted(self.events.items())),
            "reasons": dict(sorted(self.reasons.items())),
            "seconds_by_stage": {name: round(self.seconds[name], 6) for name in sorted(self.seconds)},
            "seconds_by_engine": {name: round(self.engines[name], 6) for name in sorted(self.engines)},
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Counts:
        """Read back what `to_json` wrote."""
        return cls(
            **{
                name: document[name]
                for name in ("cases", "comparisons", "decisions", "divergences", "inconclusive")
            },
            events=Counter(document["events"]),
            reasons=Counter(document["reasons"]),
            seconds=dict(document["seconds_by_stage"]),
            engines=dict(document["seconds_by_engine"]),
        )


def total(counts: Iterable[Counts]) -> Counts:
    """The sum of all."""
    sum_ = Counts()
    for one in counts:
        sum_.merge(one)
    return sum_
