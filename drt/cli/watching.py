"""`drt replay --watch`: the same replay again, in a fresh process, whenever a file that matters has changed.

Owns which files matter: the sources of the engines and of the harness, the cases, and the known findings.
They are looked at every half second.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import click

from drt.cli.replaying import Asked, cases_and_known
from drt.corpus.known import KNOWN_FILE
from drt.corpus.store import find_corpus
from drt.engines import BUILT_IN
from drt.model.errors import InputProblem
from drt.run.options import DEFAULT_ENGINES
from drt.run.summary import INTERRUPTED

SECONDS = 0.5
HARNESS = Path(__file__).resolve().parents[1]

Stamps = dict[Path, tuple[int, int]]


def watch(asked: Asked) -> int:
    """Replay now and after every change, until interrupted; returns the exit code for that."""
    # A process started in the background ignores interrupts by inheritance.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    command = [sys.executable, "-m", "drt", *arguments(asked)]
    aside = asked.form == "json"
    try:
        while True:
            before = stamps(asked)
            _run(command)
            click.echo(f"watching {len(before)} files; Ctrl-C ends it", err=aside)
            after = before
            while after == before:
                time.sleep(SECONDS)
                after = stamps(asked)
            changed = sorted(path for path, _ in set(before.items()) ^ set(after.items()))
            click.echo(f"\n{time.strftime('%H:%M:%S')} {changed[0]} changed", err=aside)
    except KeyboardInterrupt:
        click.echo("", err=aside)
        return INTERRUPTED


def arguments(asked: Asked) -> list[str]:
    """The command line that asks for one such replay."""
    optional = {"--corpus": asked.corpus, "--extract": asked.extract}
    return [
        "replay",
        *(f"--engine={name}" for name in asked.engines),
        *(f"{flag}={value}" for flag, value in optional.items() if value is not None),
        *("--deadline", f"{asked.deadline:g}s", "--targets-from", asked.targets_from),
        *("--format", asked.form, *(["--once"] if asked.once else []), "--"),
        *map(str, asked.cases),
    ]


def _run(command: Sequence[str]) -> None:
    """Run to the end; whatever is at work when the user interrupts goes with it."""
    child = subprocess.Popen(command, process_group=0)
    try:
        child.wait()
    except BaseException:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        raise


def stamps(asked: Asked) -> Stamps:
    """When each file that matters was last written, and how long it is."""
    found: Stamps = {}
    for place in _places(asked):
        files = place.rglob("*") if place.is_dir() else [place]
        for file in files:
            if file.suffix != ".pyc" and file.name != ".lock":
                try:
                    state = file.stat()
                except OSError:
                    continue
                if not file.is_dir():
                    found[file] = (state.st_mtime_ns, state.st_size)
    return found


def _places(asked: Asked) -> Iterator[Path]:
    yield HARNESS
    for name in asked.engines or DEFAULT_ENGINES:
        yield from _sources(name)
    try:
        yield from cases_and_known(asked.cases, asked.corpus)[0]
        yield find_corpus(asked.corpus).root / KNOWN_FILE
    except InputProblem:
        return


def _sources(engine: str) -> Iterator[Path]:
    """The files or folders that an engine's source lies in, as far as its name tells."""
    if engine in BUILT_IN:
        yield HARNESS.parent / engine
    elif engine.startswith("process:"):
        with contextlib.suppress(ValueError):  # no command: the replay will say so
            yield from filter(Path.is_file, map(Path, shlex.split(engine.removeprefix("process:"))))
    elif Path(engine).is_dir():
        yield Path(engine)
    else:
        module = engine.rpartition(":")[0]
        if module.endswith(".py"):
            yield Path(module)
        elif (origin := _origin(module)) is not None:
            yield origin.parent if origin.name == "__init__.py" else origin


def _origin(module: str) -> Path | None:
    """The file of a module; None where there is no such module: the replay will say so."""
    try:
        spec = find_spec(module)
    except (ImportError, ValueError):
        return None
    return None if spec is None or spec.origin is None else Path(spec.origin)
