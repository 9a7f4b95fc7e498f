"""`drt analyze`: what is dead, shadowed or redundant in a set, and what a change lets in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from drt.cli.cedar_options import FILE, SYNTAX
from drt.cli.options import Jobs, echo_json
from drt.cli.options import form as form_option
from drt.model.errors import InputProblem
from drt.model.extras import require_extra

if TYPE_CHECKING:
    from drt.symbolic.analyzer import Analyzer
    from drt.symbolic.inputs import PolicySet

KINDS = ("text", "markdown", "html", "json")

OK, FAILED, UNDECIDED = 0, 1, 5


@click.group("analyze", short_help="Analyse policies for all inputs of a schema.")
def command() -> None:
    """Analyse policies for all inputs of a schema, by proof; every difference has a confirmed example."""


def _form(function: Callable[..., None]) -> Callable[..., None]:
    return form_option(function, "-f", kinds=KINDS)


def _shared(function: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("-j", "--jobs", type=Jobs(), default="1", show_default=True, help="Worker processes."),
        _form,
        click.option("--schema-format", type=SYNTAX, help="[default: json for FILE.json, else cedar]"),
    ):
        function = option(function)
    return function


@command.command("policies", short_help="Find vacuous, shadowed, redundant and overridden policies.")
@click.argument("policies", type=FILE)
@click.argument("schema", type=FILE)
@_shared
@click.pass_context
def policies_command(
    ctx: click.Context, policies: Path, schema: Path, jobs: int, form: str, schema_format: Any
) -> None:
    """Find policies that apply to everything or nothing, and those that another makes superfluous.

    Exit codes: 0 analysed, 2 wrong usage or input, 5 some query has no verdict.
    """
    from drt.cli import analysis_inputs as inputs
    from drt.report import analysis
    from drt.symbolic import tables

    one = inputs.policies(policies, None)
    rows: list[tables.PolicyRow] = _rows(tables.policies_in, schema, schema_format, [one], jobs)
    said = tables.messages(rows, list(one.plain()))
    if form == "json":
        echo_json(analysis.policies_document(rows, said), sort_keys=False)
    else:
        click.echo(analysis.policies_report(rows, said, form))
    ctx.exit(UNDECIDED if any(row.undecided for row in rows) else OK)


@command.command("compare", short_help="Compare the decisions of two policy sets.")
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
@click.argument("schema", type=FILE)
@click.option(
    "--old-schema", type=FILE, help="The schema before a migration: requests that it lacks are marked new."
)
@click.option(
    "--fail-on",
    type=click.Choice(["more-permissive", "less-permissive", "change"]),
    multiple=True,
    help="End with 1 if the new set is so anywhere.",
)
@_shared
@click.pass_context
def compare_command(
    ctx: click.Context,
    old: Path,
    new: Path,
    schema: Path,
    old_schema: Path | None,
    fail_on: tuple[str, ...],
    jobs: int,
    form: str,
    schema_format: Any,
) -> None:
    """Compare the decisions of two policy sets in every environment of SCHEMA.

    Each difference has a smallest request and store, confirmed by both engines. Exit codes: 0 compared, 1 a
    difference that --fail-on names, 2 wrong usage or input, 5 some query has no verdict.
    """
    from drt.cli import analysis_inputs as inputs
    from drt.report import analysis
    from drt.symbolic import tables
    from drt.symbolic.solver import Limits

    sets = [inputs.policies(path, None) for path in (old, new)]
    rows: list[tables.Comparison] = _rows(tables.compare_in, schema, schema_format, sets, jobs, smallest=True)
    notes: list[str] = []
    if old_schema is not None:
        before = inputs.analyzer(old_schema, schema_format, Limits())
        with inputs.refusals(old_schema):
            notes = tables.migration_notes(before.environments(), [row.environment for row in rows])
    if form == "json":
        echo_json(analysis.comparison_document(rows, notes), sort_keys=False)
    else:
        click.echo(analysis.comparison_report(rows, notes, form))
    relations = {row.relation for row in rows}
    if any(_is_named(relation, fail_on) for relation in relations):
        ctx.exit(FAILED)
    ctx.exit(UNDECIDED if "unknown" in relations else OK)


@command.command("validator", short_help="Judge a validator's verdicts on drawn policies by proof.")
@click.option(
    "--engine", "name", default="reference", show_default=True, metavar="NAME", help="The engine to judge."
)
@click.option(
    "--policies", "count", type=click.IntRange(1), default=2000, show_default=True, help="How many."
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="The random seed.")
@form_option
@click.pass_context
def validator_command(ctx: click.Context, name: str, count: int, seed: int, form: str) -> None:
    """Judge an engine's verdicts on drawn policies: what it accepts by proof, what it rejects by a witness.

    A valid policy must raise no type, attribute, tag or arity error on any input of its schema. The precision
    is the share of rejected policies that do raise one.

    Exit codes: 0 every verdict is backed, 1 one is wrong, 2 wrong usage, 5 some verdict is undecided.
    """
    require_extra("proofs", "the analyser")
    from drt.engines import build
    from drt.report.precision import measured
    from drt.symbolic.verdicts import judged_policies

    precision = measured(judged_policies(build(name), seed, count))
    if form == "json":
        echo_json(precision.document(), sort_keys=False)
    else:
        click.echo("\n".join(precision.lines()))
    ctx.exit(FAILED if precision.wrong else UNDECIDED if precision.undecided else OK)


@command.command("engine", short_help="Compare another analyser's verdicts with drt's.")
@click.argument("name", metavar="ENGINE")
@click.option("--queries", "count", type=click.IntRange(1), default=200, show_default=True, help="How many.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="The random seed.")
@form_option
@click.pass_context
def engine_command(ctx: click.Context, name: str, count: int, seed: int, form: str) -> None:
    """Put drawn queries to drt's analyser and to ENGINE, which answers the question `analyze`.

    A property that fails has a counterexample that both of drt's engines confirm. Exit codes: 0 all verdicts
    are the same, 1 some differ, 2 wrong usage, 5 some have no verdict.
    """
    require_extra("proofs", "the analyser")
    from drt.engines import build
    from drt.symbolic.native import document, summary, tally

    found = tally(build(name), seed, count)
    if form == "json":
        different = [document(one) for one in found.different]
        counts = {"same": found.same, "without_verdict": found.without_verdict, "seconds": found.seconds}
        echo_json({**counts, "different": different}, sort_keys=False)
    else:
        click.echo("\n\n".join([*map(summary, found.different), str(found)]))
        if found.times:
            click.echo(found.times)
    ctx.exit(FAILED if found.different else UNDECIDED if found.without_verdict else OK)


def _is_named(relation: str, fail_on: Sequence[str]) -> bool:
    """Return whether the old set's relation to the new one is a difference that fails."""
    more, less = relation in ("less", "incomparable"), relation in ("more", "incomparable")
    named = {"more-permissive": more, "less-permissive": less, "change": more or less}
    return any(named[each] for each in fail_on)


def _rows(
    question: Callable[..., Any],
    schema: Path,
    syntax: Any,
    sets: Sequence[PolicySet],
    jobs: int,
    *,
    smallest: bool = False,
) -> list[Any]:
    """Ask in every environment, in so many processes; raises `InputProblem` with the schema's file."""
    from drt.cli import analysis_inputs as inputs
    from drt.symbolic.solver import Limits

    analyzer: Analyzer = inputs.analyzer(schema, syntax, Limits(smallest=smallest))
    with inputs.refusals():
        count = len(list(analyzer.environments()))
        if not count:
            raise InputProblem("no action applies to any principal and resource", schema)
        return list(_asked(question, analyzer, sets, count, jobs))


def _asked(
    question: Callable[..., Any], analyzer: Analyzer, sets: Sequence[PolicySet], count: int, jobs: int
) -> Iterator[Any]:
    from drt.engines.processes import pool

    if jobs == 1 or count == 1:
        yield from (question(analyzer, *sets, environment) for environment in analyzer.environments())
        return
    asked = (question, analyzer.source, analyzer.limits, tuple(sets))
    with pool(min(jobs, count), _prepare, *asked, forked=True) as workers:
        yield from workers.map(_row, range(count))


_PREPARED: list[Any] = []
"""In a worker: the question, the analyser, the sets and the environments."""


def _prepare(question: Callable[..., Any], source: Any, limits: Any, sets: Sequence[PolicySet]) -> None:
    from drt.symbolic.analyzer import Analyzer

    analyzer = Analyzer(source, limits)
    _PREPARED[:] = [question, analyzer, sets, list(analyzer.environments())]


def _row(number: int) -> Any:
    question, analyzer, sets, environments = _PREPARED
    return question(analyzer, *sets, environments[number])
