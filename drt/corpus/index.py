"""Index of a corpus: answers computed from its cases, each used only while the case's files are as they were.

Owns a SQLite file in the user's cache folder, outside of every corpus, so that no stranger can plant one. A
case counts as unchanged while name, inode, size and times of each of its entries are. An index that is
missing, damaged or written by other code is computed anew: losing it costs time and nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from drt.model.case_directory import CASE_FILE, read_case
from drt.model.errors import InputProblem

Answer = Any
"""A value computed from a case; it survives JSON."""

Compute = Callable[[Sequence[Path]], Iterator[tuple[Path, Answer]]]
"""Compute values about cases; a case that it leaves out is computed again the next time."""

Row = tuple[str, Answer]
"""The code that answered about a case and the state that the case was in, and the answer."""

SETTLED_NS = 20_000_000
"""A file that has just changed may change again without a new time, for the clock of a file system ticks."""

READERS = (
    "drt/model/*.py",
    "drt/scan/*.py",
    "drt/corpus/*.py",
    "drt/diagnosis/*.py",
    "drt/reduce/*.py",
    "drt/cli/triage.py",
)
CODE = {"cells": ("drt/**/*.py", "reference/**/*.py")}
"""The code that answers of a kind depend on, where it is not that of `READERS`."""

FEW = 100
"""Number of stale rows below which the index is not cleaned."""

DAMAGE = (sqlite3.Error, OSError, TypeError, ValueError)
"""Exceptions when reading a damaged file: a row may hold anything."""

WAITING_SECONDS = 10.0
KEPT_DAYS = 90
SIGNATURE = "signature"
_TABLE = """create table if not exists answers (
    kind text, path text, state text, answer text, seal integer, primary key (kind, path)
) without rowid"""


class CorpusIndex:
    """The answers about the cases of one corpus; what was read from the file once is kept in memory."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._place = _place(root)
        self._known: dict[str, dict[str, Row]] = {}

    @property
    def place(self) -> Path | None:
        """The file that keeps the answers; None where there is no cache folder."""
        return self._place

    def answers(self, kind: str, paths: Sequence[Path], compute: Compute) -> dict[Path, Answer]:
        """Return the answers of one kind about cases, by path; compute those that are missing.

        A case for which `compute` has no answer is left out.
        """
        keys = {self._key(path): path for path in paths}
        said = self._answers(kind, {key: _state(path) for key, path in keys.items()}, compute)
        return {keys[key]: answer for key, answer in said.items()}

    def signatures(self, folder: Path) -> Iterator[tuple[str, str]]:
        """Return the cases directly in a folder by name, each with its signature; leave out unreadable ones.

        Only `case.json` is looked at, for it alone holds the signature.
        """
        inside = self._key(folder)
        states = {f"{inside}/{name}": state for name, state in _heads(folder)}
        for key, signature in self._answers(SIGNATURE, states, _signatures).items():
            yield key[len(inside) + 1 :], signature

    def _answers(self, kind: str, states: Mapping[str, str], compute: Compute) -> dict[str, Answer]:
        """Return the stored answers of unchanged cases, and compute the others."""
        known = self._known.get(kind)
        if known is None:
            known = self._known[kind] = self._recall(kind)
        code = code_version(kind)
        missing = {}
        for key, state in states.items():
            if not state or known.get(key, ("",))[0] != f"{code}{state}":
                missing[key] = self._root / key
        said = dict(compute(list(missing.values()))) if missing else {}
        fresh = {key: json.loads(json.dumps(said[path])) for key, path in missing.items() if path in said}
        crowded = len(known) > 2 * len(states) + FEW
        gone = [key for key in known if not os.path.lexists(self._root / key)] if crowded else []
        self._remember(
            kind, {key: (f"{code}{states[key]}", fresh[key]) for key in fresh if states[key]}, gone
        )
        return {
            key: fresh[key] if key in missing else known[key][1]
            for key in states
            if key in fresh or key not in missing
        }

    def _key(self, path: Path) -> str:
        return str(path.relative_to(self._root))

    # The file

    def _recall(self, kind: str) -> dict[str, Row]:
        """Read the stored answers; empty where the file cannot be used."""
        with contextlib.suppress(*DAMAGE), self._open() as connection:
            rows = connection.execute("select path, state, answer, seal from answers where kind = ?", (kind,))
            whole = [row for row in rows if row[3] == _seal(kind, *row[:3])]
            answers = json.loads(f"[{','.join(answer for _, _, answer, _ in whole)}]")
            return {path: (state, answer) for (path, state, _, _), answer in zip(whole, answers, strict=True)}
        self._discard()
        return {}

    def _remember(self, kind: str, rows: Mapping[str, Row], gone: Sequence[str]) -> None:
        known = self._known[kind]
        for key in gone:
            del known[key]
        known.update(rows)
        if not rows and not gone:
            return
        try:
            self._write(kind, rows, gone)
        except (sqlite3.Error, OSError):
            self._discard()

    def _write(self, kind: str, rows: Mapping[str, Row], gone: Sequence[str]) -> None:
        with self._open() as connection:
            connection.execute("begin immediate")
            connection.executemany(
                "delete from answers where kind = ? and path = ?", [(kind, key) for key in gone]
            )
            texts = [(key, state, json.dumps(answer)) for key, (state, answer) in rows.items()]
            connection.executemany(
                "insert or replace into answers values (?, ?, ?, ?, ?)",
                [(kind, *text, _seal(kind, *text)) for text in texts],
            )
            connection.execute("commit")

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        if self._place is None:
            raise OSError("there is no cache folder")
        self._place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.closing(
            sqlite3.connect(self._place, timeout=WAITING_SECONDS, isolation_level=None)
        ) as connection:
            if not connection.execute("pragma schema_version").fetchone()[0]:
                _sweep(self._place.parent)
            connection.execute(_TABLE)
            yield connection

    def _discard(self) -> None:
        if self._place is not None:
            for path in (self._place, Path(f"{self._place}-journal")):
                with contextlib.suppress(OSError):
                    path.unlink()


def _place(root: Path) -> Path | None:
    try:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:  # the user has no home
        return None
    name = hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:32]
    return folder / "drt" / f"corpus-{name}.sqlite" if folder.is_absolute() else None


def _sweep(folder: Path) -> None:
    """Remove the indexes that have not been written to for a long time."""
    since = time.time() - KEPT_DAYS * 86_400
    for file in folder.glob("corpus-*.sqlite"):
        with contextlib.suppress(OSError):
            if file.stat().st_mtime < since:
                file.unlink()


def _seal(*row: str) -> int:
    """Return a checksum: SQLite notices damage of its own structures only."""
    return zlib.crc32("\0".join(row).encode("utf-8", "surrogatepass"))


@cache
def code_version(kind: str) -> str:
    """Return a mark of the code that computes answers of a kind: other code, other answers."""
    here = Path(__file__).resolve().parents[1]
    files = sorted({file for pattern in CODE.get(kind, READERS) for file in here.parent.glob(pattern)})
    stamps = [(str(file.relative_to(here.parent)), *_size_and_time(file)) for file in files]
    return f"{zlib.crc32(repr(stamps).encode()):08x}"


def _size_and_time(file: Path) -> tuple[int, int]:
    status = file.stat()
    return status.st_size, status.st_mtime_ns


# The state of a case


def _state(path: Path) -> str:
    """Return the state of all entries of a case's folder in a few characters; empty if not settled."""
    settled = time.time_ns() - SETTLED_NS
    try:
        with os.scandir(path) as entries:
            found = sorted((entry.name, entry.stat(follow_symlinks=False)) for entry in entries)
    except OSError:
        return ""
    if any(status.st_ctime_ns > settled for _, status in found):
        return ""
    states = "\0".join(f"{name}/{status.st_mode}/{_stamp(status)}" for name, status in found)
    return hashlib.blake2b(states.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def _heads(folder: Path) -> Iterator[tuple[str, str]]:
    """Each case directly in a folder with the state of its `case.json`: empty where it is not settled."""
    settled = time.time_ns() - SETTLED_NS
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        for name in os.listdir(handle):  # noqa: PTH208  (of a handle: no link is followed)
            try:
                status = os.stat(f"{name}/{CASE_FILE}", dir_fd=handle, follow_symlinks=False)
            except OSError:  # no case, or one that has gone
                continue
            if not name.startswith("."):
                yield name, "" if status.st_ctime_ns > settled else _stamp(status)
    finally:
        os.close(handle)


def _stamp(status: os.stat_result) -> str:
    return f"{status.st_ino}/{status.st_size}/{status.st_mtime_ns}/{status.st_ctime_ns}"


def _signatures(paths: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    for path in paths:
        with contextlib.suppress(InputProblem):
            yield path, read_case(path).signature
