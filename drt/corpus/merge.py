"""Merge cases of other corpora, one at a time and each whole, while others may write the same corpus.

Conclusions written by people are never overwritten; of two open counterexamples with one signature the
simpler stays, as in a run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Literal

from drt.corpus.folder import Held, cases_under, free_name, holding
from drt.corpus.known import KNOWN_FILE, Known, entries
from drt.corpus.store import FLAKY, Corpus, slug
from drt.model.case_directory import read_case
from drt.model.errors import InputProblem
from drt.model.saved_case import SavedCase
from drt.reduce.order import weight

Fate = Literal[
    "taken in",
    "there already",
    "a simpler one is there",
    "took the place of one less simple",
    "gave its conclusion to the same case",
    "refused",
]


TOGETHER = 50
"""Cases that are taken in under one lock: others need not wait for more."""


@dataclass(frozen=True, slots=True)
class Merged:
    """The result for one case of the other corpus; `place` is its place, or its replacement's."""

    source: Path
    fate: Fate
    place: Path | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Case:
    """A case of the other corpus, and the folder that it is to be taken into."""

    path: Path
    saved: SavedCase
    folder: Path


def merge(corpus: Corpus, other: Path) -> Iterator[Merged]:
    """Take in every case at or below a folder; report those that cannot be read.

    Raises `InputProblem` when the disk refuses, or there is no such folder.
    """
    if not other.is_dir():
        raise InputProblem("there is no such folder", other)
    if other.resolve() == corpus.root.resolve():
        raise InputProblem("a corpus cannot be merged into itself", other)
    found = cases_under(other)
    if not found:
        raise InputProblem("there is no case in it", other)
    for start in range(0, len(found), TOGETHER):
        yield from _take_in(corpus, found[start : start + TOGETHER])


def _take_in(corpus: Corpus, paths: Sequence[Path]) -> Iterator[Merged]:
    """Take in a few cases, those of one folder under one lock; they are read before it is taken."""
    cases: list[_Case] = []
    for path in paths:
        try:
            saved = read_case(path)
            cases.append(_Case(path, saved, _folder(corpus, path, saved)))
        except InputProblem as problem:
            yield Merged(path, "refused", reason=str(problem))
    for folder, several in groupby(cases, key=lambda case: case.folder):
        yield from _put(corpus, folder, list(several))


def _put(corpus: Corpus, folder: Path, cases: Sequence[_Case]) -> Sequence[Merged]:
    done: list[Merged] = []
    try:
        with holding(folder, corpus.index) as held:
            for case in cases:
                done.append(_counterexample(held, case) if case.saved.signature else _seed_case(held, case))
    except InputProblem as problem:
        done += [Merged(case.path, "refused", reason=str(problem)) for case in cases[len(done) :]]
    return done


def _folder(corpus: Corpus, path: Path, saved: SavedCase) -> Path:
    """Return the folder that a case belongs in.

    A case without a signature is a seed case, if it names its topic and its expected outcome.
    """
    if saved.signature:
        return corpus.root / (FLAKY if FLAKY in saved.tags else "counterexamples")
    topic = path.parent.name
    if topic not in saved.tags or not saved.expected:
        sentence = (
            "neither a counterexample (no signature) nor a seed case (topic among its tags, an outcome)"
        )
        raise InputProblem(sentence, path)
    return corpus.root / "seeds" / slug(topic)


def findings_left(corpus: Corpus, other: Path) -> list[str]:
    """Return the ids in the other's `known.toml` that ours lacks: people move them, a merge does not."""
    ours = {entry.id for entry in entries(corpus.root / KNOWN_FILE) if isinstance(entry, Known)}
    theirs = [entry.id for entry in entries(other / KNOWN_FILE) if isinstance(entry, Known)]
    return [name for name in theirs if name not in ours]


def _seed_case(held: Held, case: _Case) -> Merged:
    for place in _names(held.folder, slug(case.path.name)):
        if _same(place, case.saved):
            return Merged(case.path, "there already", place)
    place = free_name(held.folder, slug(case.path.name))
    held.put(place, replace(case.saved, name=place.name))
    return Merged(case.path, "taken in", place)


def _counterexample(held: Held, case: _Case) -> Merged:
    saved = case.saved
    for place, known in held.with_signature(saved.signature):
        if (fate := _fate(known, saved)) is None:
            continue
        if fate in ("took the place of one less simple", "gave its conclusion to the same case"):
            held.put(place, replace(saved, name=place.name))
        return Merged(case.path, fate, place)
    place = free_name(held.folder, slug(saved.signature))
    held.put(place, replace(saved, name=place.name))
    return Merged(case.path, "taken in", place)


def _fate(known: SavedCase, saved: SavedCase) -> Fate | None:
    """Choose between a case and one of its signature; None where both are to be kept."""
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
    """List the places that a case of that name may already have."""
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
