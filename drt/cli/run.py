"""`drt run`."""

from __future__ import annotations

from pathlib import Path

import click

from drt.cli.defaults import profile
from drt.cli.options import Duration, Jobs, Shard, Share, form, targets_from
from drt.cli.profiles import PROFILES

FOLDER = click.Path(path_type=Path, file_okay=False)


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
    help="Only this part of the run's cases; the shards of one random seed share no case.",
)
@click.option(
    "--must-reach",
    multiple=True,
    metavar="GLOB",
    help="Fail when an event of this name never happened. [default: every event, in a run of all targets "
    "that takes 10m or more]",
)
@click.option("--target", "targets", multiple=True, metavar="GLOB", help="Only these (see drt targets).")
@click.option("--engine", "engines", multiple=True, metavar="NAME", help="[default: reference, production]")
@click.option("--jobs", type=Jobs(), default="auto", show_default=True, help="Worker processes.")
@click.option(
    "--seed",
    "random_seed",
    type=click.IntRange(0, 2**63 - 1),
    metavar="N",
    help="The random seed; the same one gives the same cases, however many workers draw them. "
    "[default: random; printed at the start]",
)
@click.option(
    "--corpus",
    type=FOLDER,
    help="The folder for what is found, made where there is none. [default: the corpus/ of the checkout]",
)
@click.option("--log", "folder", type=FOLDER, help="The run's log folder. [default: a new one in runs/]")
@click.option(
    "--oracle",
    "arbiter",
    type=Share(),
    help="Ask a further engine about every finding and that share of the other cases; `none` for no engine. "
    "[default: cedarpy=0 where cedarpy is installed]",
)
@click.option(
    "--hypothesis",
    type=click.FloatRange(0.0, 0.9),
    default=0.0,
    show_default=True,
    metavar="SHARE",
    help="Have Hypothesis draw and steer cases for that share of the time, beside those of --cases.",
)
@click.option("--deadline", type=Duration(), default="10s", show_default=True, help="What a case may take.")
@click.option(
    "--reduce",
    "reduce_seconds",
    type=Duration(),
    default="20s",
    show_default=True,
    help="What one reduction may take.",
)
@click.option(
    "--memory",
    type=click.IntRange(256),
    default=2048,
    show_default=True,
    metavar="MIB",
    help="What one worker may use.",
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
    help="Do not fail when an engine leaves more than a quarter of its questions unanswered.",
)
@targets_from
@profile(PROFILES)
@click.option("--quiet", "-q", is_flag=True, help="No progress on standard error.")
@form
@click.pass_context
def command(ctx: click.Context, /, resume: Path | None, quiet: bool, form: str, **settings: object) -> None:
    """Draw cases, put them to the engines, reduce and save what diverges.

    Exit codes: 0 clean, 1 a finding or a missed event, 2 wrong usage or input, 3 the harness or an engine
    broke, 4 only findings that could not be reproduced, 5 nothing was run or an engine left too much
    unanswered, 130 interrupted (report written).
    """
    from drt.cli import running

    ctx.exit(running.run(resume, quiet, form, settings))
