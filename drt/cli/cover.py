"""`drt cover`: test cases for policies, made by the solver."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from drt.cli.cedar_options import FILE, SYNTAX
from drt.cli.options import echo_json, form
from drt.model.errors import cannot_write

if TYPE_CHECKING:
    from drt.symbolic.cover import Coverage, Goal

OK, DEFECT, UNDECIDED = 0, 1, 5


@click.command("cover", short_help="Make a minimal set of test cases for policies.")
@click.argument("policies", type=FILE)
@click.argument("schema", type=FILE)
@click.option("--schema-format", type=SYNTAX, help="[default: json for FILE.json, else cedar]")
@click.option("-o", "--output", type=FILE, help="Write the cases as a file for `drt run-tests`.")
@form
@click.pass_context
def command(
    ctx: click.Context, policies: Path, schema: Path, schema_format: Any, output: Path | None, form: str
) -> None:
    """Make few requests and stores that reach every outcome of every sub-expression, or prove that none does.

    Random inputs come first; what they miss is solved for. Both engines run every case. Exit codes: 0
    everything is reached or proved dead, 1 an engine responds otherwise, 2 wrong usage or input, 5 some goal
    has no verdict.
    """
    from drt.cli import analysis_inputs as inputs
    from drt.symbolic.cover import cover, run_tests_document
    from drt.symbolic.solver import Limits

    analyzer = inputs.analyzer(schema, schema_format, Limits())
    with inputs.refusals():
        coverage = cover(analyzer, inputs.policies(policies, None).plain())
    tests = run_tests_document(coverage)
    if output is not None:
        try:
            output.write_text(json.dumps(tests, indent=2) + "\n", encoding="utf-8")
        except OSError as error:
            raise cannot_write("the test cases", error, output) from None
    if form == "json":
        echo_json({**_document(coverage), "tests": tests}, sort_keys=False)
    else:
        _print(coverage)
    ctx.exit(DEFECT if coverage.unconfirmed else UNDECIDED if coverage.undecided else OK)


def _document(coverage: Coverage) -> dict[str, Any]:
    return {
        "reached": len(coverage.reached),
        "dead": [_named(goal) for goal in _in_order(coverage.dead)],
        "undecided": [{**_named(goal), "reason": why} for goal, why in coverage.undecided.items()],
        "unconfirmed": coverage.unconfirmed,
    }


def _named(goal: Goal) -> dict[str, str]:
    return {"policy": goal.policy, "expression": goal.expression, "outcome": goal.wanted}


def _in_order(goals: set[Goal]) -> list[Goal]:
    return sorted(goals, key=lambda goal: (goal.policy, goal.place, goal.wanted))


def _print(coverage: Coverage) -> None:
    count = len(coverage.reached) + len(coverage.dead) + len(coverage.undecided)
    click.echo(f"{count} goals: {len(coverage.reached)} reached by {len(coverage.cases)} cases")
    for heading, goals in (("proved dead", coverage.dead), ("undecided", set(coverage.undecided))):
        if goals:
            click.echo(f"{heading}: {len(goals)}")
        for goal in _in_order(goals):
            click.echo(f"  {goal.policy}: {goal.wanted}: {goal.expression}")
    for problem in coverage.unconfirmed:
        click.echo(f"not confirmed, a defect of drt: {problem}")
