"""`drt mutants`."""

from __future__ import annotations

import click

from drt.cli.options import form


@click.command("mutants", short_help="Planted defects: found, reduced, bucketed, named?")
@click.argument("table", default="drt.assess.planted.defects:DEFECTS", metavar="[MODULE:NAME]")
@click.option("--only", metavar="GLOB", default="*", help="Only the defects of these names.")
@click.option("--finds", type=click.IntRange(1, 100), default=4, show_default=True, help="A defect.")
@click.option(
    "--seconds", type=click.FloatRange(0.1, 600), default=20.0, show_default=True, help="To find one."
)
@form
@click.pass_context
def command(ctx: click.Context, table: str, only: str, finds: int, seconds: float, form: str) -> None:
    """Put a sound engine beside engines with one planted defect each, and see what the harness makes of it.

    Each defect is found by its target, and the finds reduced, bucketed and located like those of a run. The
    table is a sequence of `drt.assess.mutation.Defect`; ours is that of the tests, in a checkout.
    Exit codes: 0 every limit is kept, 1 not, 2 wrong usage, 5 no defect of such a name.
    """
    from drt.cli import measuring_mutants

    ctx.exit(measuring_mutants.mutants(table, only, finds, seconds, form))
