"""`drt bench`."""

from __future__ import annotations

import click

from drt.commands.options import form


@click.command("bench", short_help="Measure the production engine against cedarpy and itself.")
@click.option("--only", metavar="GLOB", default="*", help="Only the figures of these names.")
@click.option("--quick", is_flag=True, help="A small part of the table, with fewer rounds.")
@form
@click.pass_context
def command(ctx: click.Context, only: str, quick: bool, form: str) -> None:
    """Figures with limits: ratios of CPU time, from rounds in which the engines take turns.

    Answers are compared first; engines that disagree fail the benchmark. A limit counts as missed when it
    was missed three times. Exit codes: 0 all limits are kept, 1 one is missed or engines disagree, 2 wrong
    usage, 3 cedarpy is not installed, 5 no figure of such a name.
    """
    from drt.commands import benching

    ctx.exit(benching.bench(only, quick, form))
