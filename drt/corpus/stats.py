"""A corpus in figures: how many cases of what, how large, and how much of the language they reach.

Owns the counting; the same figures are printed as a table and as JSON.
"""

from __future__ import annotations

import contextlib
import json
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict

from drt.corpus.features import cells_reached, components
from drt.corpus.index import Answer
from drt.corpus.store import FLAKY, Corpus
from drt.coverage.bins import bins
from drt.diagnosis.features import case_features, policy_count
from drt.model.case import Case
from drt.model.case_directory import read_case
from drt.model.errors import InputProblem
from drt.model.records import from_json
from drt.model.saved_case import SavedCase
from drt.reduce.order import texts

SEED_CASES = "seed cases"
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Size:
    """Distribution of one measure over all cases: least, median, most, and the sum."""

    least: int
    median: float
    most: int
    total: int


@dataclass(frozen=True, slots=True)
class Stats:
    """Statistics of a corpus; counts are of cases.

    `features` are the words of the language that cases are written with; `cells` of `cells_total` the
    combinations of operator, kinds and outcome that the reference reaches with them.
    """

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


class _Figures(Struct, frozen=True):
    """What the index keeps of one case."""

    target: str
    components: tuple[str, ...]
    status: str | None
    tags: tuple[str, ...]
    sizes: dict[str, int]
    features: tuple[str, ...]


def stats(corpus: Corpus) -> Stats:
    """Count everything in a corpus."""
    paths = corpus.seeds() + corpus.counterexamples() + corpus.flaky()
    seeds = corpus.root / "seeds"
    figures = corpus.index.answers("figures", paths, _figures)
    known = [(path, from_json(figures[path], _Figures)) for path in paths if path in figures]
    reached = {cell for cells in corpus.index.answers("cells", paths, _cells).values() for cell in cells}
    every = bins()
    return Stats(
        cases=len(known),
        unreadable=tuple(problem for path in paths if path not in figures for problem in _problems(path)),
        targets=_counted(SEED_CASES if path.is_relative_to(seeds) else case.target for path, case in known),
        components=_counted(name for _, case in known for name in case.components),
        topics=_counted(path.parent.name for path, _ in known if path.is_relative_to(seeds)),
        statuses=_counted(
            SEED_CASES
            if path.is_relative_to(seeds)
            else FLAKY
            if FLAKY in case.tags
            else case.status or UNKNOWN
            for path, case in known
        ),
        tags=_counted(tag for _, case in known for tag in case.tags),
        sizes=_sizes([case.sizes for _, case in known]),
        features=_counted(name for _, case in known for name in case.features),
        cells=len(reached & every),
        cells_total=len(every),
    )


def _figures(paths: Sequence[Path]) -> Iterator[tuple[Path, Answer]]:
    """Count each case that can be read; equal texts are measured once."""
    measured = cache(lambda case: (_measures(case), case_features(case)))
    for path, saved in _read(paths):
        sizes, written = measured(saved.case)
        yield (
            path,
            asdict(
                _Figures(
                    target=str(saved.origin.get("target", UNKNOWN)),
                    components=tuple(components(saved)),
                    status=saved.status,
                    tags=saved.tags,
                    sizes=sizes,
                    features=tuple(written),
                )
            ),
        )


def _cells(paths: Sequence[Path]) -> Iterator[tuple[Path, list[str]]]:
    """Find the cells that each case reaches, of those that can be read and that kill no engine.

    Equal texts are run once.
    """
    alike: dict[Case, list[Path]] = {}
    for path, saved in _read(paths):
        alike.setdefault(saved.case, []).append(path)
    for _, saved, found in cells_reached([(same[0], SavedCase(case)) for case, same in alike.items()]):
        if found is not None:
            yield from ((path, sorted(found)) for path in alike[saved.case])


def _read(paths: Sequence[Path]) -> Iterator[tuple[Path, SavedCase]]:
    for path in paths:
        with contextlib.suppress(InputProblem):
            yield path, read_case(path)


def _problems(path: Path) -> Iterator[str]:
    """Say what is wrong with an unreadable case; empty where it has been mended meanwhile."""
    try:
        read_case(path)
    except InputProblem as problem:
        yield str(problem)


def _counted(names: Iterable[str]) -> dict[str, int]:
    """Sort counts, the largest first."""
    return dict(sorted(Counter(names).items(), key=lambda item: (-item[1], item[0])))


def _measures(case: Case) -> dict[str, int]:
    return {
        "policies": policy_count(case),
        "requests": len(case.requests),
        "expressions": len(case.expressions),
        "entities": _entities(case.entities),
        "links": len(case.links),
        "characters": sum(map(len, texts(case))),
    }


def _sizes(measured: Sequence[Mapping[str, int]]) -> dict[str, Size]:
    sizes = {}
    for name in measured[0] if measured else ():
        numbers = [one[name] for one in measured]
        sizes[name] = Size(min(numbers), statistics.median(numbers), max(numbers), sum(numbers))
    return sizes


def _entities(text: str) -> int:
    """Count the entities of a document; zero if it is no list."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return 0
    return len(document) if isinstance(document, list) else 0
