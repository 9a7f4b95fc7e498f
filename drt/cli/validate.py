"""`drt validate`."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

from drt.cli import cedar_options


@click.command("validate", cls=cedar_options.Once, short_help="Check policies against a schema.")
@partial(cedar_options.schema, required=True)
@cedar_options.policy_set
@click.option(
    "--validation-mode", type=click.Choice(["strict", "permissive"]), default="strict", show_default=True
)
@click.option(
    "--level",
    type=click.IntRange(min=0),
    help="Validate that policies dereference at most N entities in a row.",
)
@click.option("--deny-warnings", is_flag=True, help="Fail if there is any warning.")
@cedar_options.engine
@cedar_options.form
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Check policies against a schema.

    Exit codes, as for `cedar`: 0 valid, 1 something cannot be read, 3 not valid.
    """
    from drt.cli import asking

    ctx.exit(asking.answered(asking.validate, options))
