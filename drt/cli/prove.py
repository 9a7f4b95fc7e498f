"""`drt prove`."""

from __future__ import annotations

import click

from drt.cli.options import Jobs, form


@click.command("prove", short_help="Prove theorems about the shipped code.")
@click.option("--only", metavar="GLOB", default="*", help="Only theorems of these names.")
@click.option("--mutants", is_flag=True, help="Plant every defect: each must break its theorem.")
@click.option("--second", is_flag=True, help="Ask cvc5 too, about every obligation of kind U and S.")
@click.option("--jobs", type=Jobs(), default="auto", show_default=True, help="Processes at a time.")
@click.option("--markdown", is_flag=True, help="Print the table of the README, and prove nothing.")
@form
@click.pass_context
def command(
    ctx: click.Context, only: str, mutants: bool, second: bool, jobs: int, markdown: bool, form: str
) -> None:
    """Run the shipped functions on symbols and prove what is claimed of them with Z3.

    A refuted theorem is shown with the smallest counterexample, put to the running engines. Exit codes: 0 all
    proved (and every defect killed), 1 something is refuted, unknown or survives, 2 wrong usage, 5 no theorem
    of such a name.
    """
    from drt.cli import proving

    ctx.exit(proving.proved(only, mutants, second, jobs, markdown, form))
