"""`drt evaluate`."""

from __future__ import annotations

from typing import Any

import click

from drt.cli import cedar_options


@click.command("evaluate", cls=cedar_options.Once, short_help="Evaluate an expression.")
@click.argument("expression")
@cedar_options.request_set
@cedar_options.schema
@cedar_options.engine
@cedar_options.form
@click.pass_context
def command(ctx: click.Context, /, expression: str, **options: Any) -> None:
    """Evaluate one expression under a request. Exit codes, as for `cedar`: 0 a value, 1 an error."""
    from drt.cli import asking

    if options["request_json"] is None:
        for part in ("principal", "action", "resource"):
            options[part] = options[part] or f'{part}::""'
    ctx.exit(asking.answered(asking.evaluate, expression, options))
