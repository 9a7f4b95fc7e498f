"""`drt bench`."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from drt.cli.options import form


@click.command("bench", short_help="Measure the production engine against cedarpy and itself.")
@click.option(
    "--only", metavar="GLOB", multiple=True, help="Only the figures and curves of these names; repeatable."
)
@click.option("--quick", is_flag=True, help="A small part of the table, with fewer rounds.")
@click.option("--list", "listing", is_flag=True, help="Name the figures and curves, and what each says.")
@click.option(
    "--from",
    "saved",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Measure nothing: show a report that --format json wrote.",
)
@click.option(
    "--svg",
    "charts",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write charts there too.",
)
@partial(form, kinds=("text", "json", "markdown"))
@click.pass_context
def command(
    ctx: click.Context,
    only: tuple[str, ...],
    quick: bool,
    listing: bool,
    saved: Path | None,
    charts: Path | None,
    form: str,
) -> None:
    """Figures with limits, as ratios of CPU time from rounds in which the engines take turns; growth curves.

    Answers are compared first; engines that disagree fail the benchmark. A limit counts as missed when it
    was missed three times. Exit codes: 0 all limits are kept, 1 one is missed or engines disagree, 2 wrong
    usage, 3 cedarpy is not installed or a contestant broke, 5 no figure of such a name.
    """
    from drt.cli import benching

    if listing:
        ctx.exit(benching.names(only, quick))
    if saved is not None:
        ctx.exit(benching.show(saved, form, charts))
    ctx.exit(benching.bench(only, quick, form, charts))
