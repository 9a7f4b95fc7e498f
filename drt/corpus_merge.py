"""Cases of other corpora taken in, one at a time and each whole, while others may write the same corpus.

Owns what becomes of a case that meets one like it. What people have concluded is never overwritten; of two
open counterexamples of one signature the simpler stays, as in a run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from drt.case_files import read_case
from drt.corpus import FLAKY, Corpus, cases_under, free_name, holding, put, slug
from drt.known import KNOWN_FILE, Known, entries
from drt.problems import InputProblem
from drt.reduce.order import weight
from drt.saved_case import SavedCase

Fate = Literal[
    "taken in",
    "there already",
    "a simpler one is there",
    "took the place of one less simple",
    "gave its conclusion to the same case",
    "refused",
]


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of one case of the other corpus; `place` is where it now lies, or what stands for it."""

    source: Path
    fate: Fate
    place: Path | None = None
    reason: str = ""


def merge(corpus: Corpus, other: Path) -> Iterator[Merged]:
    """Take in every case at or below a folder; those that cannot be read are told, and the others taken.

    Raises `InputProblem` when the disk refuses, or there is no such folder.
    """
    if not other.is_dir():
        raise InputProblem("there is no such folder", other)
    if other.resolve() == corpus.root.resolve():
        raise InputProblem("a corpus cannot be merged into itself", other)
    found = cases_under(other)
    if not found:
        raise InputProblem("there is no case in it", other)
    for path in found:
        try:
            saved = read_case(path)
            yield _counterexample(corpus, path, saved) if saved.signature else _seed_case(corpus, path, saved)
        except InputProblem as problem:
            yield Merged(path, "refused", reason=str(problem))


def findings_left(corpus: Corpus, other: Path) -> list[str]:
    """The ids in the other's `known.toml` that ours does not have: people move them, a merge does not."""
    ours = {entry.id for entry in entries(corpus.root / KNOWN_FILE) if isinstance(entry, Known)}
    theirs = [entry.id for entry in entries(other / KNOWN_FILE) if isinstance(entry, Known)]
    return [name for name in theirs if name not in ours]


def _seed_case(corpus: Corpus, path: Path, saved: SavedCase) -> Merged:
    """A case without a signature: a seed case, if it says in which topic it lies and what must come out."""
    topic = path.parent.name
    if topic not in saved.tags or not saved.expected:
        sentence = (
            "neither a counterexample (no signature) nor a seed case (topic among its tags, an outcome)"
        )
        return Merged(path, "refused", reason=f"{path}: {sentence}")
    folder = corpus.root / "seeds" / slug(topic)
    with holding(folder):
        for place in _names(folder, slug(path.name)):
            if _same(place, saved):
                return Merged(path, "there already", place)
        place = free_name(folder, slug(path.name))
        put(place, replace(saved, name=place.name))
    return Merged(path, "taken in", place)


def _counterexample(corpus: Corpus, path: Path, saved: SavedCase) -> Merged:
    folder = corpus.root / (FLAKY if FLAKY in saved.tags else "counterexamples")
    with holding(folder):
        for place, known in corpus.with_signature(folder, saved.signature):
            if (fate := _fate(known, saved)) is None:
                continue
            if fate in ("took the place of one less simple", "gave its conclusion to the same case"):
                put(place, replace(saved, name=place.name))
            return Merged(path, fate, place)
        place = free_name(folder, slug(saved.signature))
        put(place, replace(saved, name=place.name))
    return Merged(path, "taken in", place)


def _fate(known: SavedCase, saved: SavedCase) -> Fate | None:
    """What becomes of a case beside one of its signature; None where both are to be kept."""
    same = known.case == saved.case
    match known.status, saved.status:
        case "open" | None, "open" | None:
            simpler = weight(saved.case) < weight(known.case)
            return "took the place of one less simple" if simpler else _other(same)
        case "declared", "open" | None:
            return _other(same)
        case "fixed", "open" | None:
            return "there already" if same else None
        case "open" | None, _:
            return "gave its conclusion to the same case" if same else None
        case there, mine:
            return "there already" if same and there == mine else None
    return None


def _other(same: bool) -> Fate:
    return "there already" if same else "a simpler one is there"


def _names(folder: Path, name: str) -> Iterator[Path]:
    """The places that a case of that name may already have."""
    place, number = folder / name, 1
    while place.exists():
        yield place
        number += 1
        place = folder / f"{name}-{number}"


def _same(place: Path, saved: SavedCase) -> bool:
    try:
        known = read_case(place)
    except InputProblem:
        return False
    return replace(known, name="") == replace(saved, name="")
