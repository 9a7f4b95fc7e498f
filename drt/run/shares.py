"""Shares of a run that is spread over machines: what goes to one of them, and what comes back.

A share is what one worker of the run draws. A machine gets an `Order`: to work on a share for a while, with
the files that this worker has left so far. Its `Delivery` is the files as they are then; committing one
advances the share, so that an order whose machine dies is given to another without a trace.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from drt.corpus.known import KNOWN_FILE
from drt.corpus.merge import merge
from drt.corpus.store import FLAKY, Corpus
from drt.engines.processes import ended, module, our_environment, start_logged
from drt.model.errors import InputProblem
from drt.model.records import from_json, to_json
from drt.run.log import LogReader, LogWriter, read_json, replace_json
from drt.run.options import RunOptions
from drt.run.records import Broken, Death, ShareEnd, WorkerState
from drt.run.reduction_locks import merge_locks

Files = Mapping[str, bytes]
"""Contents of files by their paths in a folder, with slashes."""

Skipped = tuple[tuple[str, int], ...]

Counted = tuple[int, int, int]
"""Cases, decisions and divergences of one share so far."""

SHOWING_SECONDS = 2.0
"""Interval in which a share at work shows how far it is."""

CASES = ("counterexamples", FLAKY)
ERRORS = "share.err"
ENDED = "share.json"
DEATHS = "deaths.json"


@dataclass(frozen=True, slots=True)
class Order:
    """To work on share `number` for so many seconds, and to end at a time of day if the run has an end.

    `skipped` are cases that kill their process, `files` belong into the folder of the run, `declared` into
    the folder of declared differences.
    """

    number: int
    options: RunOptions
    seconds: float
    ends_at: float | None
    skipped: Skipped
    files: Files
    declared: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """What has become of a share; paths in its log are below `corpus`, a folder that is gone by now."""

    number: int
    end: ShareEnd
    corpus: str
    files: Files = field(default_factory=dict)


def order(options: RunOptions, number: int, skipped: Skipped, seconds: float, ends_at: float | None) -> Order:
    """Collect what a machine needs to work on a share."""
    folder, corpus = options.place, Path(options.corpus)
    names = [f"worker-{number}.state.json", f"worker-{number}.kept"]
    files = {name: (folder / name).read_bytes() for name in names if (folder / name).is_file()}
    files |= {f"claims/{name}": content for name, content in _read(folder / "claims").items()}
    for log in folder.glob(f"examiner-{number}-*.jsonl"):
        files[f"examiner-{log.stem.rpartition('-')[2]}.jsonl"] = log.read_bytes()
    deaths = [event for event in LogReader(_log(folder, number)).new() if isinstance(event, Death)]
    files[DEATHS] = json.dumps([to_json(death) for death in deaths]).encode()
    for name in CASES:
        files |= {f"corpus/{name}/{path}": content for path, content in _read(corpus / name).items()}
    if (corpus / KNOWN_FILE).is_file():
        files[f"corpus/{KNOWN_FILE}"] = (corpus / KNOWN_FILE).read_bytes()
    declared = tuple(Path(path).read_bytes() for path in options.declared)
    return Order(number, options, seconds, ends_at, skipped, files, declared)


def counted(folder: Path, number: int) -> Counted:
    """Count what the saved state of a share says."""
    state = read_json(folder / f"worker-{number}.state.json", WorkerState) or WorkerState()
    counts = [one.counts for one in state.targets.values()]
    return (
        sum(one.cases for one in counts),
        sum(one.decisions for one in counts),
        sum(one.divergences for one in counts),
    )


def work(given: Order, under: Path, show: Callable[[Counted], object] = lambda _: None) -> Delivery:
    """Work on a share in a process of its own, in a new folder; raises `RuntimeError` if that breaks."""
    folder = Path(tempfile.mkdtemp(prefix="drt-share-", dir=under)).resolve()
    try:
        _unpack(given, folder)
        ends = None if given.ends_at is None else time.monotonic() + given.ends_at - time.time()
        times = json.dumps([given.seconds, ends])
        command = module("drt.run.share", folder, given.number, os.getpid(), times, json.dumps(given.skipped))
        process = start_logged(command, folder / ERRORS, our_environment())
        while (code := ended(process, SHOWING_SECONDS)) is None:
            show(counted(folder, given.number))
        end = read_json(folder / ENDED, ShareEnd)
        if code or end is None:
            words = (folder / ERRORS).read_text(encoding="utf-8", errors="replace").strip().splitlines()
            raise RuntimeError(f"share {given.number}: {words[-1] if words else f'ended with {code}'}")
        return Delivery(given.number, end, str(folder / "corpus"), _changed(given, folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unpack(given: Order, folder: Path) -> None:
    declared = []
    for number, content in enumerate(given.declared):
        declared.append(str(folder / f"declared-{number}.toml"))
        Path(declared[-1]).write_bytes(content)
    _write(folder, given.files)
    for name in ("claims", "corpus"):
        (folder / name).mkdir(exist_ok=True)
    options = replace(
        given.options,
        folder=str(folder),
        corpus=str(folder / "corpus"),
        declared=tuple(declared),
        cluster=None,
    )
    replace_json(folder / "options.json", options)


def deaths_before(folder: Path) -> list[Death]:
    """Read the crashes of a share in the work on it before."""
    return [from_json(one, Death) for one in json.loads((folder / DEATHS).read_text(encoding="utf-8"))]


def _changed(given: Order, folder: Path) -> Files:
    """Return the files that are to be delivered: of the corpus, whole cases in which anything is new."""
    files = _read(folder)
    fresh = {path for path, content in files.items() if given.files.get(path) != content}
    cases = {path.rpartition("/")[0] for path in fresh if path.startswith("corpus/") and path.count("/") == 3}
    wanted = (f"worker-{given.number}.", "examiner-", "claims/", "run.jsonl")
    return {
        path: content
        for path, content in files.items()
        if (path.rpartition("/")[0] in cases or (path in fresh and path.startswith(wanted)))
        and not path.endswith((".page", f"corpus/{KNOWN_FILE}"))
    }


def commit(options: RunOptions, delivery: Delivery, sent: Order) -> None:
    """Take a delivery in: its cases into the corpus, its log and its state into the folder of the run.

    An interruption before the state is there leaves a mark, by which `undo_commits` takes the log back.
    """
    folder, number = options.place, delivery.number
    places, refused = _merge_cases(options, delivery)
    log = _log(folder, number)
    mark = folder / f"worker-{number}.commit"
    replace_json(mark, {"size": log.stat().st_size if log.exists() else 0})
    with log.open("ab") as file:
        for name in (f"worker-{number}.jsonl", "run.jsonl"):
            for line in delivery.files.get(name, b"").splitlines(keepends=True):
                file.write(_at_home(line, delivery.corpus, options.corpus, places))
    for problem in refused:
        LogWriter(log).write(Broken(what="the corpus", error=problem))
    for path, content in delivery.files.items():
        if path.startswith("examiner-") and path.endswith(".jsonl"):
            lines = content.splitlines(keepends=True)
            rewritten = b"".join(_at_home(line, delivery.corpus, options.corpus, places) for line in lines)
            (folder / path.replace("examiner-", f"examiner-{number}-")).write_bytes(rewritten)
        elif path == f"worker-{number}.err":
            with (folder / path).open("ab") as errors:
                errors.write(content)
    merge_locks(folder / "claims", _inside("claims/", sent.files), _inside("claims/", delivery.files))
    for name in (f"worker-{number}.kept", f"worker-{number}.state.json"):
        if name in delivery.files:
            beside = folder / f".{name}"
            beside.write_bytes(delivery.files[name])
            beside.replace(folder / name)
    mark.unlink()


def undo_commits(folder: Path) -> None:
    """Take back the log of deliveries that were not taken in to their end."""
    for mark in folder.glob("worker-*.commit"):
        size = json.loads(mark.read_text(encoding="utf-8"))["size"]
        log = mark.with_suffix(".jsonl")
        if log.exists():
            os.truncate(log, size)
        mark.unlink()


def _merge_cases(options: RunOptions, delivery: Delivery) -> tuple[dict[str, Path], list[str]]:
    """Merge the delivered cases; return where each is now, and why some are nowhere."""
    cases = {path: content for path, content in delivery.files.items() if path.startswith("corpus/")}
    if not cases:
        return {}, []
    places: dict[str, Path] = {}
    refused = []
    with tempfile.TemporaryDirectory(prefix=".delivery-", dir=options.place) as name:
        incoming = Path(name)
        _write(incoming, cases)
        try:
            for merged in merge(Corpus(Path(options.corpus)), incoming / "corpus"):
                if merged.place is None:
                    refused.append(merged.reason)
                else:
                    places[merged.source.relative_to(incoming / "corpus").as_posix()] = merged.place
        except InputProblem as problem:
            refused.append(str(problem))
    return places, refused


def _at_home(line: bytes, theirs: str, ours: str, places: Mapping[str, Path]) -> bytes:
    """Name the place that a finding of a log has in our corpus."""
    if theirs.encode() not in line:
        return line
    event = json.loads(line)
    path = event.get("path")
    if not isinstance(path, str) or not Path(path).is_relative_to(theirs):
        return line
    inside = Path(path).relative_to(theirs)
    event["path"] = str(places.get(inside.as_posix(), Path(ours) / inside))
    return json.dumps(event, sort_keys=True).encode() + b"\n"


def _inside(name: str, files: Files) -> Files:
    return {path.removeprefix(name): content for path, content in files.items() if path.startswith(name)}


def _log(folder: Path, number: int) -> Path:
    return folder / f"worker-{number}.jsonl"


def _read(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in _files(folder)}


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _write(folder: Path, files: Files) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
