"""`drt replay`, once or again in a fresh process whenever a file that matters has changed (`--watch`).

The files that matter are the sources of the engines and of the harness, the cases, and the known findings;
they are polled every half second.
"""

from __future__ import annotations

import contextlib
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from drt.cli.options import FOLDER, Duration, corpus_folder, echo_json, engines, form, targets_from
from drt.model.errors import InputProblem
from drt.model.exit_codes import (
    BROKEN,
    CLEAN,
    FOUND,
    INTERRUPTED,
    NOTHING_RUN,
    UNREPRODUCIBLE,
    WRONG_INPUT,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drt.corpus.known import Known
    from drt.replay.replay import Replayed

SHOWN_IN_FULL = 3
"""At most so many cases that were named on the command line are shown in full."""

POLL_SECONDS = 0.5

Stamps = dict[Path, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Asked:
    """Options of a replay; no engines means the default ones."""

    cases: tuple[Path, ...]
    engines: tuple[str, ...]
    corpus: Path | None
    deadline: float
    targets_from: str
    form: str
    extract: Path | None = None
    once: bool = False


@click.command("replay", short_help="Run saved cases again, answers side by side.")
@click.argument("cases", nargs=-1, type=click.Path(path_type=Path), metavar="[CASE]...")
@engines
@corpus_folder
@click.option("--deadline", type=Duration(), default="10s", show_default=True, help="Time limit per case.")
@click.option(
    "--extract",
    type=FOLDER,
    metavar="FOLDER",
    help="Write the parts of each case out as files that `cedar` reads.",
)
@click.option("--watch", is_flag=True, help="Repeat whenever an engine's source or a case changes.")
@click.option("--once", is_flag=True, help="Report a case as fixed without confirming it in fresh processes.")
@targets_from
@form
@click.pass_context
def command(
    ctx: click.Context,
    cases: tuple[Path, ...],
    engines: tuple[str, ...],
    corpus: Path | None,
    deadline: float,
    extract: Path | None,
    watch: bool,
    once: bool,
    targets_from: str,
    form: str,
) -> None:
    """Run saved cases on the engines again; compare the answers with each other and the expectation.

    CASE is a case's folder, its name in the corpus, or a folder of cases; without one, all of the corpus is
    replayed. Exit codes: 0 all as expected, 1 an open divergence or an expectation not met, 2 wrong usage
    or a case that cannot be read, 3 the harness broke, 4 only flaky cases, 5 nothing was run, 130 --watch was
    interrupted.
    """
    asked = Asked(cases, engines, corpus, deadline, targets_from, form, extract, once)
    ctx.exit(_watch(asked) if watch else _replay(asked))


def _replay(asked: Asked) -> int:
    """Replay, report, and return the exit code."""
    from drt.engines import build
    from drt.replay.replay import Replayer
    from drt.report.terminal.console import results
    from drt.report.terminal.replaying import print_replayed, print_totals
    from drt.run.options import DEFAULT_ENGINES
    from drt.targets.loading import target_table

    engines = asked.engines or DEFAULT_ENGINES
    for name in engines:
        build(name)
    paths, known = _cases_and_known(asked.cases, asked.corpus)
    again = "" if asked.once else asked.targets_from
    replayer = Replayer(engines, target_table(asked.targets_from), known, asked.deadline, again)
    console = results()
    done: list[Replayed] = []
    for replayed in replayer.replay(paths):
        done.append(replayed)
        lines = _extracted(asked.extract, replayed, len(paths))
        if asked.form == "text":
            few = bool(asked.cases) and len(paths) <= SHOWN_IN_FULL
            print_replayed(console, replayed, full=few or bool(lines), lines=lines)
    if asked.form == "json":
        echo_json([replayed.to_json() for replayed in done])
    else:
        print_totals(console, done)
    return _exit_code(done)


def _extracted(folder: Path | None, replayed: Replayed, cases: int) -> tuple[str, ...]:
    """Write the parts of the case out if requested; return the commands that run them."""
    from drt.replay.shell_commands import extract

    saved = replayed.saved
    if folder is None or saved is None:
        return ()
    return replayed.asked_with(extract(saved.case, folder if cases == 1 else folder / replayed.path.name))


def _exit_code(done: list[Replayed]) -> int:
    """Compute the exit code of a replay."""
    if any(replayed.failed for replayed in done):
        return FOUND
    if any(replayed.broke for replayed in done):
        return BROKEN
    if not all(replayed.readable for replayed in done):
        return WRONG_INPUT
    if any(replayed.verdict == "flaky" for replayed in done):
        return UNREPRODUCIBLE
    return CLEAN if any(replayed.verdict != "cannot run" for replayed in done) else NOTHING_RUN


def _cases_and_known(cases: tuple[Path, ...], corpus: Path | None) -> tuple[list[Path], tuple[Known, ...]]:
    """Find the folders to replay, and the known findings; a folder of cases is expanded."""
    from drt.corpus.folder import cases_under
    from drt.corpus.known import read_known
    from drt.corpus.store import find_case, find_corpus
    from drt.model.case_directory import CASE_FILE

    if not cases:
        store = find_corpus(corpus)
        return store.seeds() + store.counterexamples(), read_known(store.root)
    paths: list[Path] = []
    for given in cases:
        path = find_case(given, corpus)
        inside = cases_under(path) if path.is_dir() and not (path / CASE_FILE).is_file() else []
        paths += inside or [path]
    try:
        return paths, read_known(find_corpus(corpus).root)
    except InputProblem:
        if corpus is not None:
            raise
        return paths, ()


def _watch(asked: Asked) -> int:
    """Replay now and after every change, until interrupted; returns the exit code for that."""
    from drt.engines.processes import run_in_group

    # A process started in the background ignores interrupts by inheritance.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    command = [sys.executable, "-m", "drt", *arguments(asked)]
    aside = asked.form == "json"
    try:
        while True:
            before = stamps(asked)
            run_in_group(command)
            click.echo(f"watching {len(before)} files; Ctrl-C ends it", err=aside)
            after = before
            while after == before:
                time.sleep(POLL_SECONDS)
                after = stamps(asked)
            changed = sorted(path for path, _ in set(before.items()) ^ set(after.items()))
            click.echo(f"\n{time.strftime('%H:%M:%S')} {changed[0]} changed", err=aside)
    except KeyboardInterrupt:
        click.echo("", err=aside)
        return INTERRUPTED


def arguments(asked: Asked) -> list[str]:
    """Build the command line of one such replay."""
    optional = {"--corpus": asked.corpus, "--extract": asked.extract}
    return [
        "replay",
        *(f"--engine={name}" for name in asked.engines),
        *(f"{flag}={value}" for flag, value in optional.items() if value is not None),
        *("--deadline", f"{asked.deadline:g}s", "--targets-from", asked.targets_from),
        *("--format", asked.form, *(["--once"] if asked.once else []), "--"),
        *map(str, asked.cases),
    ]


def stamps(asked: Asked) -> Stamps:
    """Return the modification time and length of each file that matters."""
    from drt.engines.source_files import files_of

    found: Stamps = {}
    for file in files_of(_places(asked)):
        with contextlib.suppress(OSError):  # removed just now
            state = file.stat()
            found[file] = (state.st_mtime_ns, state.st_size)
    return found


def _places(asked: Asked) -> Iterator[Path]:
    from drt.corpus.known import KNOWN_FILE
    from drt.corpus.store import find_corpus
    from drt.engines.source_files import HARNESS, sources_of
    from drt.run.options import DEFAULT_ENGINES

    yield HARNESS
    for name in asked.engines or DEFAULT_ENGINES:
        yield from sources_of(name)
    try:
        yield from _cases_and_known(asked.cases, asked.corpus)[0]
        yield find_corpus(asked.corpus).root / KNOWN_FILE
    except InputProblem:
        return
