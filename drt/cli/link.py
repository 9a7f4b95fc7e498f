"""`drt link`."""

from __future__ import annotations

from typing import Any

import click

from drt.cli import cedar_options


@click.command("link", cls=cedar_options.Once, short_help="Link a template.")
@cedar_options.policy_set
@click.option("--template-id", required=True)
@click.option("-n", "--new-id", required=True)
@click.option(
    "-a", "--arguments", required=True, metavar="JSON", help='As in {"?principal": "User::\\"alice\\""}.'
)
@cedar_options.engine
@cedar_options.form
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Link a template, print the linked policy, and add the link to the file of links if one is named.

    Exit codes, as for `cedar`: 0 linked, 1 not.
    """
    from drt.cli import asking, rewriting

    ctx.exit(asking.answered(rewriting.link, options))
