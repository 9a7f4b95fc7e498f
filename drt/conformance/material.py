"""Where conformance material lies: files in folders and members of archives, and what lies beside them.

A `Place` is one file wherever it is. References between files are looked up beside the referring file and
then upward, first inside its archive and then beside the archive, so that the material may be unpacked or
not.
"""

from __future__ import annotations

import io
import json
import os
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

from drt.problems import InputProblem

UPWARD = 8
"""How many folders above a file a reference may be found in."""

ARCHIVE = ".tar.gz"


@dataclass(frozen=True, slots=True)
class Place:
    """A file on disk, or the member `inside` of the archive at `path`."""

    path: Path
    inside: str | None = None

    def __str__(self) -> str:
        shown = os.path.relpath(self.path)
        return shown if self.inside is None else f"{shown}:{self.inside}"

    @property
    def name(self) -> str:
        """The file's own name, without folders."""
        return self.path.name if self.inside is None else PurePosixPath(self.inside).name

    def text(self) -> str:
        """The contents, byte for byte; raises `InputProblem` where they are not UTF-8 or cannot be read."""
        try:
            data = self.path.read_bytes() if self.inside is None else _members(self.path)[self.inside]
            return data.decode()
        except OSError as error:
            raise InputProblem(f"cannot read {self}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise InputProblem(f"{self} is not UTF-8 text") from error

    def json(self) -> object:
        """The contents as JSON; raises `InputProblem` where they are not."""
        return parse_json(self.text(), str(self))

    def beside(self, reference: str) -> Place | None:
        """The file that `reference` names: beside this one, or in the nearest folder above that has it."""
        parts = PurePosixPath(reference).parts
        if not parts or ".." in parts or PurePosixPath(reference).is_absolute():
            return None
        if self.inside is not None:
            members = _members(self.path)
            for folder in PurePosixPath(self.inside).parents:
                if str(folder / reference) in members:
                    return Place(self.path, str(folder / reference))
        for above in list(self.path.parents)[:UPWARD]:
            if (above / reference).is_file():
                return Place(above / reference)
        return None

    def above(self) -> Iterator[Path]:
        """The folders that this file, or the archive it is in, lies in; nearest first."""
        return iter(list(self.path.parents)[:UPWARD])


def gather(paths: Iterable[Path]) -> list[Place]:
    """Every JSON and JSONL file and archive member under `paths`, in a stable order.

    An archive in a folder that cannot be unpacked stands for itself. Raises `InputProblem` for a bad path.
    """
    places: list[Place] = []
    for given in paths:
        path = given.resolve()
        if path.is_dir():
            files = sorted(file for file in path.rglob("*") if file.is_file() and _wanted(file.name))
            places += (place for file in files for place in _unpacked_in_folder(file))
        elif path.is_file() and _wanted(path.name):
            places += _unpacked(path)
        elif path.exists():
            raise InputProblem(f"{given}: expected a folder, a .json or .jsonl file or a {ARCHIVE} archive")
        else:
            raise InputProblem(f"{given}: no such file or folder")
    return list(dict.fromkeys(places))


def archive(path: Path) -> list[Place]:
    """The JSON and JSONL members of an archive; raises `InputProblem` where it is not one."""
    return [Place(path, name) for name in sorted(_members(path)) if _wanted(name)]


def parse_json(text: str, where: str) -> object:
    """A JSON text of the material; raises `InputProblem` naming `where` and the position."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise InputProblem(f"{where}: line {error.lineno}, column {error.colno}: {error.msg}") from error
    except RecursionError as error:
        raise InputProblem(f"{where}: nested too deeply to read") from error


def is_metadata(place: Place) -> bool:
    """Whether a file is what macOS puts beside another of that name in an archive: no material."""
    return place.name.startswith("._")


def _wanted(name: str) -> bool:
    return name.endswith((".json", ".jsonl", ARCHIVE))


def _unpacked(file: Path) -> list[Place]:
    return archive(file) if file.name.endswith(ARCHIVE) else [Place(file)]


def _unpacked_in_folder(file: Path) -> list[Place]:
    try:
        return _unpacked(file)
    except InputProblem:
        return [Place(file)]


@cache
def _members(path: Path) -> dict[str, bytes]:
    try:
        with tarfile.open(fileobj=io.BytesIO(path.read_bytes()), mode="r:gz") as tar:
            files = ((member.name, tar.extractfile(member)) for member in tar if member.isfile())
            return {str(PurePosixPath(name)): file.read() for name, file in files if file is not None}
    except (OSError, tarfile.TarError, EOFError) as error:
        raise InputProblem(f"{path}: not a readable {ARCHIVE} archive: {error}") from error
