"""`drt tpe`."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

from drt.cli import cedar_options


@click.command("tpe", cls=cedar_options.Once, short_help="Answer a partial request: ALLOW, DENY or UNKNOWN.")
@click.option("--principal-type", metavar="TYPE")
@click.option("--principal-eid", metavar="ID", help="[default: unknown]")
@click.option("-a", "--action", metavar="UID", help='As in Action::"view".')
@click.option("--resource-type", metavar="TYPE")
@click.option("--resource-eid", metavar="ID", help="[default: unknown]")
@click.option(
    "-c", "--context", type=cedar_options.FILE, help="JSON: the context's record.  [default: unknown]"
)
@click.option(
    "--request-json", type=cedar_options.FILE, help="JSON: principal_type, principal_eid, action, …"
)
@click.option("--entities", type=cedar_options.FILE, required=True, help="JSON: entities, perhaps in part.")
@cedar_options.policy_set
@partial(cedar_options.schema, required=True)
@cedar_options.engine
@cedar_options.form
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Answer an authorization request of which ids, context and entities may be unknown.

    While the decision depends on what is unknown, the residual policies are printed. Exit codes, as for
    `cedar`: 0 allow, 1 something cannot be read, 2 deny, 4 unknown.
    """
    from drt.cli import asking, partial_answers

    ctx.exit(asking.answered(partial_answers.tpe, options))
