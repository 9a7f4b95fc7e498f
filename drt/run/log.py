"""The log of a run: JSON lines with a header, events and a footer; every view is computed from it.

Owns the run's folder: `run.jsonl` (the parent's), `worker-N.jsonl` (one writer each), `worker-N.state.json`
(where a worker stands, replaced whole), `run.json` (the footer, replaced whole). Lines are appended and
never changed, so that whoever dies costs at most the line it was writing.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from drt.model.errors import InputProblem, cannot_write

Event = dict[str, Any]
FORMAT = 1
LOCK = "lock"
THE_LOG = "the log"


class LogWriter:
    """Appends events to one file, a line each, flushed at once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        torn = _is_torn(path)
        try:
            self._file: TextIO = path.open("a", encoding="utf-8", newline="\n")
        except OSError as error:
            raise cannot_write(THE_LOG, error, path) from None
        if torn:
            self._file.write("\n")

    def write(self, event: str, **facts: object) -> None:
        """Append one event; raises `MachineProblem` when the disk refuses."""
        line = json.dumps({"event": event, "at": round(time.time(), 3), **facts}, sort_keys=True)
        try:
            self._file.write(line + "\n")
            self._file.flush()
        except OSError as error:
            raise cannot_write(THE_LOG, error, self.path) from None

    def close(self) -> None:
        self._file.close()


def _is_torn(path: Path) -> bool:
    """Whether the last writer died in the middle of a line."""
    try:
        with path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) != b"\n"
    except OSError:  # none there, or nothing in it
        return False


class LogReader:
    """Follows a file that another process appends to."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._position = 0

    def new(self) -> Iterator[Event]:
        """The whole lines written since the last call; a line still being written is left for the next."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._position)
                fresh = file.read()
        except FileNotFoundError:
            return
        end = fresh.rfind(b"\n") + 1
        self._position += end
        for line in fresh[:end].splitlines():
            if (event := _event(line)) is not None:
                yield event


@dataclass(frozen=True, slots=True)
class RunLog:
    """A run read back. `footer` is None where the run was cut off before it could write one."""

    header: Event
    events: tuple[Event, ...]
    footer: Event | None

    @property
    def complete(self) -> bool:
        return self.footer is not None


def read_run(folder: Path) -> RunLog:
    """The log in a run's folder, the workers' events included, in order of time.

    Raises `InputProblem` when the folder holds no run; a run without a footer is readable.
    """
    path = folder / "run.jsonl"
    if not path.is_file():
        raise InputProblem("not the log folder of a run: it holds no run.jsonl", folder)
    own = list(LogReader(path).new())
    if not own or own[0].get("event") != "header":
        raise InputProblem("not the log of a run: the first line is no header", path, 1)
    workers = [event for log in sorted(folder.glob("*-[0-9]*.jsonl")) for event in LogReader(log).new()]
    footers = [event for event in own if event["event"] == "footer"]
    between = [event for event in own[1:] if event["event"] != "footer"] + workers
    return RunLog(own[0], tuple(sorted(between, key=_at)), footers[-1] if footers else None)


def replace_json(path: Path, document: Mapping[str, object]) -> None:
    """Write a JSON document so that a reader sees the old one or the new one, never half of either.

    Raises `MachineProblem` when the disk refuses.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise cannot_write(THE_LOG, error, path) from None


def read_json(path: Path) -> Event | None:
    """A document that `replace_json` wrote; None where there is none."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a run's folder, made where there is none: no other run goes on in it meanwhile.

    Raises `InputProblem` when another run holds it, `MachineProblem` when the disk refuses.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / LOCK).open("ab")
    except OSError as error:
        raise cannot_write(THE_LOG, error, folder) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InputProblem("the run is still going on", folder) from None
        yield


def make_folder(folder: Path) -> Path:
    """The folder for a run's log, empty: an earlier run's files in it are moved to `earlier-N/` inside it.

    Raises `MachineProblem` when the disk refuses.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / "run.jsonl").exists():
            number = 1
            while (earlier := folder / f"earlier-{number}").exists():
                number += 1
            kept = [LOCK, *(path.name for path in folder.glob("earlier-*"))]
            old = [path for path in folder.iterdir() if path.name not in kept]
            earlier.mkdir()
            for path in old:
                path.rename(earlier / path.name)
        (folder / "claims").mkdir(exist_ok=True)
        (folder / "run.jsonl").touch()
    except OSError as error:
        raise cannot_write(THE_LOG, error, folder) from error
    return folder


def _event(line: bytes) -> Event | None:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) and isinstance(event.get("event"), str) else None


def _at(event: Event) -> float:
    at = event.get("at", 0.0)
    return float(at) if isinstance(at, int | float) else 0.0
