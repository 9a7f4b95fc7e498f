"""Where conformance material lies: files in folders and members of archives, and what lies beside them.

A `Place` is one file wherever it is. References between files are looked up beside the referring file and
then upward, first inside its archive and then beside the archive, so that the material may be unpacked or
not.
"""

from __future__ import annotations

import io
import json
import os
import re
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

from drt.model.errors import InputProblem
from drt.model.json_text import deep_json

UPWARD = 8
"""Number of parent folders of a file that are searched for a file it refers to."""

ARCHIVE = ".tar.gz"

FOR_PEOPLE = re.compile("(README|LICEN[CS]E|NOTICE)", re.IGNORECASE)
"""Names of files that explain material."""


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
        """Read the contents, byte for byte; raises `InputProblem` where they are not UTF-8 or unreadable."""
        try:
            data = self.path.read_bytes() if self.inside is None else _members(self.path)[self.inside]
            return data.decode()
        except OSError as error:
            raise InputProblem(f"cannot read {self}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise InputProblem(f"{self} is not UTF-8 text") from error

    def json(self) -> object:
        """Read the contents as JSON; raises `InputProblem` where they are not."""
        return parse_json(self.text(), str(self))

    def beside(self, reference: str) -> Place | None:
        """Find the file that `reference` names: beside this one, or in the nearest folder above."""
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
        """Yield the folders that this file, or the archive it is in, lies in; nearest first."""
        return iter(list(self.path.parents)[:UPWARD])


def gather(paths: Iterable[Path]) -> list[Place]:
    """Return every JSON and JSONL file and archive member under `paths`, in a stable order.

    An archive in a folder that cannot be unpacked is returned as itself. Raises `InputProblem` for a bad
    path.
    """
    places: list[Place] = []
    for given in paths:
        path = given.resolve()
        if path.is_dir():
            files = filter(lambda file: _wanted(file.name), sorted(_files(path)))
            places += (place for file in files for place in _unpacked_in_folder(file))
        elif path.is_file() and _wanted(path.name):
            places += _unpacked(path)
        elif path.exists():
            raise InputProblem(f"{given}: expected a folder, a .json or .jsonl file or a {ARCHIVE} archive")
        else:
            raise InputProblem(f"{given}: no such file or folder")
    return list(dict.fromkeys(places))


def others(paths: Iterable[Path]) -> list[Place]:
    """Every file in folders and archives under `paths` that `gather` leaves out for its name.

    Not those for people: a README, a licence, a notice.
    """
    places: list[Place] = []
    for path in sorted({file for given in paths for file in _files(given)}):
        if path.name.endswith(ARCHIVE):
            places += (Place(path, name) for name in sorted(_readable_members(path)))
        else:
            places.append(Place(path))
    return [place for place in places if not _wanted(place.name) and not FOR_PEOPLE.match(place.name)]


def archive(path: Path) -> list[Place]:
    """List the JSON and JSONL members of an archive; raises `InputProblem` where it is not one."""
    return [Place(path, name) for name in sorted(_members(path)) if _wanted(name)]


def parse_json(text: str, where: str) -> object:
    """Parse a JSON text of the material; raises `InputProblem` naming `where` and the position."""
    try:
        with deep_json():
            return json.loads(text)
    except json.JSONDecodeError as error:
        said = f"line {error.lineno}, column {error.colno}: {error.msg.lower()}"
        raise InputProblem(f"{where}: {said}") from error
    except ValueError as error:
        raise InputProblem(f"{where}: not JSON: {error}") from error
    except RecursionError as error:
        raise InputProblem(f"{where}: nested too deeply to read") from error


def json_of(value: object, *, sort_keys: bool = False, ensure_ascii: bool = True) -> str:
    """Write a part of the material as JSON text, however deep it nests."""
    with deep_json():
        return json.dumps(value, sort_keys=sort_keys, ensure_ascii=ensure_ascii)


METADATA = "metadata of macOS"
OTHER = f"no .json, .jsonl or {ARCHIVE} file"


def not_read(reasons: Mapping[Place, str]) -> Iterator[str]:
    """Describe useless files, a sentence each, but one for all of a folder with the same ending."""
    alike: dict[str, list[Place]] = {}
    for place, reason in reasons.items():
        if reason != OTHER:
            yield f"{place}: {reason}"
            continue
        pattern = f"{place}".removesuffix(place.name) + f"*{PurePosixPath(place.name).suffix}"
        alike.setdefault(pattern, []).append(place)
    for pattern, places in alike.items():
        one = f"{places[0]}: {OTHER}"
        yield one if len(places) == 1 else f"{pattern}: {len(places)} files, each {OTHER}"


def is_metadata(place: Place) -> bool:
    """Whether a file is what macOS puts beside another of that name in an archive: no material."""
    return place.name.startswith("._")


def _wanted(name: str) -> bool:
    return name.endswith((".json", ".jsonl", ARCHIVE))


def _files(path: Path) -> Iterator[Path]:
    """List the file, or the files in the folder and below."""
    if path.is_file():
        yield path
    for folder, _, names in os.walk(path):
        yield from (file for name in names if (file := Path(folder, name)).is_file())


def _readable_members(path: Path) -> Iterable[str]:
    try:
        return _members(path)
    except InputProblem:
        return ()


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
