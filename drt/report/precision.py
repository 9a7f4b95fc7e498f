"""The precision of a validator: how many of its verdicts on drawn policies are backed, and by what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from drt.symbolic.soundness import EXCLUDED, Harmless, Judged, Safe, Undecided, Unsafe
from drt.symbolic.verdicts import Verdict


@dataclass(slots=True)
class Precision:
    """Verdicts by what is known of the policies, and examples of those that are wrong."""

    valid: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    wrong: list[Verdict] = field(default_factory=list)

    def count(self, verdict: Verdict) -> None:
        """Count one verdict."""
        known = _known(verdict.judged)
        (self.valid if verdict.valid else self.rejected)[known] += 1
        if (verdict.valid and known == "harmful") or known == "formula refuted":
            self.wrong.append(verdict)

    @property
    def undecided(self) -> int:
        """How many verdicts neither a proof nor a search backs."""
        return self.valid["undecided"] + self.rejected["undecided"]

    @property
    def precision(self) -> float | None:
        """The share of the rejected policies that raise an excluded error; None if none is rejected."""
        return self.rejected["harmful"] / self.rejected.total() if self.rejected else None

    def lines(self) -> Iterable[str]:
        """Write the counts for people."""
        yield f"valid: {_counts(self.valid)}"
        yield f"rejected: {_counts(self.rejected)}"
        if self.precision is not None:
            yield f"precision: {self.precision:.0%} of the rejected policies raise an error on a witness"
        for one in self.wrong:
            verdict = "valid" if one.valid else "rejected"
            yield f"wrong ({_known(one.judged)}), {verdict}: {one.policy.strip()}"

    def document(self) -> dict[str, Any]:
        """Write the counts for programs."""
        return {
            "valid": dict(self.valid),
            "rejected": dict(self.rejected),
            "precision": self.precision,
            "wrong": [{"policy": one.policy, "schema": one.schema, "valid": one.valid} for one in self.wrong],
        }


def measured(verdicts: Iterable[Verdict]) -> Precision:
    """Count verdicts."""
    precision = Precision()
    for verdict in verdicts:
        precision.count(verdict)
    return precision


def _known(judged: Judged) -> str:
    match judged:
        case Safe():
            return "proved safe"
        case Unsafe(_, raised):
            return "harmful" if raised in EXCLUDED else "formula refuted"
        case Harmless(proved):
            return "proved harmless" if proved else "no witness found"
        case Undecided():
            return "undecided"


def _counts(counts: Counter[str]) -> str:
    named = ", ".join(f"{number:,} {known}" for known, number in counts.most_common())
    return f"{counts.total():,}" + (f" ({named})" if named else "")
