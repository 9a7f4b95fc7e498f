"""`drt translate-policy`."""

from __future__ import annotations

from typing import Any

import click

from drt.cli import cedar_options


@click.command("translate-policy", cls=cedar_options.Once, short_help="Translate policies to JSON or back.")
@click.option("--direction", type=click.Choice(["cedar-to-json", "json-to-cedar"]), required=True)
@cedar_options.policies
@cedar_options.engine
@cedar_options.form
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Print policies in the other syntax. Exit codes, as for `cedar`: 0 done, 1 not."""
    from drt.cli import asking, rewriting

    ctx.exit(asking.answered(rewriting.translate_policy, options))
