"""`drt hostile`."""

from __future__ import annotations

import click

from drt.cli.options import Jobs, form


@click.command("hostile", short_help="Put hostile inputs to engines: answers, cost, growth.")
@click.option("--engine", "engines", multiple=True, metavar="NAME", help="[default: reference, production]")
@click.option("--only", metavar="GLOB", default="*", help="Only the inputs of these names.")
@click.option("--quick", is_flag=True, help="Leave out the largest sizes.")
@click.option("--jobs", type=Jobs(), default=1, show_default=True, help="Processes at a time.")
@form
@click.pass_context
def command(
    ctx: click.Context, engines: tuple[str, ...], only: str, quick: bool, jobs: int, form: str
) -> None:
    """Deep, long, huge, cyclic and colliding inputs, each with its right answer, at growing sizes.

    Every question is put in a process of its own, limited in time and memory. A row is good when every
    answer is right or one clean error, and neither time nor memory grows faster than the input. Exit codes:
    0 all rows are good, 1 not, 2 wrong usage, 5 no input of such a name.
    """
    from drt.cli import measuring_hostile

    ctx.exit(measuring_hostile.hostile(engines, only, quick, jobs, form))
