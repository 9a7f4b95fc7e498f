"""`drt check-parse`."""

from __future__ import annotations

from typing import Any

import click

from drt.cli import cedar_options


@click.command(
    "check-parse", cls=cedar_options.Once, short_help="Check that policies, a schema, entities can be parsed."
)
@cedar_options.policy_set
@click.option("--expression", metavar="TEXT", help="Parse this expression instead of policies.")
@cedar_options.schema
@cedar_options.entities
@cedar_options.engine
@cedar_options.form
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Parse the named inputs, or policies from standard input; print nothing if all is well.

    Exit codes, as for `cedar`: 0 all can be read, 1 not.
    """
    from drt.cli import asking, rewriting

    ctx.exit(asking.answered(rewriting.check_parse, options))
