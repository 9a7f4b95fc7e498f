"""From the options of `drt replay` to verdicts and their report."""

from __future__ import annotations

import json
from pathlib import Path

import click

from drt.case_files import CASE_FILE
from drt.corpus import cases_under, find_corpus
from drt.engines import build
from drt.known import Known, read_known
from drt.problems import InputProblem
from drt.replay import Replayed, Replayer
from drt.run_options import DEFAULT_ENGINES, target_table
from drt.tally import CLEAN, FOUND, NOTHING_RUN, WRONG_INPUT
from drt.views.console import results
from drt.views.replaying import print_replayed, print_totals


def replay(
    cases: tuple[Path, ...],
    engines: tuple[str, ...],
    corpus: Path | None,
    deadline: float,
    targets_from: str,
    form: str,
) -> int:
    """Replay, report, and return the exit code."""
    engines = engines or DEFAULT_ENGINES
    for name in engines:
        build(name)
    paths, known = _cases(cases, corpus)
    replayer = Replayer(engines, target_table(targets_from), known, deadline)
    console = results()
    done: list[Replayed] = []
    for replayed in replayer.replay(paths):
        done.append(replayed)
        if form == "text":
            print_replayed(console, replayed, full=bool(cases) and len(paths) <= 3)
    if form == "json":
        click.echo(json.dumps([replayed.to_json() for replayed in done], indent=2, sort_keys=True))
    else:
        print_totals(console, done)
    return exit_code(done)


def exit_code(done: list[Replayed]) -> int:
    """The exit code of a replay."""
    if any(replayed.failed for replayed in done):
        return FOUND
    if not all(replayed.readable for replayed in done):
        return WRONG_INPUT
    return CLEAN if any(replayed.verdict != "cannot run" for replayed in done) else NOTHING_RUN


def _cases(cases: tuple[Path, ...], corpus: Path | None) -> tuple[list[Path], tuple[Known, ...]]:
    """The folders to replay, and the known findings; a folder of cases stands for all of them."""
    if not cases:
        whole = find_corpus(corpus)
        return whole.seeds() + whole.counterexamples(), read_known(whole.root)
    paths: list[Path] = []
    for path in cases:
        inside = cases_under(path) if path.is_dir() and not (path / CASE_FILE).is_file() else []
        paths += inside or [path]
    try:
        return paths, read_known(find_corpus(corpus).root)
    except InputProblem:
        if corpus is not None:
            raise
        return paths, ()
