"""`drt run-tests`."""

from __future__ import annotations

from typing import Any

import click

from drt.cli import cedar_options


@click.command("run-tests", cls=cedar_options.Once, short_help="Run unit tests of policies.")
@click.option("--tests", type=cedar_options.FILE, required=True, help="JSON: a list of tests.")
@cedar_options.policy_set
@cedar_options.schema
@click.option("--coverage", is_flag=True, help="Print which policies and clauses the tests decided.")
@cedar_options.engine
@cedar_options.form
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Run unit tests of policies: requests with the decisions that their author expects.

    Each test names a request, its entities, the decision, policies that decide, and how many policies err.
    With a schema, every test is an error if the policies have any validation error or warning. Exit codes, as
    for `cedar`: 0 all ok, 1 a test failed or something cannot be read.
    """
    from drt.cli import asking, testing

    ctx.exit(asking.answered(testing.run_tests, options))
