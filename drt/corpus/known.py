"""Known findings: signatures that people have concluded on, as data in `corpus/known.toml`.

Owns the reading of that file. A known finding is counted and shown, and does not fail a run; one marked
fixed does when it returns, and so does one that has expired.

    [[finding]]
    id = "context-duplicate-keys"
    signature = "the exact signature"        # or: signature_matches = "glob over signatures"
    status = "declared"                      # or open, harness (not failed), fixed (failed when it returns)
    reason = "one sentence"
    source = "spec 05 §8"
    expires = 2027-01-31                     # optional
"""

from __future__ import annotations

import contextlib
import datetime
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from drt.corpus.folder import folders_in
from drt.corpus.index import CorpusIndex
from drt.model import json_text, toml_text
from drt.model.case_directory import read_case
from drt.model.case_folder import read_file
from drt.model.errors import InputProblem

KNOWN_FILE = "known.toml"
STATUSES = ("declared", "open", "harness", "fixed")
MEMBERS = frozenset(
    ["id", "signature", "signature_matches", "status", "reason", "source", "link", "owner", "expires"]
)


@dataclass(frozen=True, slots=True)
class Known:
    """One entry. Exactly one of `signature` and `signature_matches` is not empty."""

    id: str
    status: str
    reason: str
    signature: str = ""
    signature_matches: str = ""
    expires: datetime.date | None = None

    def covers(self, signature: str) -> bool:
        """Whether the entry is about this signature."""
        if self.signature:
            return signature == self.signature
        return fnmatchcase(signature, self.signature_matches)

    def excuses(self, today: datetime.date) -> bool:
        """Whether its finding is to be counted only."""
        return not self.refusal(today)

    def refusal(self, today: datetime.date) -> str:
        """Why its finding fails a run all the same, in a few words; empty where it does not."""
        if self.status == "fixed":
            return f"{self.id} is fixed, says {KNOWN_FILE}"
        if self.expires is not None and today > self.expires:
            return f"{self.id} of {KNOWN_FILE} expired on {self.expires}"
        return ""


def read_known(corpus_root: Path) -> tuple[Known, ...]:
    """Read the known findings of a corpus: its file, if there is one, and its declared counterexamples.

    Raises `InputProblem` for a malformed file.
    """
    return _listed(corpus_root / KNOWN_FILE) + _declared(corpus_root)


def _declared(root: Path) -> tuple[Known, ...]:
    """Counterexamples that show a difference that is meant; a replay reports those that cannot be read."""
    paths = folders_in(root / "counterexamples")
    answers = CorpusIndex(root).answers("declared", paths, _conclusions)
    found = []
    for path, conclusion in answers.items():
        if conclusion:
            signature, because = conclusion
            found.append(Known(path.name, "declared", because, signature=signature))
    return tuple(found)


def _conclusions(paths: Sequence[Path]) -> Iterator[tuple[Path, list[str]]]:
    """Signature and reason of each declared case; nothing for the others."""
    for path in paths:
        with contextlib.suppress(InputProblem):
            saved = read_case(path)
            declared = saved.status == "declared" and saved.signature
            because = saved.verdict.because if saved.verdict else saved.description
            yield path, [saved.signature, because] if declared else []


def _listed(path: Path) -> tuple[Known, ...]:
    found = []
    for entry in entries(path):
        if isinstance(entry, InputProblem):
            raise entry
        found.append(entry)
    return tuple(found)


def entries(path: Path) -> Iterator[Known | InputProblem]:
    """Yield the entries of a `known.toml`, or what is wrong with each; none where there is no such file."""
    if not os.path.lexists(path):
        return
    try:
        document = toml_text.parse(json_text.decoded(read_file(path), path), path)
    except InputProblem as problem:
        yield problem
        return
    findings = document.get("finding", [])
    if set(document) - {"finding"} or not isinstance(findings, list):
        yield InputProblem("expected nothing but [[finding]] tables", path)
        return
    for number, entry in enumerate(findings, 1):
        try:
            yield _entry(number, entry, path)
        except InputProblem as problem:
            yield problem


def find_known(known: tuple[Known, ...], signature: str) -> Known | None:
    """Return the first entry about a signature."""
    return next((entry for entry in known if entry.covers(signature)), None)


def _entry(number: int, entry: object, path: Path) -> Known:
    if not isinstance(entry, dict):
        raise InputProblem(f"finding {number} is not a table", path)
    if strange := sorted(set(entry) - MEMBERS):
        raise InputProblem(f"finding {number} has the unknown member {strange[0]!r}", path)
    for name in ("id", "status", "reason"):
        if not isinstance(entry.get(name), str) or not entry[name]:
            raise InputProblem(f"finding {number} needs a text for {name!r}", path)
    if entry["status"] not in STATUSES:
        raise InputProblem(f"the status of finding {number} is one of {', '.join(STATUSES)}", path)
    keys = [name for name in ("signature", "signature_matches") if isinstance(entry.get(name), str)]
    if len(keys) != 1 or not entry[keys[0]]:
        raise InputProblem(f"finding {number} needs either 'signature' or 'signature_matches'", path)
    expires = entry.get("expires")
    if expires is not None and (
        not isinstance(expires, datetime.date) or isinstance(expires, datetime.datetime)
    ):
        raise InputProblem(f"finding {number} has an 'expires' that is no date", path)
    texts = {name: entry[name] for name in ("id", "status", "reason", keys[0])}
    return Known(**texts, expires=expires)
