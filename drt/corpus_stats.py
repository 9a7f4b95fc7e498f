"""A corpus in figures: how many cases of what, how large, and how much of the language they reach.

Owns the counting; the same figures are printed as a table and as JSON.
"""

from __future__ import annotations

import json
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from drt.case import Case
from drt.cells import cells
from drt.corpus import FLAKY, Corpus
from drt.corpus_features import cells_reached, components
from drt.features import case_features, policy_count
from drt.problems import InputProblem
from drt.reduce.order import texts
from drt.saved_case import SavedCase

SEED_CASES = "seed cases"
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Size:
    """How much of one thing a case has: the least, the median and the most over all cases, and the sum."""

    least: int
    median: float
    most: int
    total: int


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts are of cases. `features` are the words of the language that cases are written with; `cells` of
    `cells_total` the combinations of operator, kinds and outcome that the reference reaches with them."""

    cases: int
    unreadable: tuple[str, ...]
    targets: dict[str, int]
    components: dict[str, int]
    topics: dict[str, int]
    statuses: dict[str, int]
    tags: dict[str, int]
    sizes: dict[str, Size]
    features: dict[str, int]
    cells: int
    cells_total: int

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def stats(corpus: Corpus) -> Stats:
    """Count everything in a corpus."""
    known: list[tuple[Path, SavedCase]] = []
    unreadable = []
    for path in corpus.seeds() + corpus.counterexamples() + corpus.flaky():
        try:
            known.append((path, corpus.load(path)))
        except InputProblem as problem:
            unreadable.append(str(problem))
    seeds = corpus.root / "seeds"
    saved = [case for _, case in known]
    reached: set[str] = set()
    for _, _, found in cells_reached(known):
        reached |= found or frozenset()
    every = cells()
    return Stats(
        cases=len(saved),
        unreadable=tuple(unreadable),
        targets=_counted(_target(path, case, seeds) for path, case in known),
        components=_counted(name for case in saved for name in components(case)),
        topics=_counted(path.parent.name for path, _ in known if path.is_relative_to(seeds)),
        statuses=_counted(
            SEED_CASES
            if path.is_relative_to(seeds)
            else FLAKY
            if FLAKY in case.tags
            else case.status or UNKNOWN
            for path, case in known
        ),
        tags=_counted(tag for case in saved for tag in case.tags),
        sizes=_sizes([case.case for case in saved]),
        features=_counted(name for case in saved for name in case_features(case.case)),
        cells=len(reached & every),
        cells_total=len(every),
    )


def _target(path: Path, saved: SavedCase, seeds: Path) -> str:
    return SEED_CASES if path.is_relative_to(seeds) else str(saved.origin.get("target", UNKNOWN))


def _counted(names: Iterable[str]) -> dict[str, int]:
    """Counts, the largest first."""
    return dict(sorted(Counter(names).items(), key=lambda item: (-item[1], item[0])))


def _sizes(cases: Sequence[Case]) -> dict[str, Size]:
    if not cases:
        return {}
    measures = {
        "policies": [policy_count(case) for case in cases],
        "requests": [len(case.requests) for case in cases],
        "expressions": [len(case.expressions) for case in cases],
        "entities": [_entities(case.entities) for case in cases],
        "links": [len(case.links) for case in cases],
        "characters": [sum(map(len, texts(case))) for case in cases],
    }
    return {
        name: Size(min(numbers), statistics.median(numbers), max(numbers), sum(numbers))
        for name, numbers in measures.items()
    }


def _entities(text: str) -> int:
    """How many entities a document holds; none where it is no list."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return 0
    return len(document) if isinstance(document, list) else 0
