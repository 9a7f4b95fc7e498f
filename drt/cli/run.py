"""`drt run`."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Mapping
from fnmatch import fnmatchcase
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from drt.cli.defaults import profile
from drt.cli.options import (
    Cluster,
    Duration,
    Shard,
    Share,
    declared,
    echo_json,
    engines,
    form,
    jobs,
    note_useless_differences,
    places,
    targets_from,
    time_limits,
)
from drt.cli.profiles import PROFILES
from drt.model.errors import InputProblem
from drt.model.exit_codes import NOTHING_RUN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drt.model.engine import Engine
    from drt.run.options import RunOptions

DEFAULT_SECONDS = 60.0
USUAL_ARBITER = "cedarpy"
HYPOTHESIS_SHARE = 0.1
UNLIMITED: Mapping[str, Any] = {
    "seconds": None,
    "cases": 0,
    "stalled": None,
    "shard": None,
    "memory": 2048,
    "hypothesis": 0.0,
    "must_reach": (),
    "allow_partial": False,
}
"""Settings of a run that no clock ends and that no number of cases limits yet."""


@click.command("run", short_help="Compare engines on generated cases, for a time or a number of cases.")
@click.option(
    "--for", "seconds", type=Duration(), help="Stop after TIME, as in 60s, 10m, 1h30m.  [default: 60s]"
)
@click.option("--cases", type=click.IntRange(0), metavar="N", help="Stop after N cases.  [default: none]")
@click.option(
    "--until-stalled",
    "stalled",
    type=Duration(),
    help="Stop after TIME without new coverage or a new finding.  [default: never]",
)
@click.option(
    "--shard",
    type=Shard(),
    help="Draw only this part of the run's cases; shards of one random seed share no case.",
)
@click.option(
    "--must-reach",
    multiple=True,
    metavar="GLOB",
    help="Fail if an event with this name never occurred. [default: every event, in a run of all targets "
    "that takes 10m or more]",
)
@click.option("--target", "targets", multiple=True, metavar="GLOB", help="Only matching targets.")
@engines
@jobs
@click.option(
    "--cluster",
    type=Cluster(),
    metavar="ADDRESS",
    help="Spread the run over the workers of a Dask scheduler, as in tcp://HOST:8786, or over processes of "
    "this machine: local, local:N, or local:MIN-MAX to start more while tasks wait. --jobs then counts the "
    "tasks.  [default: none]",
)
@click.option(
    "--seed",
    "random_seed",
    type=click.IntRange(0, 2**63 - 1),
    metavar="N",
    help="The random seed; the same one gives the same cases, however many workers draw them. "
    "[default: random; printed at the start]",
)
@places("run")
@click.option(
    "--oracle",
    "arbiter",
    type=Share(),
    help="Ask a further engine about every finding and that share of the other cases; `none` for no engine. "
    "[default: cedarpy=0 if cedarpy is installed]",
)
@click.option(
    "--hypothesis",
    type=click.FloatRange(0.0, 0.9),
    metavar="SHARE",
    help="Have Hypothesis draw cases for that share of the time, in addition to --cases. "
    "[default: 0.1; 0 with --cases]",
)
@time_limits
@click.option(
    "--memory",
    type=click.IntRange(256),
    default=2048,
    show_default=True,
    metavar="MIB",
    help="Memory limit per worker, in MiB.",
)
@click.option(
    "--observe",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Append a JSON line per case to FILE, as Hypothesis' observability writes it.  [default: none]",
)
@click.option(
    "--resume",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="LOG",
    help="Resume an interrupted run from its log folder, with its original options.",
)
@click.option(
    "--allow-partial",
    is_flag=True,
    help="Do not fail if an engine leaves more than a quarter of its questions unanswered.",
)
@declared
@targets_from
@profile(PROFILES)
@click.option("--verbose", "-v", is_flag=True, help="Print statistics of the generator in the summary.")
@click.option("--quiet", "-q", is_flag=True, help="Print no progress.")
@form
@click.pass_context
def command(
    ctx: click.Context, /, resume: Path | None, quiet: bool, verbose: bool, form: str, **settings: Any
) -> None:
    """Draw cases, run them on the engines, reduce and save every divergence.

    Exit codes: 0 clean, 1 a finding or a missed event, 2 wrong usage or input, 3 the harness or an engine
    broke, 4 only findings that could not be reproduced, 5 nothing was run or an engine left too much
    unanswered, 130 interrupted (report written).
    """
    from drt.cli.report import report_to_github
    from drt.report.terminal.console import results
    from drt.report.terminal.progress import watcher
    from drt.report.terminal.summary import print_summary
    from drt.run.coordinator import resume as resume_run
    from drt.run.coordinator import start

    watching = watcher(quiet)
    if resume is not None:
        folder, footer = resume, resume_run(resume, watching)
    else:
        if ctx.get_parameter_source("jobs") is ParameterSource.DEFAULT:
            settings["jobs"] = _jobs(settings["cluster"], settings["jobs"])
        options = run_options(settings)
        if not options.targets:
            click.echo(f"drt: no target matches {', '.join(settings['targets'])}", err=True)
            ctx.exit(NOTHING_RUN)
        folder, footer = options.place, start(options, watching)
    report_to_github(folder, err=form == "json")
    if form == "json":
        echo_json(footer.to_json())
    else:
        print_summary(results(), footer, folder, verbose=verbose)
    ctx.exit(footer.exit_code)


def run_options(settings: Mapping[str, Any]) -> RunOptions:
    """Fill in the defaults; raises `InputProblem` for impossible settings."""
    from drt.corpus.store import find_corpus
    from drt.engines import build, from_anywhere
    from drt.run.options import DEFAULT_ENGINES, RunOptions

    engines = settings["engines"] or DEFAULT_ENGINES
    arbiter, rate = settings["arbiter"] or (usual_arbiter(engines), 0.0)
    arbiter = arbiter or None
    built = [build(name) for name in (*engines, *([arbiter] if arbiter else []))]
    names = [engine.name for engine in built]
    if twice := [name for name in names if names.count(name) > 1]:
        raise InputProblem(f"two engines are called {twice[0]!r}; give each engine a name of its own")
    random_seed = settings["random_seed"]
    if random_seed is None and settings["shard"] is not None:
        raise InputProblem("a shard needs the random seed that all shards share: add --seed N")
    if random_seed is None:
        random_seed = secrets.randbelow(2**48)
    # All that can refuse the settings comes before the corpus folder is made.
    targets = _select_targets(settings["targets"], settings["targets_from"])
    observe = _observed(settings.get("observe"), settings.get("cluster"))
    differences = _declared(settings["declared"], built)
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
    folder = settings["folder"] or runs_folder() / name
    return RunOptions(
        targets=targets,
        engines=tuple(map(from_anywhere, engines)),
        random_seed=random_seed,
        corpus=str(corpus),
        folder=str(folder.resolve()),
        seconds=seconds,
        cases=cases,
        stalled=stalled,
        shard=shard,
        jobs=settings["jobs"],
        cluster=settings.get("cluster"),
        observe=observe,
        arbiter=None if arbiter is None else from_anywhere(arbiter),
        arbiter_rate=rate,
        deadline=settings["deadline"],
        reduce_seconds=settings["reduce_seconds"],
        memory=settings["memory"],
        targets_from=settings["targets_from"],
        hypothesis=hypothesis_share(settings["hypothesis"], cases),
        must_reach=settings["must_reach"] or None,
        allow_partial=settings["allow_partial"],
        declared=differences,
    )


def hypothesis_share(share: float | None, cases: int | None) -> float:
    """Choose the share of Hypothesis: none where the number of cases says which are drawn."""
    if share is not None:
        return share
    return HYPOTHESIS_SHARE if cases is None else 0.0


def _observed(path: Path | None, cluster: str | None) -> str | None:
    from drt.run.observations import check_observable

    if path is None:
        return None
    if cluster is not None:
        raise InputProblem("--observe writes a file of this machine, --cluster runs on others: give one")
    return check_observable(path)


def _jobs(cluster: str | None, here: int) -> int:
    """Return how many workers a run has unless an option says so: those of the cluster, or `here`."""
    if cluster is None:
        return here
    from drt.run.cluster import size

    return size(cluster) or here


def _declared(paths: Sequence[Path], engines: Sequence[Engine]) -> tuple[str, ...]:
    """Check the files of declared differences; raises `InputProblem` for one that is none."""
    from drt.engines.declared import declare

    declare(paths)
    note_useless_differences(engines)
    return tuple(str(path.resolve()) for path in paths)


def _created(corpus: Path | None) -> Path:
    """Make the corpus folder if it is missing: the given one, or `corpus/` away from any checkout."""
    from drt.corpus.store import CORPUS, find_corpus

    if corpus is None:
        try:
            return find_corpus(None).root
        except InputProblem:
            corpus = Path(CORPUS)
    if not corpus.exists():
        try:
            corpus.mkdir(parents=True)
        except OSError as error:
            raise InputProblem(
                f"no corpus folder can be made: {(error.strerror or str(error)).lower()}", corpus
            ) from None
        click.echo(f"drt: made the corpus folder {corpus}", err=True)
    return corpus


def usual_arbiter(engines: Sequence[str]) -> str | None:
    """Choose the Rust engine if its binding is installed and it is not one of the engines."""
    here = find_spec(USUAL_ARBITER) is not None
    return USUAL_ARBITER if here and USUAL_ARBITER not in engines else None


def _select_targets(globs: tuple[str, ...], targets_from: str) -> tuple[str, ...]:
    """Select the matching targets; raises `InputProblem` for the name of one that is unknown or cannot run.

    Others whose extra is not installed are left out, with a line that says so.
    """
    from drt.model.extras import require_extra
    from drt.targets.loading import target_table

    known = target_table(targets_from)
    for glob in globs:
        if glob not in known and not set("*?[") & set(glob):
            raise InputProblem(f"unknown target {glob!r}; known targets are {', '.join(sorted(known))}")
    chosen = [name for name in known if not globs or any(fnmatchcase(name, glob) for glob in globs)]
    without = [name for name in chosen if known[name].missing]
    for name in without:
        if name in globs:
            require_extra(known[name].extra or "proofs", f"the target {name}")
    if without:
        extras = ", ".join(sorted({f"`{known[name].extra}`" for name in without}))
        click.echo(f"drt: left out for want of the extra {extras}: {', '.join(without)}", err=True)
    return tuple(name for name in chosen if name not in without)


def runs_folder() -> Path:
    """Find `runs/` of the checkout, else of the current folder."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "pyproject.toml").is_file() and (folder / "corpus").is_dir():
            return folder / "runs"
    return here / "runs"
