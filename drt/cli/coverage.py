"""`drt coverage`."""

from __future__ import annotations

from pathlib import Path

import click

from drt.cli.options import form


@click.command("coverage", short_help="Which rules of the language a run has reached.")
@click.argument("run", type=click.Path(path_type=Path), metavar="[RUN]", required=False)
@click.option("--fail-under", type=click.FloatRange(0, 100), help="Per cent of the cells.", metavar="PERCENT")
@form
@click.pass_context
def command(ctx: click.Context, run: Path | None, fail_under: float | None, form: str) -> None:
    """Show the features of the language that a run has reached, each in which outcomes.

    RUN is the log folder of a run; without one, the newest. A cell is an operator with the kinds of its
    operands and an outcome. Exit codes: 0 shown, 1 less than --fail-under or a feature without one of its
    outcomes then, 2 wrong usage or input.
    """
    from drt.cli import covering

    ctx.exit(covering.covered(run, fail_under, form))
