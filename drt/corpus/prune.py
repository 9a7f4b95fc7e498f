"""Pruning: the cases of a corpus that can go, since other cases that stay reach their every feature.

The choice is made to its fixed point in one pass. A case that names a bug, or that has a documented outcome,
is never dropped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from drt.corpus.features import cells_reached, features
from drt.corpus.known import Known, find_known
from drt.corpus.store import Corpus
from drt.model.errors import InputProblem
from drt.model.saved_case import SavedCase
from drt.reduce.order import weight


@dataclass(frozen=True, slots=True)
class Pruning:
    """The cases that can go, simplest last; those kept, each with why; and what could not be read."""

    drop: tuple[tuple[Path, SavedCase], ...]
    keep: tuple[tuple[Path, str], ...]
    unreadable: tuple[InputProblem, ...]


def plan(corpus: Corpus, known: Sequence[Known]) -> Pruning:
    """Find what a pruning would drop; the corpus stays as it is."""
    cases, unreadable = _read(corpus)
    simplest = _simplest_of_each_signature(cases)
    keep: list[tuple[Path, str]] = []
    candidates: list[tuple[Path, SavedCase, frozenset[str]]] = []
    reached: Counter[str] = Counter()
    for path, saved, cells in cells_reached(cases):
        reason = _protected(saved, known) or (_NAMES_A_BUG if path in simplest else "")
        if cells is None:
            keep.append((path, reason or "nobody could tell what it reaches"))
            continue
        mine = features(saved, cells)
        reached.update(mine)
        if reason:
            keep.append((path, reason))
        else:
            candidates.append((path, saved, mine))
    drop = []
    # Dropping only ever lowers the counts: what could not go before cannot go later, so one pass is enough.
    for path, saved, mine in sorted(candidates, key=lambda one: (weight(one[1].case), one[0]), reverse=True):
        if all(reached[feature] > 1 for feature in mine):
            reached.subtract(mine)
            drop.append((path, saved))
        else:
            alone = min(feature for feature in mine if reached[feature] == 1)
            keep.append((path, f"nothing else that stays reaches {alone}"))
    return Pruning(tuple(drop), tuple(sorted(keep)), unreadable)


def carry_out(corpus: Corpus, pruning: Pruning) -> list[Path]:
    """Drop the planned cases, each only if it is unchanged; returns those dropped."""
    return [path for path, saved in pruning.drop if corpus.remove(path, saved)]


_NAMES_A_BUG = "it names a bug"


def _read(corpus: Corpus) -> tuple[list[tuple[Path, SavedCase]], tuple[InputProblem, ...]]:
    cases, problems = [], []
    for path in corpus.seeds() + corpus.counterexamples():
        try:
            cases.append((path, corpus.load(path)))
        except InputProblem as problem:
            problems.append(problem)
    return cases, tuple(problems)


def _protected(saved: SavedCase, known: Sequence[Known]) -> str:
    """Return why a case stays regardless of its features; empty if nothing protects it."""
    if saved.expected:
        return "its outcome is documented"
    if saved.status in ("fixed", "declared"):
        return f"it is {saved.status}"
    if saved.verdict is not None:
        return "it has a verdict"
    entry = find_known(tuple(known), saved.signature) if saved.signature else None
    return "" if entry is None else f"known.toml knows it as {entry.id}"


def _simplest_of_each_signature(cases: Sequence[tuple[Path, SavedCase]]) -> set[Path]:
    best: dict[str, tuple[object, Path]] = {}
    for path, saved in cases:
        if saved.signature and saved.status == "open":
            mine = (weight(saved.case), path)
            best[saved.signature] = min(best.get(saved.signature, mine), mine)
    return {path for _, path in best.values()}
