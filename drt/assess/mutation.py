"""The mutation score of the harness: whether planted defects are found, reduced, distinguished and named.

Owns the measuring of one defect and the limits that all of them together must keep (issue 8, "Shows"). The
defects are a table of somebody else's: an engine with one known fault, and what a search must name for it.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

from drt.diagnosis import Located, localise
from drt.diagnosis.features import policy_count
from drt.diagnosis.signature import HANGING_SECONDS, first_alike, key_text, signature
from drt.engines import build
from drt.engines.deadline import Alarm
from drt.engines.guard import Guarded
from drt.engines.observed import ObservedEngine
from drt.model.case import Case
from drt.model.divergence import Checked, Divergence
from drt.model.engine import Engine
from drt.model.outcome import ExceededBudget
from drt.reduce import expression_nodes, reduce_case
from drt.targets.table import TARGETS
from generators.choice.sources import RecordingSource

PATIENCE = 5.0
"""Seconds for one case; a defect that hangs costs them once."""

MOST_SECONDS = 60.0
MEDIANS: Mapping[str, float] = {"seconds": 2.0, "policies": 1, "nodes": 10, "entities": 2, "requests": 1}
MOST_BUCKETS = 2
LEAST_NAMED = 0.9


@dataclass(frozen=True, slots=True)
class Defect:
    """An engine with one fault.

    `component` is the part of an engine that is at fault and `target` the one that shows it beside the sound
    engine `beside`. A search is right when what it names starts with one of `named`: the rule, or for what
    is read differently the rule and the text (`reading the policies: //`). None of them: a fault that is
    known by its own frames or by running out of time.
    """

    name: str
    component: str
    sentence: str
    make: Callable[[], Any]
    target: str
    named: tuple[str, ...] = ()
    beside: str = "reference"


@dataclass(frozen=True, slots=True)
class Reduced:
    """One counterexample of a defect: its case, its bucket, its sizes, and what it took to get there.

    `seconds` are of the processor, so that a busy machine does not change them.
    """

    case: Case
    bucket: str
    located: Located | None
    right: bool
    seconds: float
    sizes: Mapping[str, int]

    def to_json(self) -> dict[str, Any]:
        """Return the result as the command prints it for programs."""
        return {
            "bucket": self.bucket,
            "named": named(self.located),
            "right": self.right,
            "seconds": round(self.seconds, 3),
            "policies": self.case.policies.text,
            "sizes": dict(self.sizes),
        }


@dataclass(frozen=True, slots=True)
class Measured:
    """The result for one defect: the cases and seconds until it first showed, and its counterexamples."""

    defect: Defect
    cases: int
    seconds: float
    finds: tuple[Reduced, ...]

    @property
    def buckets(self) -> tuple[str, ...]:
        """The buckets that the defect was found in, each once."""
        return tuple(sorted({find.bucket for find in self.finds}))

    @property
    def right(self) -> bool:
        """Whether every search named the defect."""
        return bool(self.finds) and all(find.right for find in self.finds)

    def to_json(self) -> dict[str, Any]:
        """Return the result as the command prints it for programs."""
        return {
            "defect": self.defect.name,
            "component": self.defect.component,
            "target": self.defect.target,
            "cases": self.cases,
            "seconds": round(self.seconds, 3),
            "finds": [find.to_json() for find in self.finds],
        }


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to search for a defect, and how many of its counterexamples to reduce."""

    cases: int = 3_000
    seconds: float = 20.0
    finds: int = 4
    reduce_seconds: float = MOST_SECONDS


def _anonymous(engine: Engine) -> Guarded:
    """Give an engine the name that all faulty ones share: no bucket may depend on the name."""
    renamed = ObservedEngine(engine)
    renamed.name, renamed.version = "faulty", "0"
    return Guarded(renamed)


def measure(defect: Defect, effort: Effort) -> Measured:
    """Draw cases until the defect has shown often enough; reduce, bucket and locate each find."""
    engines = (Guarded(build(defect.beside)), _anonymous(defect.make()))
    oracle = TARGETS[defect.target].oracle

    def judge(case: Case) -> Checked:
        return oracle(case, engines)

    alarm = Alarm()
    began = time.monotonic()
    finds: list[tuple[Case, Divergence]] = []
    found_at, cases, hanging = 0.0, 0, False
    for case in _cases(defect.target, effort.cases):
        if len(finds) >= effort.finds or time.monotonic() - began > effort.seconds:
            break
        checked = _asked(partial(judge, case), alarm, HANGING_SECONDS if hanging else PATIENCE)
        hanging = hanging or any(map(_hangs, checked.divergences))
        of_a_kind = {key_text(found): found for found in reversed(checked.divergences)}
        if of_a_kind and not finds:
            found_at = time.monotonic() - began
        if not finds:
            cases += 1
        finds += [(case, found) for found in of_a_kind.values()]
    reduced = tuple(
        _reduced(defect, engines, judge, alarm, case, found, effort.reduce_seconds)
        for case, found in finds[: effort.finds]
    )
    return Measured(defect, cases, found_at, reduced)


def _cases(target: str, count: int) -> Iterator[Case]:
    for random_seed in range(count):
        yield TARGETS[target].draw(RecordingSource(random_seed))


def _reduced(
    defect: Defect,
    engines: Sequence[Guarded],
    judge: Callable[[Case], Checked],
    alarm: Alarm,
    case: Case,
    divergence: Divergence,
    seconds: float,
) -> Reduced:
    hanging = _hangs(divergence)
    patience = HANGING_SECONDS if hanging else PATIENCE

    def shown(candidate: Case) -> Divergence | None:
        return first_alike(divergence, _asked(lambda: judge(candidate), alarm, patience))

    began = time.process_time()
    small = reduce_case(case, lambda candidate: shown(candidate) is not None, seconds)
    took = time.process_time() - began
    divergence = shown(small) or divergence
    located = None if hanging else localise(small, engines, divergence)
    right = not defect.named or any(named(located).startswith(wanted) for wanted in defect.named)
    bucket = signature(divergence, small, located)
    return Reduced(small, bucket, located, right, took, sizes(small))


def _hangs(divergence: Divergence) -> bool:
    return ExceededBudget("time") in [answer for _, answer in divergence.answers]


def _asked(question: Callable[[], Checked], alarm: Alarm, seconds: float) -> Checked:
    return alarm.within(seconds, question) or Checked()


def named(located: Located | None) -> str:
    """Return the rule that a search has named."""
    return "" if located is None else located.rule


def sizes(case: Case) -> dict[str, int]:
    """Measure the size of a case."""
    try:
        entities = json.loads(case.entities or "[]")
    except (ValueError, RecursionError):
        entities = [case.entities]
    return {
        "policies": policy_count(case),
        "nodes": expression_nodes(case),
        "entities": len(entities) if isinstance(entities, list) else 1,
        "requests": len(case.requests),
    }


@dataclass(frozen=True, slots=True)
class Limit:
    """One of the numbers that are promised, and what was measured."""

    promise: str
    measured: str
    kept: bool


def limits(rows: Sequence[Measured]) -> list[Limit]:
    """Every promise about the defects together, kept or not."""
    finds = [find for row in rows for find in row.finds]
    found = sum(bool(row.finds) for row in rows)
    kept = [Limit("every defect is found", f"{found} of {len(rows)}", found == len(rows))]
    if not finds:
        return kept
    longest = max(find.seconds for find in finds)
    kept.append(Limit(f"reduced within {MOST_SECONDS:g} s", f"{longest:.2f} s", longest <= MOST_SECONDS))
    for what, most in MEDIANS.items():
        middle = median(find.seconds if what == "seconds" else find.sizes[what] for find in finds)
        promise = f"median {'reduction' if what == 'seconds' else what} at most {most:g}"
        kept.append(Limit(promise, f"{middle:.2f}" if what == "seconds" else f"{middle:g}", middle <= most))
    most_buckets = max(len(row.buckets) for row in rows)
    promise = f"at most {MOST_BUCKETS} buckets a defect"
    kept.append(Limit(promise, str(most_buckets), most_buckets <= MOST_BUCKETS))
    clashes = shared(rows)
    kept.append(Limit("no bucket with two defects", str(len(clashes)), not clashes))
    tried = [row for row in rows if row.finds and row.defect.named]
    share = sum(row.right for row in tried) / len(tried) if tried else 1.0
    kept.append(Limit(f"{LEAST_NAMED:.0%} named", f"{share:.0%}", share >= LEAST_NAMED))
    return kept


def shared(rows: Sequence[Measured]) -> list[str]:
    """Return the buckets that hold more than one defect."""
    counted = Counter(bucket for row in rows for bucket in row.buckets)
    return sorted(bucket for bucket, defects in counted.items() if defects > 1)
