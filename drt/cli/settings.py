"""Settings in a file: the nearest `drt.toml`, or the `[tool.drt]` table of the nearest `pyproject.toml`.

Owns finding and reading that file, the line on which a setting stands, and whether a file that was found may
name code to load (`SECURITY.md`). The options of the commands define what the settings mean: a table is named
like a command, a key like a long option without its dashes.

    [tool.drt]                     # in drt.toml without the `tool.drt`
    corpus = "corpus"              # for every command that has the option
    [tool.drt.run]
    for = "5m"
    [tool.drt.profiles.nightly]    # what `drt run --profile nightly` lays over it
    for = "6h"
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from drt.model import json_text
from drt.model.errors import InputProblem
from drt.model.toml_text import line_of, parse

OWN_FILE, SHARED_FILE = "drt.toml", "pyproject.toml"
SHARED_TABLE = ("tool", "drt")

Table = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one file; `root` is the path of keys to them.

    Without a file there are none. `doubt` says why the file may not name code to load; it is empty if the
    file may.
    """

    path: Path | None = None
    root: tuple[str, ...] = ()
    document: Table = field(default_factory=dict)
    text: str = ""
    doubt: str = ""

    def table(self, *way: str) -> Table:
        """Find the table at `way` below the root, empty if there is none.

        Raises `InputProblem` if the value there is no table.
        """
        found: object = self.document
        for depth, name in enumerate(way):
            assert isinstance(found, Mapping)
            found = found.get(name, {})
            if not isinstance(found, Mapping):
                raise self.problem(f"{self.name(*way[: depth + 1])} is to be a table", *way[: depth + 1])
        assert isinstance(found, Mapping)
        return found

    def name(self, *way: str) -> str:
        """Name a table as the file writes it: `[tool.drt.run]`."""
        return f"[{'.'.join((*self.root, *way))}]" if (self.root or way) else "the file"

    def problem(self, sentence: str, *way: str) -> InputProblem:
        """Make an error about the setting or table at `way`."""
        return InputProblem(sentence, self.path, line_of(self.text, (*self.root, *way)))

    def beside(self, name: str) -> Path:
        """Resolve a path relative to the file's folder."""
        return Path(name) if self.path is None else self.path.parent / name


def read_settings(given: Path | None = None) -> Settings:
    """Read the settings of the given file, else of the nearest one upward from the current folder, else none.

    Raises `InputProblem` for a file that is not there or is no TOML.
    """
    if given is not None:
        found = _read(given, SHARED_TABLE if given.name == SHARED_FILE else ())
        if found is None:
            raise InputProblem("it has no table [tool.drt]", given)
        return found
    here = Path.cwd().resolve()
    for folder in (here, *here.parents):
        for name, root in ((OWN_FILE, ()), (SHARED_FILE, SHARED_TABLE)):
            path = folder / name
            if path.is_file() and (found := _read(path, root)) is not None:
                return replace(found, doubt=_doubt(path, here))
    return Settings()


PLACE = "is loaded only by settings at the root of a git checkout or above it"
OWNER = "is loaded only by settings whose file and folder are yours and that nobody else can write"


def _doubt(path: Path, here: Path) -> str:
    """Why a file that was found upward from `here` may not name code to load; empty where it may."""
    root = next((folder for folder in (here, *here.parents) if os.path.lexists(folder / ".git")), None)
    if root is None or not root.is_relative_to(path.parent):
        return PLACE
    return "" if _is_ours(path) and _is_ours(path.parent) else OWNER


def _is_ours(path: Path) -> bool:
    """Whether we own the file or folder, and only we and our own group can write it."""
    status = path.stat()
    by_group = bool(status.st_mode & stat.S_IWGRP) and status.st_gid != os.getegid()
    return status.st_uid == os.geteuid() and not by_group and not status.st_mode & stat.S_IWOTH


def _read(path: Path, root: tuple[str, ...]) -> Settings | None:
    """Read the settings of a file; None if it has no table of ours."""
    text = json_text.read_text(path)
    if root and "drt" not in text:
        return None
    document: object = parse(text, path)
    for name in root:
        if not isinstance(document, dict) or name not in document:
            return None
        document = document[name]
    if not isinstance(document, dict):
        raise InputProblem(f"[{'.'.join(root)}] is to be a table", path, line_of(text, root))
    return Settings(path, root, document, text)
