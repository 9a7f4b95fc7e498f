"""Is a corpus in order: every case reads, is written as the tool writes it, and is called what it is.

Owns the faults of a corpus, a sentence each. One fault hides no other.
"""

from __future__ import annotations

import datetime
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from drt.case_files import CASE_FILE, read_case, write_case
from drt.corpus import FLAKY, Corpus, slug
from drt.known import KNOWN_FILE, Known, entries
from drt.problems import InputProblem
from drt.saved_case import SavedCase

FOLDERS = ("seeds", "counterexamples", FLAKY)
LOCK = ".lock"
_NUMBER = re.compile(r"-[0-9]+\Z")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one case, or with `known.toml`. `unreadable` says that nobody can use it as it is;
    `mended` that writing the case anew put it right."""

    path: Path
    sentence: str
    unreadable: bool = False
    mended: bool = False

    def __str__(self) -> str:
        return self.sentence if self.sentence.startswith(str(self.path)) else f"{self.path}: {self.sentence}"


@dataclass(slots=True)
class Checked:
    """The cases that could be read, and every fault."""

    cases: list[tuple[Path, SavedCase]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def check(corpus: Corpus, *, mend: bool = False, today: datetime.date | None = None) -> Checked:
    """Look at everything in a corpus; with `mend`, write cases anew that are not as the tool writes them.

    Raises `InputProblem` only where the disk refuses to mend.
    """
    found = Checked()
    for kind, paths in zip(FOLDERS, (corpus.seeds(), corpus.counterexamples(), corpus.flaky()), strict=True):
        for path in paths:
            try:
                saved = read_case(path)
            except InputProblem as problem:
                found.faults.append(Fault(path, str(problem), unreadable=True))
                continue
            found.cases.append((path, saved))
            found.faults += _form(corpus, path, saved, mend)
            sentences = _seed_case(path, saved) if kind == "seeds" else _counterexample(path, saved, kind)
            found.faults += (Fault(path, sentence) for sentence in sentences)
    found.faults += _strays(corpus.root)
    counterexamples = [one for one in found.cases if one[0].is_relative_to(corpus.root / "counterexamples")]
    found.faults += _twins(counterexamples)
    found.faults += _known(corpus.root / KNOWN_FILE, counterexamples, today or datetime.date.today())
    return found


# One case


def _form(corpus: Corpus, path: Path, saved: SavedCase, mend: bool) -> Iterator[Fault]:
    """Whether the files are those that the tool would write, byte for byte."""
    with tempfile.TemporaryDirectory() as folder:
        write_case(Path(folder), saved)
        wanted = {file.name: file.read_bytes() for file in Path(folder).iterdir()}
    there = {file.name: file.read_bytes() if file.is_file() else None for file in path.iterdir()}
    sentences = [
        f"it holds {name}, which {CASE_FILE} does not name"
        for name in sorted(there.keys() - wanted.keys() - {LOCK})
    ]
    differing = sorted(name for name in wanted if there.get(name) != wanted[name])
    if differing:
        sentences.append(f"{', '.join(differing)} is not written as the tool writes it")
    if sentences and mend:
        corpus.conclude(path, saved)
    for sentence in sentences:
        yield Fault(path, sentence, mended=mend)


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
    for topic in _inside(root / "seeds"):
        if not (topic / CASE_FILE).is_file():  # told as a seed case in the wrong place
            yield from _strangers(topic)
    for kind in FOLDERS[1:]:
        yield from _strangers(root / kind)


def _strangers(folder: Path) -> Iterator[Fault]:
    if not folder.is_dir():
        if folder.exists():
            yield Fault(folder, "it is a file where folders of cases lie")
        return
    for path in _inside(folder):
        if path.name.startswith("."):
            yield Fault(path, "it was left by a writer that was killed; the next one sweeps it up")
        elif not path.is_dir():
            yield Fault(path, "it is a file where folders of cases lie")


def _inside(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.name != LOCK) if folder.is_dir() else []


def _twins(cases: Sequence[tuple[Path, SavedCase]]) -> Iterator[Fault]:
    """One signature has one open case."""
    first: dict[str, Path] = {}
    for path, saved in cases:
        if saved.status != "open" or not saved.signature:
            continue
        if (other := first.setdefault(saved.signature, path)) != path:
            yield Fault(path, f"{other.name} has its signature, and is open too")


def _known(path: Path, cases: Sequence[tuple[Path, SavedCase]], today: datetime.date) -> Iterator[Fault]:
    """Whether `known.toml` reads, names a finding once, is in date, and says what the cases say."""
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


def _contradictions(path: Path, entry: Known, cases: Sequence[tuple[Path, SavedCase]]) -> Iterator[Fault]:
    """Cases of exactly the entry's signature, on which it says something else."""
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
