"""The flags of `cedar`, and what becomes of an error: a report on the stream that `cedar` uses, and 1."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import click

from drt.cli.symcc import command as symcc
from drt.model.language import LANGUAGE

Command = TypeVar("Command", bound=Callable[..., object])

FILE = click.Path(path_type=Path)
SYNTAX = click.Choice(["cedar", "json"])
ERROR_FORMAT = click.option(
    "-f",
    "--error-format",
    type=click.Choice(["human", "plain", "json"]),
    envvar="CEDAR_ERROR_FORMAT",
    help="How errors are laid out.  [default: human]",
)
ENGINE = click.option("--engine", default="production", show_default=True, help="The engine to ask.")

POLICIES = (
    click.option("-p", "--policies", type=FILE, help="[default: standard input]"),
    click.option("--policy-format", type=SYNTAX, default="cedar", show_default=True),
    click.option("-k", "--template-linked", type=FILE, help="JSON: links of the policies' templates."),
)
SCHEMA = (
    click.option("-s", "--schema", type=FILE),
    click.option("--schema-format", type=SYNTAX, default="cedar", show_default=True),
)
ENTITIES = click.option("--entities", type=FILE, required=True, help="JSON: entities.")
REQUEST = (
    click.option("-l", "--principal", metavar="UID"),
    click.option("-a", "--action", metavar="UID"),
    click.option("-r", "--resource", metavar="UID"),
    click.option("-c", "--context", type=FILE, help="JSON: the context's record."),
    click.option("--request-json", type=FILE, help="JSON: principal, action, resource, context."),
    click.option("--request-validation", type=bool, default=True, show_default=True),
)


class _Once(click.Command):
    """A command that refuses an option that is given twice."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        _, _, given = self.make_parser(ctx).parse_args(list(args))
        for option in {each for each in given if isinstance(each, click.Option)}:
            if given.count(option) > 1:
                raise click.UsageError(f"the option {max(option.opts, key=len)} is given twice", ctx)
        return super().parse_args(ctx, args)


@click.group("cedar", short_help="Stand in for the `cedar` command in scripts.")
@ERROR_FORMAT
@click.version_option("4.14.1", prog_name="cedar-policy-cli", message="%(prog)s %(version)s")
@click.pass_context
def command(ctx: click.Context, /, error_format: str | None) -> None:
    """Stand in for the `cedar` command: its flags, exit codes, streams and formats of errors.

    Exit codes: 0 done, allow, valid; 1 something cannot be read or done; 2 deny, and wrong usage, which
    prints nothing on standard output; 3 not valid; 4 unknown.
    """
    ctx.obj = error_format


def main() -> None:
    """Run `cedar-drt`."""
    command(prog_name="cedar-drt")


def _answered(ctx: click.Context, function: str, options: Mapping[str, Any], *, err: bool = False) -> None:
    """Run a function of this folder, `module:name`, with the options, and end with its exit code."""
    from drt.cli.cedar.reports import CannotAnswer, Report, print_reports
    from drt.cli.cedar_inputs import NoAnswer
    from drt.model.errors import InputProblem

    form: Any = options.get("error_format") or ctx.obj or "human"
    module, name = function.split(":")
    run = getattr(import_module(f"drt.cli.cedar.{module}"), name)
    try:
        ctx.exit(run({**options, "error_format": form}))
    except CannotAnswer as error:
        reports = error.reports
    except NoAnswer as error:
        reports = tuple(map(Report, error.reasons))
    except InputProblem as error:
        reports = (Report(str(error)),)
    print_reports(reports, form, err=err)
    ctx.exit(1)


def _command(name: str, function: str, *options: Callable[..., Any], err: bool = False) -> None:
    """Add a command: the function that answers it, and its options."""

    def run(ctx: click.Context, /, **given: Any) -> None:
        _answered(ctx, function, given, err=err)

    run.__doc__ = SUMMARIES[name]
    wrapped: Any = click.pass_context(run)
    for option in reversed((*options, ERROR_FORMAT, ENGINE)):
        wrapped = option(wrapped)
    command.add_command(click.command(name, cls=_Once)(wrapped))


SUMMARIES = {
    "authorize": "Answer one request: ALLOW or DENY.",
    "tpe": "Answer a partial request: ALLOW, DENY or UNKNOWN.",
    "evaluate": "Print the value of an expression.",
    "validate": "Check policies against a schema.",
    "check-parse": "Check that files can be read.",
    "link": "Link a template.",
    "format": "Format policies.",
    "translate-policy": "Print policies in the other syntax.",
    "translate-schema": "Print a schema in the other syntax.",
    "visualize": "Print entities as a Graphviz graph.",
    "new": "Make a folder with a schema, a policy and entities.",
    "run-tests": "Run unit tests of policies.",
}

_command(
    "authorize",
    "questions:authorize",
    *REQUEST,
    *POLICIES,
    ENTITIES,
    *SCHEMA,
    click.option("-v", "--verbose", is_flag=True, help="Print the policies that decided."),
    click.option("-t", "--timing", is_flag=True, help="Print how long the decision took."),
)
_command(
    "tpe",
    "partial:tpe",
    click.option("--principal-type", metavar="TYPE"),
    click.option("--principal-eid", metavar="ID", help="[default: unknown]"),
    click.option("-a", "--action", metavar="UID"),
    click.option("--resource-type", metavar="TYPE"),
    click.option("--resource-eid", metavar="ID", help="[default: unknown]"),
    click.option("-c", "--context", type=FILE, help="JSON: the context's record.  [default: unknown]"),
    click.option("--request-json", type=FILE, help="JSON: principal_type, principal_eid, action, …"),
    *POLICIES,
    ENTITIES,
    click.option("-s", "--schema", type=FILE, required=True),
    click.option("--schema-format", type=SYNTAX, default="cedar", show_default=True),
)
_command(
    "evaluate",
    "questions:evaluate",
    *REQUEST,
    *SCHEMA,
    click.option("--entities", type=FILE),
    click.argument("expression"),
)
_command(
    "validate",
    "questions:validate",
    *POLICIES,
    click.option("-s", "--schema", type=FILE, required=True),
    click.option("--schema-format", type=SYNTAX, default="cedar", show_default=True),
    click.option("--deny-warnings", is_flag=True, help="Fail if there is any warning."),
    click.option(
        "--validation-mode", type=click.Choice(["strict", "permissive", "partial"]), default="strict"
    ),
    click.option("--level", type=click.IntRange(min=0)),
)
_command(
    "check-parse",
    "questions:check_parse",
    *POLICIES,
    *SCHEMA,
    click.option("--entities", type=FILE),
    click.option("--expression", metavar="TEXT"),
)
_command(
    "link",
    "texts:link",
    *POLICIES,
    click.option("--template-id", required=True),
    click.option("-n", "--new-id", required=True),
    click.option("-a", "--arguments", required=True, metavar="JSON"),
)
_command(
    "format",
    "texts:format_policies",
    click.option("-p", "--policies", type=FILE, help="[default: standard input]"),
    click.option("-l", "--line-width", type=click.IntRange(1, 10_000), default=80, show_default=True),
    click.option("-i", "--indent-width", type=click.IntRange(0, 100), default=2, show_default=True),
    click.option("-w", "--write", is_flag=True, help="Write the file."),
    click.option("-c", "--check", is_flag=True, help="End with 1 if the file is formatted otherwise."),
)
_command(
    "translate-policy",
    "texts:translate_policy",
    click.option("-p", "--policies", type=FILE, help="[default: standard input]"),
    click.option("--direction", type=click.Choice(["cedar-to-json", "json-to-cedar"]), required=True),
    err=True,
)
_command(
    "translate-schema",
    "texts:translate_schema",
    click.option("-s", "--schema", type=FILE, help="[default: standard input]"),
    click.option(
        "--direction",
        type=click.Choice(["cedar-to-json", "json-to-cedar", "cedar-to-json-with-resolved-types"]),
        required=True,
    ),
    err=True,
)
_command("visualize", "texts:visualize", ENTITIES, err=True)
_command("new", "texts:new", click.option("-n", "--name", required=True))
_command(
    "run-tests",
    "policy_tests:run_tests",
    click.option("--tests", type=FILE, required=True),
    *POLICIES,
    *SCHEMA,
)


command.add_command(symcc)


@command.command(
    "partially-authorize", add_help_option=False, context_settings={"ignore_unknown_options": True}
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def _partially_authorize(ctx: click.Context, /, arguments: tuple[str, ...]) -> None:
    """Say that `tpe` does this."""
    click.echo("partially-authorize is not built in: use tpe, which knows the types", err=True)
    ctx.exit(1)


@command.command("language-version")
def _language_version() -> None:
    """Print the version of the Cedar language."""
    click.echo(f"Cedar language version: {LANGUAGE}")


@command.command("license")
def _license() -> None:
    """Print the text of the licence."""
    from drt.model.guide import licence

    click.echo(licence())
