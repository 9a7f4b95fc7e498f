"""The corpus: every saved case, as directories of files that diff.

Owns where cases lie and which of two stays: one signature has one counterexample, the simplest seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from drt.corpus.folder import Held, cases_under, folders_in, free_name, holding, is_folder, recover
from drt.corpus.index import CorpusIndex
from drt.model.case_directory import CASE_FILE, read_case
from drt.model.errors import InputProblem
from drt.model.saved_case import SavedCase
from drt.reduce.order import weight

_MAX_NAME = 80

CORPUS = "corpus"
FLAKY = "flaky"
"""The folder of cases that not all fresh processes saw diverge again."""


def find_corpus(given: Path | None, start: Path | None = None) -> Corpus:
    """Open the corpus to use: the one given, else that of the checkout, else `corpus/` of the current folder.

    A checkout is the nearest folder upward with a `corpus/` beside its pyproject.toml. Raises `InputProblem`
    if there is none.
    """
    if given is not None:
        if not given.is_dir():
            raise InputProblem("there is no such corpus folder", given)
        return Corpus(given)
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents, Path(__file__).resolve().parents[2]):
        if (folder / CORPUS).is_dir() and (folder / "pyproject.toml").is_file():
            return Corpus(folder / CORPUS)
    if (here / CORPUS).is_dir():
        return Corpus(here / CORPUS)
    raise InputProblem("no corpus: name one with --corpus, or start where there is a corpus/ folder")


def shipped_corpus() -> Corpus:
    """Open the corpus that came with this harness: of its checkout, or the seed cases of its package.

    Raises `InputProblem` where neither is there.
    """
    here = Path(__file__).resolve().parents[1]
    for root in (here.parent / "corpus", here / "shipped"):
        if (root / "seeds").is_dir():
            return Corpus(root)
    raise InputProblem("the seed cases are not installed: name a corpus")


def find_case(given: Path, corpus: Path | None = None) -> Path:
    """Find a case by its folder or `case.json`, or by its name (`<fact>` or `<topic>/<fact>`).

    A name that no case has is given back as it is. Raises `InputProblem` where more than one has it.
    """
    if given.name == CASE_FILE:
        given = given.parent
    if given.exists() or given.is_absolute():
        return given
    try:
        root = find_corpus(corpus).root
    except InputProblem:
        if corpus is not None:
            raise
        return given
    found = [path for path in cases_under(root) if path.parts[-len(given.parts) :] == given.parts]
    if len(found) > 1:
        raise InputProblem(f"{len(found)} cases are called {str(given)!r}; {found[0]} is one", root)
    return found[0] if found else given


def slug(text: str) -> str:
    """Words joined by hyphens, fit for a folder's name on any system and at most 80 characters long."""
    words = re.sub(r"[^a-z0-9]+", "-", _spell(text).lower()).strip("-") or "case"
    if len(words) <= _MAX_NAME:
        return words
    return words[:_MAX_NAME].rsplit("-", 1)[0].strip("-")


_SPELLED = {
    "<=": "less-or-equal", ">=": "greater-or-equal", "==": "equal", "!=": "not-equal", "&&": "and",
    "||": "or", "<": "less", ">": "greater", "+": "plus", "*": "times", "!": "not",
}  # fmt: skip


def _spell(text: str) -> str:
    """Operators as words, so that the names of two signatures differ where only an operator does."""
    text = text.replace(" > ", " ")  # between frames of a crash
    return re.sub(
        "|".join(re.escape(operator) for operator in _SPELLED),
        lambda found: f"-{_SPELLED[found.group()]}-",
        text,
    )


class Corpus:
    """The cases under one folder: `seeds/<topic>/<fact>/` and `counterexamples/<fact>/`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.index = CorpusIndex(root)

    def seeds(self) -> list[Path]:
        """List the folders of all seed cases, sorted; also those that have lost their `case.json`."""
        found: list[Path] = []
        for topic in folders_in(self.root / "seeds"):
            cases = cases_under(topic)
            found += cases if topic in cases else _with_bereft(topic, cases)
        return sorted(found)

    def counterexamples(self) -> list[Path]:
        """List the folders of all counterexamples, sorted; also those that have lost their `case.json`."""
        return self._found("counterexamples")

    def flaky(self) -> list[Path]:
        """List the folders of cases that lie apart from the counterexamples, sorted."""
        return self._found(FLAKY)

    def _found(self, among: str) -> list[Path]:
        folder = self.root / among
        if not is_folder(folder):
            return []
        recover(folder)
        return _with_bereft(folder, cases_under(folder))

    def load(self, path: Path) -> SavedCase:
        """One case; raises `InputProblem` with one sentence when it is missing or malformed."""
        return read_case(path)

    def save_flaky(self, saved: SavedCase, instead_of: Path | None = None) -> Path:
        """Store a case like a counterexample, but apart from them: what it shows comes and goes."""
        return self.save_counterexample(saved, instead_of, FLAKY)

    def save_counterexample(
        self,
        saved: SavedCase,
        instead_of: Path | None = None,
        among: str = "counterexamples",
        shows: Callable[[SavedCase], bool] = lambda _: True,
        replaces: bool = True,
    ) -> Path:
        """Store a counterexample and return its folder; `instead_of` is dropped, once the new one is safe.

        A saved case with the same signature is kept when it is simpler and still `shows`, or when people have
        concluded on it (declared). One that is fixed, or simpler and stale, stays as it is, and the new one
        gets a folder of its own. So does a find that is not reduced yet (`replaces` is false), since it may
        turn out to be another one. Raises `InputProblem` when the disk refuses.
        """
        folder = self.root / among
        with holding(folder, self.index) as held:
            return self._save(held, saved, instead_of, shows, replaces)

    def _save(
        self,
        held: Held,
        saved: SavedCase,
        instead_of: Path | None,
        shows: Callable[[SavedCase], bool],
        replaces: bool,
    ) -> Path:
        if instead_of is not None and not _is_same_find(instead_of, saved):
            instead_of = None  # saving led to a case that was there before, and that one is to stay
        place: Path | None = None
        for path, known in held.with_signature(saved.signature):
            if known.status == "fixed":
                continue
            settled = known.status == "declared"
            simpler = path != instead_of and weight(known.case) <= weight(saved.case)
            if simpler and not settled and not shows(known):
                continue
            if settled or simpler:
                if instead_of is not None and instead_of != path:
                    held.remove(instead_of)
                return path
            if replaces:
                place = path
                break
        if place is None:
            place = free_name(held.folder, slug(saved.signature), instead_of)
        held.put(place, replace(saved, name=place.name))
        if instead_of is not None and instead_of != place:
            held.remove(instead_of)
        return place

    def conclude(self, path: Path, saved: SavedCase) -> None:
        """Put a case in the place of the one that is there: the same case, with what people concluded.

        Raises `InputProblem` when the disk refuses.
        """
        path = path.resolve()
        with holding(path.parent) as held:
            held.put(path, saved)

    def drop(self, path: Path, saved: SavedCase) -> None:
        """Remove a counterexample that turned out not to be worth keeping, if `path` still holds it."""
        with holding(self.root / "counterexamples") as held:
            if _is_same_find(path, saved):
                held.remove(path)

    def remove(self, path: Path, saved: SavedCase) -> bool:
        """Remove a case if it is unchanged since the caller read it; returns whether it was.

        Raises `InputProblem` when the disk refuses.
        """
        with holding(path.parent) as held:
            try:
                same = read_case(path) == saved
            except InputProblem:
                return False
            if same:
                held.remove(path)
            return same


def _with_bereft(folder: Path, cases: list[Path]) -> list[Path]:
    """List the cases below a folder, and the folders in it that should be cases and hold none; sorted."""
    depth = len(folder.parts)
    holding_cases = {path.parts[depth] for path in cases if len(path.parts) > depth}
    return sorted(cases + [path for path in folders_in(folder) if path.name not in holding_cases])


def _is_same_find(path: Path, saved: SavedCase) -> bool:
    """Whether the case at `path` was saved for the same finding: drawn by the same run at the same place."""
    try:
        known = read_case(path)
    except InputProblem:
        return False
    parts = ("target", "index", "random_seed")
    return known.status == "open" and all(known.origin.get(part) == saved.origin.get(part) for part in parts)
