"""`drt symcc`: the eleven queries, with the flags of `cedar symcc` (spec 12 §5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from drt.cli.cedar_options import FILE, SYNTAX
from drt.cli.options import echo_json, form
from drt.model.errors import InputProblem

if TYPE_CHECKING:
    from drt.symbolic.analyzer import Analyzer, Verdict
    from drt.symbolic.queries import QueryName

FAILED = 1

PROPERTIES: Mapping[QueryName, str] = {
    "never-errors": "Policy never errors",
    "always-matches": "Policy always matches",
    "never-matches": "Policy never matches",
    "matches-equivalent": "Policies have equivalent match conditions",
    "matches-implies": "Policy1 match implies Policy2 match",
    "matches-disjoint": "Policies have disjoint match conditions",
    "always-allows": "Policy set always allows",
    "always-denies": "Policy set always denies",
    "equivalent": "Policy sets are equivalent",
    "implies": "Policy set 1 implies policy set 2",
    "disjoint": "Policy sets are disjoint",
}


@click.group("symcc", short_help="Prove a property of policies for all inputs, or refute it.")
@click.option("--principal-type", required=True, metavar="TYPE", help="As in User.")
@click.option("--action", required=True, metavar="UID", help='As in Action::"view".')
@click.option("--resource-type", required=True, metavar="TYPE", help="As in Photo.")
@click.option("-s", "--schema", type=FILE, required=True)
@click.option("--schema-format", type=SYNTAX, help="[default: json for FILE.json, else cedar]")
@click.option("--cvc5-path", type=FILE, help="Ignored: the solver is Z3.")
@click.option(
    "--counterexample/--no-counterexample", default=True, help="Print a request and entities that refute it."
)
@click.option("--smtlib", is_flag=True, help="Print the query as SMT-LIB text, and solve nothing.")
@click.option("-v", "--verbose", is_flag=True, help="Print how the property was proved.")
@form
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Prove that a property of policies holds for every input of the schema in one environment, or refute it.

    A counterexample is shown after both engines confirmed it. Exit codes, as for `cedar symcc`: 0 proved or
    refuted, 1 the question cannot be answered.
    """
    ctx.obj = options


def _query(name: QueryName) -> None:
    from_two = name not in (
        "never-errors",
        "always-matches",
        "never-matches",
        "always-allows",
        "always-denies",
    )
    noun = "policy" if name.startswith("matches") else "policies"

    def run(ctx: click.Context, /, **given: Any) -> None:
        ctx.exit(_answer(name, noun if from_two else "", ctx.obj, given))

    run.__doc__ = f"{PROPERTIES[name]}."
    wrapped: Any = click.pass_context(run)
    for option in reversed(_two(noun) if from_two else _ONE):
        wrapped = option(wrapped)
    command.command(name)(wrapped)


_ONE: list[Callable[..., Any]] = [
    click.option("-p", "--policies", type=FILE, help="[default: standard input]"),
    click.option("--policy-format", type=SYNTAX, help="[default: json for FILE.json, else cedar]"),
]


def _two(noun: str) -> list[Callable[..., Any]]:
    options: list[Callable[..., Any]] = []
    for number in "12":
        options += [
            click.option(f"--{noun}{number}", type=FILE, required=True),
            click.option(f"--{noun}{number}-format", type=SYNTAX),
        ]
    return options


def _answer(name: QueryName, noun: str, options: Mapping[str, Any], given: Mapping[str, Any]) -> int:
    """Answer one query; what prevents an answer is one sentence, and exit code 1."""
    from drt.symbolic.analyzer import Fails, Holds, Unconfirmed, Undecided

    try:
        verdict = _verdict(name, noun, options, given)
    except InputProblem as problem:
        return _unanswered(str(problem), options)
    match verdict:
        case str():
            click.echo(verdict, nl=False)
        case Undecided(reason):
            return _unanswered(f"unknown: {reason}", options)
        case Unconfirmed(_, reason):
            return _unanswered(f"the counterexample is not confirmed, a defect of drt: {reason}", options)
        case Holds() | Fails():
            _print(name, verdict, options)
    return 0


def _verdict(
    name: QueryName, noun: str, options: Mapping[str, Any], given: Mapping[str, Any]
) -> Verdict | str:
    """Answer a query, or write it as SMT-LIB text."""
    from drt.cli import analysis_inputs as inputs
    from drt.symbolic.analyzer import require_sides
    from drt.symbolic.queries import QUERIES
    from drt.symbolic.solver import Limits

    if noun:
        names = [f"{noun}{number}" for number in "12"]
        files = [(given[each], given[f"{each}_format"]) for each in names]
    else:
        files = [(given["policies"], given["policy_format"])]
    sets = [inputs.policies(path, syntax) for path, syntax in files]
    for (path, _), one in zip(files, sets, strict=True):
        if one.templates:
            click.echo(f"drt: warning: {_templates(path, len(one.templates))}", err=True)
    limits, solves = Limits(smallest=True), not options["smtlib"]
    analyzer: Analyzer = inputs.analyzer(options["schema"], options["schema_format"], limits, solves=solves)
    with inputs.refusals():
        require_sides(QUERIES[name], [one.plain() for one in sets])
        environment = analyzer.environment(
            options["principal_type"], options["action"], options["resource_type"]
        )
        if options["smtlib"]:
            return analyzer.script(name, sets, environment)
        return analyzer.ask(name, sets, environment)


def _templates(path: Path | None, count: int) -> str:
    noun = "template is" if count == 1 else "templates are"
    return f"{path or 'standard input'}: {count} {noun} left out of the analysis"


def _print(name: QueryName, verdict: Any, options: Mapping[str, Any]) -> None:
    from drt.symbolic.analyzer import Holds
    from drt.symbolic.shown import counterexample_text, document

    if options["form"] == "json":
        shown = document(verdict)
        if not options["counterexample"]:
            shown.pop("counterexample", None)
        echo_json({"query": name, **shown}, sort_keys=False)
    elif isinstance(verdict, Holds):
        click.echo(f"✓ {PROPERTIES[name]}: VERIFIED")
        if options["verbose"]:
            click.echo(f"  no counterexample: proved for every valid input ({verdict.how})")
    else:
        click.echo(f"✗ {PROPERTIES[name]}: DOES NOT HOLD")
        if options["counterexample"]:
            click.echo("  Counterexample found:")
            click.echo(counterexample_text(verdict.counterexample))


def _unanswered(sentence: str, options: Mapping[str, Any]) -> int:
    if options["form"] == "json":
        echo_json({"error": sentence, "errors": [sentence]})
    else:
        click.echo(f"drt: {sentence}", err=True)
    return FAILED


for _name in PROPERTIES:
    _query(_name)
