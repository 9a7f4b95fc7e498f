"""From the options of `drt replay` to verdicts and their report."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import click

from drt.corpus.folder import cases_under
from drt.corpus.known import Known, read_known
from drt.corpus.store import find_case, find_corpus
from drt.engines import build
from drt.model.case_directory import CASE_FILE
from drt.model.errors import InputProblem
from drt.replay.replay import Replayed, Replayer
from drt.replay.shell_commands import extract
from drt.report.terminal.console import results
from drt.report.terminal.replaying import print_replayed, print_totals
from drt.run.options import DEFAULT_ENGINES, target_table
from drt.run.summary import BROKEN, CLEAN, FOUND, NOTHING_RUN, UNREPRODUCIBLE, WRONG_INPUT

FEW = 3
"""So many cases that were asked for by name are shown in full."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says; the engines are the default ones where it names none."""

    cases: tuple[Path, ...]
    engines: tuple[str, ...]
    corpus: Path | None
    deadline: float
    targets_from: str
    form: str
    extract: Path | None = None
    once: bool = False


def replay(asked: Asked) -> int:
    """Replay, report, and return the exit code."""
    engines = asked.engines or DEFAULT_ENGINES
    for name in engines:
        build(name)
    paths, known = cases_and_known(asked.cases, asked.corpus)
    again = "" if asked.once else asked.targets_from
    replayer = Replayer(engines, target_table(asked.targets_from), known, asked.deadline, again)
    console = results()
    done: list[Replayed] = []
    for replayed in replayer.replay(paths):
        done.append(replayed)
        lines = _extracted(asked.extract, replayed, len(paths))
        if asked.form == "text":
            few = bool(asked.cases) and len(paths) <= FEW
            print_replayed(console, replayed, full=few or bool(lines), lines=lines)
    if asked.form == "json":
        click.echo(json.dumps([replayed.to_json() for replayed in done], indent=2, sort_keys=True))
    else:
        print_totals(console, done)
    return exit_code(done)


def _extracted(folder: Path | None, replayed: Replayed, cases: int) -> tuple[str, ...]:
    """Write the case's parts out where that is wanted; the lines that ask them."""
    saved = replayed.saved
    if folder is None or saved is None:
        return ()
    return replayed.asked_with(extract(saved.case, folder if cases == 1 else folder / replayed.path.name))


def exit_code(done: list[Replayed]) -> int:
    """The exit code of a replay."""
    if any(replayed.failed for replayed in done):
        return FOUND
    if any(replayed.broke for replayed in done):
        return BROKEN
    if not all(replayed.readable for replayed in done):
        return WRONG_INPUT
    if any(replayed.verdict == "flaky" for replayed in done):
        return UNREPRODUCIBLE
    return CLEAN if any(replayed.verdict != "cannot run" for replayed in done) else NOTHING_RUN


def cases_and_known(cases: tuple[Path, ...], corpus: Path | None) -> tuple[list[Path], tuple[Known, ...]]:
    """The folders to replay, and the known findings; a folder of cases stands for all of them."""
    if not cases:
        whole = find_corpus(corpus)
        return whole.seeds() + whole.counterexamples(), read_known(whole.root)
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
