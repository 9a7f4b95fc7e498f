"""Bounds on a run's input distribution: no run may consist mostly of one kind of case.

The bounds apply to runs that are large enough for a share to mean something.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from drt.run.statistics import Counts

ENOUGH_DECISIONS = 5_000
ENOUGH_CASES = 400
ENOUGH_LOOKS = 100

ALL = "all"


@dataclass(frozen=True, slots=True)
class Bound:
    """The permitted range of a share, of one stream or of all; `of` names the count that must be large."""

    stream: str
    share: str
    words: str
    least: float = 0.0
    most: float = 1.0
    of: str = "decisions"


BOUNDS = (
    Bound(ALL, "allow", "of the decisions allow", 0.30, 0.50),
    Bound(ALL, "forbidden", "of the decisions deny by a forbid", 0.15, 1.0),
    Bound(ALL, "nothing_applied", "of the decisions deny because no policy applied", 0.0, 0.30),
    Bound(ALL, "trivial", "of the conditions are trivially true or false", 0.0, 0.05, "looked at"),
    Bound(
        ALL,
        "with_conditions",
        "of the cases have a policy with a telling condition",
        1.0,
        1.0,
        "looked at",
    ),
    Bound("well-typed", "valid", "of the policy sets validate", 0.99, 1.0, "judged"),
    Bound("well-typed", "error", "of the decisions have an erring policy", 0.0, 0.10),
    Bound("one-type-error", "error", "of the decisions have an erring policy", 0.30, 0.60),
    Bound("well-typed", "share", "of the cases are well typed", 0.50, 0.70, "cases"),
)
LEAST_DISTINCT = 0.9
MOST_OF_ANYTHING = 0.9
"""Largest share of one kind of case in a run over any targets, where no bound is set."""

ENOUGH = {
    "decisions": ENOUGH_DECISIONS,
    "cases": ENOUGH_CASES,
    "looked at": ENOUGH_LOOKS,
    "judged": ENOUGH_LOOKS,
}


def one_sided(targets: Mapping[str, Counts], everything: Counts) -> tuple[str, ...]:
    """Describe every kind of case that dominates the run, in one sentence each."""
    return (*_streams(everything), *_repeated(everything), *_kinds(everything), *_refused(targets))


def _streams(everything: Counts) -> Iterator[str]:
    shares, totals = everything.stream_shares(), everything.stream_totals()
    for bound in BOUNDS:
        if bound.stream not in shares or totals[bound.stream][bound.of] < ENOUGH[bound.of]:
            continue
        share = shares[bound.stream][bound.share]
        if not bound.least <= share <= bound.most:
            where = "" if bound.stream == ALL else f"stream {bound.stream}: "
            yield f"{where}{share:.1%} {bound.words}, not {_range(bound)}"


def _range(bound: Bound) -> str:
    if bound.least == bound.most:
        return f"{bound.least:.0%}"
    if bound.most == 1.0:
        return f"{bound.least:.0%} or more"
    if bound.least == 0.0:
        return f"{bound.most:.0%} or less"
    return f"{bound.least:.0%} to {bound.most:.0%}"


def _repeated(everything: Counts) -> Iterator[str]:
    for name, sample in everything.distinct.items():
        if sum(sample.seen.values()) >= ENOUGH_LOOKS and sample.share < LEAST_DISTINCT:
            yield f"{sample.share:.1%} of the {name} are distinct, not {LEAST_DISTINCT:.0%} or more"


def _kinds(everything: Counts) -> Iterator[str]:
    if everything.decisions >= ENOUGH_DECISIONS:
        said = {
            "allow": "allow",
            "forbidden": "deny by a forbid",
            "nothing_applied": "deny because no policy applied",
            "error": "have an erring policy",
        }
        for name, words in said.items():
            share = everything.shares()[name]
            if share > MOST_OF_ANYTHING:
                yield f"{share:.1%} of the decisions {words}"
    questions = everything.comparisons + everything.inconclusive
    if questions >= ENOUGH_DECISIONS and everything.inconclusive > questions / 2:
        yield f"{everything.inconclusive / questions:.1%} of the questions could not be compared"


def _refused(targets: Mapping[str, Counts]) -> Iterator[str]:
    """Return the targets whose every case is rejected before anything is evaluated."""
    for name, counts in targets.items():
        refused = sum(count for event, count in counts.events.items() if event.startswith("rejected:"))
        if counts.comparisons >= ENOUGH_CASES and refused > MOST_OF_ANYTHING * counts.comparisons:
            yield f"target {name}: {refused / counts.comparisons:.1%} of the answers are refusals"
