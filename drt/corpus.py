"""The corpus: every saved case, as directories of files that diff.

Owns where cases lie and how one is put there without ever being half there: it is written beside its place,
flushed to disk and renamed, under a lock that other processes honour. One signature has one counterexample,
the simplest seen.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from drt.case_files import CASE_FILE, read_case, write_case
from drt.problems import InputProblem
from drt.reduce.order import weight
from drt.saved_case import SavedCase

_MAX_NAME = 80

FLAKY = "flaky"
"""The folder of cases that fresh processes did not all see again."""


def find_corpus(given: Path | None, start: Path | None = None) -> Corpus:
    """The corpus to use: the one given, else the `corpus/` beside the nearest pyproject.toml upward.

    Raises `InputProblem` where neither is there.
    """
    if given is not None:
        if not given.is_dir():
            raise InputProblem("there is no such corpus folder", given)
        return Corpus(given)
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents, Path(__file__).resolve().parents[1]):
        if (folder / "corpus").is_dir() and (folder / "pyproject.toml").is_file():
            return Corpus(folder / "corpus")
    raise InputProblem(
        "no corpus: name one with --corpus, or start inside a checkout that has a corpus/ folder"
    )


def shipped_corpus() -> Corpus:
    """The corpus that came with this harness: that of its checkout, or the seed cases of its package.

    Raises `InputProblem` where neither is there.
    """
    here = Path(__file__).resolve().parent
    for root in (here.parent / "corpus", here / "shipped"):
        if (root / "seeds").is_dir():
            return Corpus(root)
    raise InputProblem("the seed cases are not installed: name a corpus")


def find_case(given: Path, corpus: Path | None = None) -> Path:
    """A case by its folder or `case.json`, or by its name in the corpus (`<fact>` or `<topic>/<fact>`).

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

    def seeds(self) -> list[Path]:
        """The folders of all seed cases, sorted; also those that have lost their `case.json`."""
        folder = self.root / "seeds"
        topics = (topic for topic in _folders(folder) if not (topic / CASE_FILE).is_file())
        return sorted(cases_under(folder) + [path for topic in topics for path in _bereft(topic)])

    def counterexamples(self) -> list[Path]:
        """The folders of all counterexamples, sorted; also those that have lost their `case.json`."""
        return self._found("counterexamples")

    def flaky(self) -> list[Path]:
        """The folders of cases that lie apart from the counterexamples, sorted."""
        return self._found(FLAKY)

    def _found(self, among: str) -> list[Path]:
        folder = self.root / among
        with contextlib.suppress(OSError), _locked(folder, wait=False):
            _recover(folder)
        return sorted(cases_under(folder) + _bereft(folder))

    def load(self, path: Path) -> SavedCase:
        """One case; raises `InputProblem` with one sentence when it is missing or malformed."""
        return read_case(path)

    def save_flaky(self, saved: SavedCase, instead_of: Path | None = None) -> Path:
        """Store a case like a counterexample, but apart from them: what it shows comes and goes."""
        return self.save_counterexample(saved, instead_of, FLAKY)

    def save_counterexample(
        self, saved: SavedCase, instead_of: Path | None = None, among: str = "counterexamples"
    ) -> Path:
        """Store a counterexample and return its folder; `instead_of` is dropped, once the new one is safe.

        A saved case with the same signature is kept when it is simpler or when people have concluded on it
        (declared); a fixed one stays as it is, and the new one gets a folder of its own.
        Raises `InputProblem` when the disk refuses.
        """
        folder = self.root / among
        with holding(folder):
            return self._save(folder, saved, instead_of)

    def _save(self, folder: Path, saved: SavedCase, instead_of: Path | None) -> Path:
        if instead_of is not None and not _is_same_find(instead_of, saved):
            instead_of = None  # saving led to a case that was there before, and that one is to stay
        place: Path | None = None
        for path, known in self.with_signature(folder, saved.signature):
            if known.status == "fixed":
                continue
            settled = known.status == "declared"
            if settled or (path != instead_of and weight(known.case) <= weight(saved.case)):
                if instead_of is not None and instead_of != path:
                    _remove(instead_of)
                return path
            place = path
            break
        if place is None:
            place = free_name(folder, slug(saved.signature), instead_of)
        put(place, replace(saved, name=place.name))
        if instead_of is not None and instead_of != place:
            _remove(instead_of)
        return place

    def conclude(self, path: Path, saved: SavedCase) -> None:
        """Put a case in the place of the one that is there: the same case, with what people concluded.

        Raises `InputProblem` when the disk refuses.
        """
        path = path.resolve()
        with holding(path.parent):
            put(path, saved)

    def drop(self, path: Path, saved: SavedCase) -> None:
        """Take a counterexample out again that turned out not to be worth keeping, if `path` still holds
        it.
        """
        with holding(self.root / "counterexamples"):
            if _is_same_find(path, saved):
                _remove(path)

    def remove(self, path: Path, saved: SavedCase) -> bool:
        """Remove a case, if it is still the one that the caller knows; whether it was.

        Raises `InputProblem` when the disk refuses.
        """
        with holding(path.parent):
            try:
                same = read_case(path) == saved
            except InputProblem:
                return False
            if same:
                _remove(path)
            return same

    def with_signature(self, folder: Path, signature: str) -> Iterator[tuple[Path, SavedCase]]:
        """The saved cases of that signature; those that cannot be read are none of our business here."""
        for path in cases_under(folder):
            with contextlib.suppress(InputProblem):
                known = read_case(path)
                if known.signature == signature:
                    yield path, known


def cases_under(folder: Path) -> list[Path]:
    """Every folder at or below it that holds a `case.json`, sorted; unfinished ones are left out.

    Others may be writing meanwhile: a folder that goes away while it is looked at is none.
    """
    found = []
    for path, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        if CASE_FILE in files:
            found.append(Path(path))
    return sorted(found)


def _bereft(folder: Path) -> list[Path]:
    """The folders in it that should be cases, and hold none."""
    return [path for path in _folders(folder) if not cases_under(path)]


def _folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")]


def _is_same_find(path: Path, saved: SavedCase) -> bool:
    """Whether the case at `path` was saved for the same find, that is, drawn by the same run at the same
    place.
    """
    try:
        known = read_case(path)
    except InputProblem:
        return False
    parts = ("target", "index", "random_seed")
    return known.status == "open" and all(known.origin.get(part) == saved.origin.get(part) for part in parts)


def free_name(folder: Path, name: str, instead_of: Path | None = None) -> Path:
    """A place for a case of that name: the name, or the name with the first number that is free."""
    place, number = folder / name, 1
    while place.exists() and place != instead_of:
        number += 1
        place = folder / f"{name}-{number}"
    return place


# INVARIANT: at every moment a case is whole under its name, or under the hidden name that `_recover` undoes.


def put(place: Path, saved: SavedCase) -> None:
    """Write a case to a place, instead of the one that is there; the caller is holding the folder."""
    fresh = place.with_name(f".{place.name}.new-{secrets.token_hex(4)}")
    fresh.mkdir()
    try:
        write_case(fresh, saved)
        for path in (*fresh.iterdir(), fresh):
            _flush(path)
        if place.exists():
            old = place.with_name(f".{place.name}.old")
            place.rename(old)
            fresh.rename(place)
            shutil.rmtree(old)
        else:
            fresh.rename(place)
        _flush(place.parent)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def _recover(folder: Path) -> None:
    """Give a case its name back whose replacement was cut short between two renamings, and sweep up what
    other writers left when they were killed. Whoever calls it is holding the folder, so none is at work.
    """
    for old in folder.glob(".*.old"):
        name = old.name.removeprefix(".").removesuffix(".old")
        with contextlib.suppress(OSError):
            if (folder / name).exists():
                shutil.rmtree(old)
            else:
                old.rename(folder / name)
    for left in (*folder.glob(".*.new-*"), *folder.glob(".*.gone-*")):
        shutil.rmtree(left, ignore_errors=True)


def _remove(folder: Path) -> None:
    """Remove a case that has been replaced; hidden first, so that nobody reads half of it."""
    hidden = folder.with_name(f".{folder.name}.gone-{secrets.token_hex(4)}")
    with contextlib.suppress(FileNotFoundError):
        folder.rename(hidden)
        shutil.rmtree(hidden)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def holding(folder: Path) -> Iterator[None]:
    """Be the only one who writes cases to a folder, which is made where it is missing.

    Raises `InputProblem` when the disk refuses, then or later.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(folder):
            _recover(folder)
            yield
    except OSError as error:
        problem = (error.strerror or str(error)).lower()
        raise InputProblem(f"the corpus cannot be written: {problem}", folder) from error


@contextlib.contextmanager
def _locked(folder: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold a folder; the system lets go of it even when the holder is killed.

    Raises `BlockingIOError` where another one holds it and there is to be no waiting.
    """
    with (folder / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
