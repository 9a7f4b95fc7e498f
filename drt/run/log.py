"""The log of a run: JSON lines with a header, events and a footer; every view is computed from it.

Files in the run's folder: `run.jsonl` (written by the coordinator), `worker-N.jsonl` (one writer each),
`worker-N.state.json` (the state of a worker, replaced atomically), `run.json` (the footer, replaced
atomically). Lines are appended and never changed, so that a writer that dies loses at most its last line.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO, TypeAlias, cast, get_args

from drt.model.errors import InputProblem, cannot_write
from drt.model.records import Record, from_json, to_json
from drt.run.footer import Footer, footer_from_json
from drt.run.options import RunOptions
from drt.run.records import (
    Broken,
    Death,
    Event,
    Found,
    Grown,
    Header,
    Lost,
    Progress,
    Reached,
    Recycled,
    Resumed,
    Started,
    WorkerState,
)

AnyEvent: TypeAlias = (
    Header
    | Resumed
    | Progress
    | Started
    | Reached
    | Grown
    | Recycled
    | Death
    | Lost
    | Broken
    | Found
    | Footer
)
_KINDS: dict[object, type[Event]] = {kind.__struct_config__.tag: kind for kind in get_args(AnyEvent)}

LOCK = "lock"
THE_LOG = "the log"


class LogWriter:
    """Appends events to a file, one per line, and flushes after each."""

    def __init__(self, path: Path) -> None:
        self.path = path
        torn = _is_torn(path)
        try:
            self._file: TextIO = path.open("a", encoding="utf-8", newline="\n")
        except OSError as error:
            raise cannot_write(THE_LOG, error, path) from None
        if torn:
            self._file.write("\n")

    def write(self, event: Event) -> None:
        """Append one event with the time of day; raises `MachineProblem` when the disk refuses."""
        document = event.to_json() if isinstance(event, Footer) else to_json(event)
        tag = event.__struct_config__.tag
        line = json.dumps({**document, "event": tag, "at": round(time.time(), 3)}, sort_keys=True)
        try:
            self._file.write(line + "\n")
            self._file.flush()
        except OSError as error:
            raise cannot_write(THE_LOG, error, self.path) from None

    def close(self) -> None:
        """Close the file."""
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

    def new(self) -> Iterator[AnyEvent]:
        """Yield the events written since the last call; an incomplete line is left for the next call.

        Raises `ValueError` for an event of a known kind that has another shape.
        """
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
    """A complete log; `footer` is None if the run was interrupted before it could write one."""

    header: Header
    events: tuple[AnyEvent, ...]
    footer: Footer | None

    @property
    def complete(self) -> bool:
        """Whether the run ended regularly."""
        return self.footer is not None


def read_run(folder: Path) -> RunLog:
    """Read the log in a run's folder, including the workers' events, in order of time.

    Raises `InputProblem` when the folder holds no run; a run without a footer is readable.
    """
    try:
        return _read_run(folder)
    except ValueError as error:
        first_line = str(error).splitlines()[0][:120]
        raise InputProblem(f"not a log as a run writes it ({first_line})", folder) from None


def _read_run(folder: Path) -> RunLog:
    path = folder / "run.jsonl"
    if not path.is_file():
        raise InputProblem("not the log folder of a run: it holds no run.jsonl", folder)
    own = list(LogReader(path).new())
    header = own.pop(0) if own else None
    if not isinstance(header, Header):
        raise InputProblem("not the log of a run: the first line is no header", path, 1)
    workers = [event for log in sorted(folder.glob("*-[0-9]*.jsonl")) for event in LogReader(log).new()]
    footers = [event for event in own if isinstance(event, Footer)]
    between = [event for event in (*own, *workers) if not isinstance(event, Footer)]
    return RunLog(
        header, tuple(sorted(between, key=lambda event: event.at)), footers[-1] if footers else None
    )


def replace_json(path: Path, document: object) -> None:
    """Write a record or a document atomically: a reader sees either the old one or the new one.

    Raises `MachineProblem` when the disk refuses.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(json.dumps(to_json(document), indent=2, sort_keys=True) + "\n", encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise cannot_write(THE_LOG, error, path) from None


def read_json(path: Path, kind: type[Record]) -> Record | None:
    """Read a record that `replace_json` wrote; None if there is none.

    Raises `ValueError` for a document of another shape.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError, RecursionError):
        return None
    return from_json(document, kind) if isinstance(document, dict) else None


def read_options(folder: Path) -> RunOptions:
    """Read the options of the run in a folder; raises `ValueError` if there are none."""
    return from_json(json.loads((folder / "options.json").read_text(encoding="utf-8")), RunOptions)


def worker_states(folder: Path) -> list[WorkerState]:
    """Read the saved states of the workers of a run."""
    states = (read_json(path, WorkerState) for path in sorted(folder.glob("worker-*.state.json")))
    return [state for state in states if state is not None]


def cases_by_stream(states: Iterable[WorkerState]) -> dict[str, int]:
    """Count the cases of each stream, the most frequent first."""
    found: Counter[str] = Counter()
    for state in states:
        for target in state.targets.values():
            for stream, counts in target.counts.streams.items():
                found[stream] += counts["cases"]
    return dict(found.most_common())


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Lock a run's folder, creating it if needed, so that no other run uses it meanwhile.

    Raises `InputProblem` when another run has locked it, `MachineProblem` when the disk refuses.
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
    """Make an empty folder for a run's log; an earlier run's files move to `earlier-N/` inside it.

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


def _event(line: bytes) -> AnyEvent | None:
    """Read one line; None for an incomplete line, or an event of an unknown kind."""
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return None
    tag = document.get("event") if isinstance(document, dict) else None
    kind = _KINDS.get(tag) if isinstance(tag, str) else None
    if kind is None:
        return None
    return footer_from_json(document) if kind is Footer else cast(AnyEvent, from_json(document, kind))
