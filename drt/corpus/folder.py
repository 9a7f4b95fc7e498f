"""Folders of cases: what lies in one, and how a case is put there without ever being half there.

Owns the lock that other processes honour, and the order of writing: a case is written beside its place,
flushed to disk and renamed. No link is followed, neither in reading nor in writing.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from drt.corpus.index import CorpusIndex
from drt.model.case_directory import CASE_FILE, read_case, write_case
from drt.model.errors import InputProblem, cannot_write
from drt.model.saved_case import SavedCase

LOCK = ".lock"


def cases_under(folder: Path) -> list[Path]:
    """Return every folder at or below it that holds a `case.json`, sorted; unfinished ones are left out.

    Others may be writing meanwhile: a folder that goes away while it is looked at is none.
    """
    found, left = [], [str(folder)]
    while left:
        path = left.pop()
        with contextlib.suppress(OSError), os.scandir(path) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if not entry.name.startswith("."):
                        left.append(entry.path)
                elif entry.name == CASE_FILE:
                    found.append(Path(path))
    return sorted(found)


def folders_in(folder: Path) -> list[Path]:
    """Return the folders in a folder that are neither hidden nor links; none where it is no folder itself."""
    if not is_folder(folder):
        return []
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    return sorted(folder / name for name in names if not name.startswith("."))


def is_folder(path: Path) -> bool:
    """Whether there is a folder of that name, and no link to one."""
    return path.is_dir() and not path.is_symlink()


def free_name(folder: Path, name: str, instead_of: Path | None = None) -> Path:
    """Choose a place for a case of that name: the name, or the name with the first free number."""
    place, number = folder / name, 1
    while os.path.lexists(place) and place != instead_of:
        number += 1
        place = folder / f"{name}-{number}"
    return place


class Held:
    """A folder that this process alone writes cases to, for as long as it holds the lock."""

    def __init__(self, folder: Path, index: CorpusIndex | None = None) -> None:
        self.folder = folder
        self._index = index
        self._names: dict[str, list[str]] | None = None

    def with_signature(self, signature: str) -> Iterator[tuple[Path, SavedCase]]:
        """Read the cases of that signature in the folder; skip those that cannot be read."""
        for path in self._signed(signature):
            with contextlib.suppress(InputProblem):
                known = read_case(path)
                if known.signature == signature:
                    yield path, known

    def put(self, place: Path, saved: SavedCase) -> None:
        """Write a case to a place, instead of the one that is there.

        Raises `InputProblem` when the disk refuses.
        """
        with writing(self.folder):
            put(place, saved)
        if self._names is not None:
            self._names.setdefault(saved.signature, []).append(place.name)

    def remove(self, place: Path) -> None:
        """Remove a case; raises `InputProblem` when the disk refuses."""
        with writing(self.folder):
            _remove(place)

    def _signed(self, signature: str) -> list[Path]:
        """List the cases that may have a signature: those that had it when locked, or got it since."""
        assert self._index is not None, "the folder is held with an index by those who look for signatures"
        if self._names is None:
            self._names = {}
            for name, known in self._index.signatures(self.folder):
                self._names.setdefault(known, []).append(name)
        return sorted({self.folder / name for name in self._names.get(signature, ())})


@contextlib.contextmanager
def holding(folder: Path, index: CorpusIndex | None = None) -> Iterator[Held]:
    """Be the only one who writes cases to a folder, which is made where it is missing.

    Raises `InputProblem` when the disk refuses, then or later.
    """
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if folder.is_symlink():
            raise OSError(errno.ELOOP, "the folder is a link")
        with _locked(folder):
            _recover(folder)
            yield Held(folder, index)


@contextlib.contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Report what the disk refuses as a `MachineProblem` about the folder."""
    try:
        yield
    except OSError as error:
        raise cannot_write("the corpus", error, folder) from error


def recover(folder: Path) -> None:
    """Undo what a killed writer left in a folder, unless another process is writing there."""
    with contextlib.suppress(OSError), _locked(folder, wait=False):
        _recover(folder)


# INVARIANT: at every moment a case is whole under its name, or under the hidden name that `_recover` undoes.


def put(place: Path, saved: SavedCase) -> None:
    """Write a case to a place, instead of the one that is there; the caller holds the folder."""
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
    """Finish replacements that were cut short between two renamings, and remove what killed writers left.

    The caller holds the folder, so no other writer is at work.
    """
    for left in [folder / name for name in os.listdir(folder) if name.startswith(".")]:  # noqa: PTH208
        if left.name.endswith(".old"):
            name = left.name.removeprefix(".").removesuffix(".old")
            with contextlib.suppress(OSError):
                if (folder / name).exists():
                    shutil.rmtree(left)
                else:
                    left.rename(folder / name)
        elif ".new-" in left.name or ".gone-" in left.name:
            shutil.rmtree(left, ignore_errors=True)


def _remove(folder: Path) -> None:
    """Remove a case that has been replaced; hidden first, so that no reader sees half of it."""
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
def _locked(folder: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold a folder; the system lets go of it even when the holder is killed.

    Raises `BlockingIOError` where another one holds it and there is to be no waiting.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    handle = os.open(folder / LOCK, flags, 0o666)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, f"{LOCK} is no regular file")
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(handle)
