"""`drt translate-schema`."""

from __future__ import annotations

from typing import Any

import click

from drt.cli import cedar_options

DIRECTIONS = ["json-to-cedar", "cedar-to-json", "cedar-to-json-with-resolved-types"]


@click.command("translate-schema", cls=cedar_options.Once, short_help="Translate a schema to JSON or back.")
@click.option("--direction", type=click.Choice(DIRECTIONS), required=True)
@click.option(
    "-s",
    "--schema",
    type=cedar_options.FILE,
    multiple=True,
    help="Link the schemas if repeated.  [default: standard input]",
)
@cedar_options.engine
@cedar_options.form
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Print a schema in the other syntax. Exit codes, as for `cedar`: 0 done, 1 not."""
    from drt.cli import asking, rewriting

    ctx.exit(asking.answered(rewriting.translate_schema, options))
