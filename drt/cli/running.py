"""From the options of `drt run` to a run and its report."""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

import click

from drt.cli.reporting import tell_github_of
from drt.corpus.store import find_corpus
from drt.engines import build, from_anywhere
from drt.model.errors import InputProblem
from drt.report.terminal.console import results
from drt.report.terminal.progress import watcher
from drt.report.terminal.summary import print_summary
from drt.run.coordinator import resume as resume_run
from drt.run.coordinator import start
from drt.run.options import DEFAULT_ENGINES, TARGETS, RunOptions, target_table
from drt.run.summary import NOTHING_RUN

DEFAULT_SECONDS = 60.0
USUAL_ARBITER = "cedarpy"


def run(resume: Path | None, quiet: bool, form: str, settings: Mapping[str, Any]) -> int:
    """Run or resume, report, and return the exit code."""
    watching = watcher(quiet)
    if resume is not None:
        folder, footer = resume, resume_run(resume, watching)
    else:
        options = run_options(settings)
        if not options.targets:
            click.echo(f"drt: no target matches {', '.join(settings['targets'])}", err=True)
            return NOTHING_RUN
        folder, footer = options.place, start(options, watching)
    tell_github_of(folder, err=form == "json")
    if form == "json":
        click.echo(json.dumps(footer, indent=2, sort_keys=True))
    else:
        print_summary(results(), footer, folder)
    return cast(int, footer["exit_code"])


def run_options(settings: Mapping[str, Any]) -> RunOptions:
    """The settings with their defaults filled in; raises `InputProblem` for those that cannot be."""
    engines = settings["engines"] or DEFAULT_ENGINES
    arbiter, rate = settings["arbiter"] or (_usual_arbiter(engines), 0.0)
    arbiter = arbiter or None
    names = [build(name).name for name in (*engines, *([arbiter] if arbiter else []))]
    if twice := [name for name in names if names.count(name) > 1]:
        raise InputProblem(f"two engines are called {twice[0]!r}; their answers could not be told apart")
    random_seed = settings["random_seed"]
    if random_seed is None and settings["shard"] is not None:
        raise InputProblem("a shard needs the random seed that all shards share: add --seed N")
    if random_seed is None:
        random_seed = secrets.randbelow(2**48)
    corpus = find_corpus(_created(settings["corpus"])).root.resolve()
    if not os.access(corpus, os.W_OK | os.X_OK):
        raise InputProblem("the corpus folder cannot be written", corpus)
    seconds, cases, stalled = settings["seconds"], settings["cases"], settings["stalled"]
    if seconds is None and cases is None and stalled is None:
        seconds = DEFAULT_SECONDS
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{random_seed}"
    shard = settings["shard"] or (0, 1)
    if shard[1] > 1:
        name += f"-shard-{shard[0] + 1}-of-{shard[1]}"
    folder = settings["folder"] or _runs_folder() / name
    return RunOptions(
        targets=select_targets(settings["targets"], settings["targets_from"]),
        engines=tuple(map(from_anywhere, engines)),
        random_seed=random_seed,
        corpus=str(corpus),
        folder=str(folder.resolve()),
        seconds=seconds,
        cases=cases,
        stalled=stalled,
        shard=shard,
        jobs=settings["jobs"],
        arbiter=None if arbiter is None else from_anywhere(arbiter),
        arbiter_rate=rate,
        deadline=settings["deadline"],
        reduce_seconds=settings["reduce_seconds"],
        memory=settings["memory"],
        targets_from=settings["targets_from"],
        hypothesis=settings["hypothesis"],
        must_reach=settings["must_reach"] or None,
        allow_partial=settings["allow_partial"],
    )


def _created(corpus: Path | None) -> Path | None:
    """The corpus folder that was asked for, made where there is none."""
    if corpus is not None and not corpus.exists():
        try:
            corpus.mkdir(parents=True)
        except OSError as error:
            raise InputProblem(
                f"no corpus folder can be made: {(error.strerror or str(error)).lower()}", corpus
            ) from None
        click.echo(f"drt: made the corpus folder {corpus}", err=True)
    return corpus


def _usual_arbiter(engines: Sequence[str]) -> str | None:
    """The Rust engine where its binding is installed and is not one of the engines."""
    here = find_spec(USUAL_ARBITER) is not None
    return USUAL_ARBITER if here and USUAL_ARBITER not in engines else None


def select_targets(globs: tuple[str, ...], targets_from: str = TARGETS) -> tuple[str, ...]:
    """The targets that match; a plain name that is no target is an `InputProblem`."""
    known = target_table(targets_from)
    for glob in globs:
        if glob not in known and not set("*?[") & set(glob):
            raise InputProblem(f"unknown target {glob!r}; known targets are {', '.join(sorted(known))}")
    return tuple(name for name in known if not globs or any(fnmatchcase(name, glob) for glob in globs))


def _runs_folder() -> Path:
    """`runs/` of the checkout, else of the current folder."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "pyproject.toml").is_file() and (folder / "corpus").is_dir():
            return folder / "runs"
    return here / "runs"
