"""`drt authorize`."""

from __future__ import annotations

from typing import Any

import click

from drt.cli import cedar_options


@click.command("authorize", cls=cedar_options.Once, short_help="Answer one request: ALLOW or DENY.")
@cedar_options.request_set
@cedar_options.policy_set
@cedar_options.schema
@click.option("-v", "--verbose", is_flag=True, help="Print the policies that decided.")
@click.option("-t", "--timing", is_flag=True, help="Print how long the decision took.")
@cedar_options.engine
@cedar_options.form
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Answer one authorization request.

    A policy is named by its @id, or policy0, policy1, … in the order of the file. Exit codes, as for `cedar`:
    0 allow, 1 something cannot be read, 2 deny.
    """
    from drt.cli import asking

    ctx.exit(asking.answered(asking.authorize, options))
