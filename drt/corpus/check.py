"""Is a corpus in order: every case reads, is written as the tool writes it, and is called what it is.

Owns the faults of a corpus, a sentence each. One fault hides no other.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from drt.corpus.folder import LOCK, cases_under, is_folder
from drt.corpus.found import FOUND, read_found
from drt.corpus.known import KNOWN_FILE, Known, entries
from drt.corpus.store import FLAKY, Corpus, slug
from drt.model.case_directory import CASE_FILE, files_of_case, read_case
from drt.model.case_folder import check_folder, read_file
from drt.model.errors import InputProblem
from drt.model.saved_case import SavedCase

FOLDERS = ("seeds", "counterexamples", FLAKY, FOUND)
_NUMBER = re.compile(r"-[0-9]+\Z")


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of one case, or of `known.toml`.

    `unreadable` says that it cannot be used as it is, `mended` that rewriting the case fixed it.
    """

    path: Path
    sentence: str
    unreadable: bool = False
    mended: bool = False

    def __str__(self) -> str:
        return self.sentence if self.sentence.startswith(str(self.path)) else f"{self.path}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class Looked:
    """Faults of one case that can be read: `form` are those that writing the case anew puts right."""

    signature: str
    status: str | None
    form: tuple[str, ...]
    faults: tuple[str, ...]

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Looked:
        """Read back what `asdict` gave."""
        return cls(said["signature"], said["status"], tuple(said["form"]), tuple(said["faults"]))


@dataclass(slots=True)
class Checked:
    """The cases that could be read, and every fault."""

    cases: list[tuple[Path, Looked]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def check(corpus: Corpus, *, mend: bool = False, today: datetime.date | None = None) -> Checked:
    """Look at everything in a corpus; with `mend`, write cases anew that are not as the tool writes them.

    Raises `InputProblem` only where the disk refuses to mend.
    """
    found = Checked()
    paths = corpus.seeds() + corpus.counterexamples() + corpus.flaky() + cases_under(corpus.root / FOUND)
    looked = corpus.index.answers("check", paths, lambda missing: _look(corpus.root, missing))
    for path in paths:
        if path in looked:
            _add(corpus, found, path, Looked.from_json(looked[path]), mend)
        else:
            found.faults.append(Fault(path, _problem(path), unreadable=True))
    found.faults += _strays(corpus.root)
    counterexamples = [one for one in found.cases if one[0].is_relative_to(corpus.root / "counterexamples")]
    found.faults += _twins(counterexamples)
    found.faults += _known(corpus.root / KNOWN_FILE, counterexamples, today or datetime.date.today())
    return found


def _add(corpus: Corpus, found: Checked, path: Path, looked: Looked, mend: bool) -> None:
    found.cases.append((path, looked))
    if looked.form and mend:
        corpus.conclude(path, read_case(path))
    found.faults += (Fault(path, sentence, mended=mend) for sentence in looked.form)
    found.faults += (Fault(path, sentence) for sentence in looked.faults)


def _problem(path: Path) -> str:
    try:
        read_case(path)
    except InputProblem as problem:
        return str(problem)
    return "it changed while it was looked at"


# One case


def _look(root: Path, paths: Sequence[Path]) -> Iterator[tuple[Path, dict[str, object]]]:
    """Look at each case that can be read."""
    for path in paths:
        kind = path.relative_to(root).parts[0]
        with contextlib.suppress(InputProblem):
            saved = read_case(path)
            looked = Looked(
                saved.signature, saved.status, tuple(_form(path, saved)), tuple(_sentences(path, saved, kind))
            )
            yield path, asdict(looked)


def _sentences(path: Path, saved: SavedCase, kind: str) -> Iterator[str]:
    """List the faults of a case of that kind."""
    match kind:
        case "seeds":
            yield from _seed_case(path, saved)
        case "found":
            try:
                read_found(path)
            except InputProblem as problem:
                yield str(problem).removeprefix(f"{path}: ")
        case _:
            yield from _counterexample(path, saved, kind)


def _form(path: Path, saved: SavedCase) -> Iterator[str]:
    """Whether the files are those that the tool would write, byte for byte."""
    wanted = files_of_case(saved)
    there = {name: read_file(path / name) for name in check_folder(path)}
    for name in sorted(there.keys() - wanted.keys() - {LOCK}):
        yield f"it holds {name}, which {CASE_FILE} does not name"
    differing = sorted(name for name in wanted if there.get(name) != wanted[name])
    if differing:
        yield f"{', '.join(differing)} is not written as the tool writes it"


def _seed_case(path: Path, saved: SavedCase) -> Iterator[str]:
    yield from _name(path, saved)
    if path.name != slug(path.name):
        yield f"the name of its folder is to be words joined by hyphens, such as {slug(path.name)}"
    if path.parent.parent.name != "seeds":
        yield "a seed case lies at seeds/<topic>/<fact-in-words>"
    elif path.parent.name not in saved.tags:
        yield f"its tags do not hold its topic, {path.parent.name}"
    if not saved.description:
        yield "it has no description"
    if not saved.source:
        yield "it does not say where its expected outcome is written (source)"
    if not saved.expected:
        yield "it expects nothing: no engine can fail it"
    if saved.status is not None or saved.signature:
        yield "a seed case has neither signature nor status"


def _counterexample(path: Path, saved: SavedCase, kind: str) -> Iterator[str]:
    yield from _name(path, saved)
    if path.parent.name != kind:
        yield f"a counterexample lies at {kind}/<fact-in-words>"
    if (FLAKY in saved.tags) != (kind == FLAKY):
        yield f"what is tagged flaky lies in {FLAKY}/, and nothing else does"
    if not saved.signature:
        yield "it has no signature: nobody can tell which bug it shows"
    elif path.name != (name := slug(saved.signature)) and _NUMBER.sub("", path.name) != name:
        yield f"its folder is not called after its signature, {name}"
    if saved.status is None:
        yield "it has no status (open, fixed or declared)"
    if saved.status == "declared" and saved.verdict is None:
        yield "it is declared without a verdict"


def _name(path: Path, saved: SavedCase) -> Iterator[str]:
    if saved.name != path.name:
        yield f"it is called {saved.name!r} in {CASE_FILE} and {path.name!r} on disk"


# All of them together


def _strays(root: Path) -> Iterator[Fault]:
    """Whatever lies where cases lie, and is none."""
    for folder in sorted(root.iterdir()):
        if folder.is_dir() and folder.name not in FOLDERS:
            yield Fault(folder, f"cases lie in {', '.join(FOLDERS)}; nobody looks here")
    yield from _strangers(root / "seeds")
    for topic in (*_inside(root / "seeds"), *_inside(root / FOUND)):
        if is_folder(topic) and not (topic / CASE_FILE).is_file():  # else a misplaced case
            yield from _strangers(topic)
    for kind in FOLDERS[1:]:
        yield from _strangers(root / kind)


def _strangers(folder: Path) -> Iterator[Fault]:
    """Find what lies in a folder of folders and is none."""
    if (sentence := _no_folder(folder)) and os.path.lexists(folder):
        yield Fault(folder, sentence)
    for path in _inside(folder):
        if path.name.startswith("."):
            yield Fault(path, "it was left by a writer that was killed; the next one sweeps it up")
        elif sentence := _no_folder(path):
            yield Fault(path, sentence)


def _no_folder(path: Path) -> str:
    """Say what is wrong with a place for a folder of cases; empty where there is one."""
    if path.is_symlink():
        return "it is a link, and nobody follows it"
    return "" if path.is_dir() else "it is a file where folders of cases lie"


def _inside(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.name != LOCK) if is_folder(folder) else []


def _twins(cases: Sequence[tuple[Path, Looked]]) -> Iterator[Fault]:
    """Report signatures with more than one open case."""
    first: dict[str, Path] = {}
    for path, saved in cases:
        if saved.status != "open" or not saved.signature:
            continue
        if (other := first.setdefault(saved.signature, path)) != path:
            yield Fault(path, f"{other.name} has its signature, and is open too")


def _known(path: Path, cases: Sequence[tuple[Path, Looked]], today: datetime.date) -> Iterator[Fault]:
    """Check `known.toml`: readable, each finding once, none expired, in agreement with the cases."""
    ids: set[str] = set()
    signatures: dict[str, str] = {}
    for entry in entries(path):
        if isinstance(entry, InputProblem):
            yield Fault(path, str(entry), unreadable=True)
            continue
        if entry.id in ids:
            yield Fault(path, f"two findings have the id {entry.id!r}")
        ids.add(entry.id)
        key = entry.signature or f"matches {entry.signature_matches}"
        if key in signatures:
            yield Fault(path, f"{entry.id!r} and {signatures[key]!r} are about the same signature")
        signatures.setdefault(key, entry.id)
        if entry.expires is not None and today > entry.expires:
            yield Fault(path, f"{entry.id!r} expired on {entry.expires}: its finding fails a run again")
        yield from _contradictions(path, entry, cases)


def _contradictions(path: Path, entry: Known, cases: Sequence[tuple[Path, Looked]]) -> Iterator[Fault]:
    """Return the cases with exactly the entry's signature that contradict it."""
    if not entry.signature or entry.status == "harness":
        return
    about = [
        (place, saved.status)
        for place, saved in cases
        if saved.signature == entry.signature and saved.status is not None
    ]
    if about and not any(status == entry.status for _, status in about):
        place, status = about[0]
        yield Fault(path, f"{entry.id!r} is {entry.status} here, and {status} in {place.name}")
