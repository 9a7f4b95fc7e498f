"""Finished walks, remembered by the fingerprint of everything that could change their result."""

from __future__ import annotations

import time
from hashlib import blake2b
from pathlib import Path

from msgspec import Struct

from drt.engines import build
from drt.engines.source_files import HARNESS, files_of, sources_of
from drt.model.errors import InputProblem
from drt.run.footer import Footer
from drt.run.log import read_json, replace_json
from drt.run.options import RunOptions

FILE = "enumerated.json"
"""The file beside the log folders of runs."""


class Walked(Struct, frozen=True, kw_only=True):
    """A walk that ended without a finding: when, over how many cases, and the folder of its log."""

    finished: str
    cases: int
    seconds: float
    log: str


class Walks(Struct, frozen=True):
    """Finished walks by their fingerprint."""

    walks: dict[str, Walked]


def fingerprint(options: RunOptions) -> str:
    """Hash the names, versions and files of the engines, the targets, the harness and the generators."""
    asked = (*options.engines, *([options.arbiter] if options.arbiter else []))
    digest = blake2b(digest_size=16)
    for part in (*options.targets, str(options.arbiter_rate)):
        digest.update(f"{part}\0".encode())
    for name in asked:
        digest.update(f"{name}\0{build(name).version}\0".encode())
    places = [HARNESS, HARNESS.parent / "generators", *map(Path, options.declared)]
    for file in files_of(iter([*places, *(place for name in asked for place in sources_of(name))])):
        digest.update(file.read_bytes() + b"\0")
    return digest.hexdigest()


def remembered(runs: Path, fingerprint: str) -> Walked | None:
    """Return the finished walk of a fingerprint; None if there is none."""
    return _read(runs / FILE).walks.get(fingerprint)


def remember(runs: Path, fingerprint: str, footer: Footer, log: Path) -> None:
    """Add a walk that ended without a finding."""
    walked = Walked(
        finished=time.strftime("%Y-%m-%d %H:%M:%S"),
        cases=footer.counts.cases,
        seconds=round(footer.seconds, 1),
        log=str(log),
    )
    path = runs / FILE
    replace_json(path, Walks(_read(path).walks | {fingerprint: walked}))


def _read(path: Path) -> Walks:
    try:
        return read_json(path, Walks) or Walks({})
    except ValueError as error:
        raise InputProblem(f"not a record of finished walks: {error}", path) from None
