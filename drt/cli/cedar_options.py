"""Options that the commands for one question share, spelled as the `cedar` command spells them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from drt.cli import options

Command = TypeVar("Command", bound=Callable[..., object])

FILE = click.Path(path_type=Path)
SYNTAX = click.Choice(["cedar", "json"])
BY_NAME = "[default: json for FILE.json, else cedar]"


class Once(click.Command):
    """A command that refuses an option with one value if it is given twice, as `cedar` does."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        _, _, given = self.make_parser(ctx).parse_args(list(args))
        for option, count in Counter(given).items():
            if count > 1 and isinstance(option, click.Option) and not (option.multiple or option.is_flag):
                raise click.UsageError(f"the option {max(option.opts, key=len)} is given twice", ctx)
        return super().parse_args(ctx, args)


def _all(command: Command, options: list[Callable[[Command], Command]]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command


def engine(command: Command) -> Command:
    """Add `--engine`, the engine to ask."""
    return _all(
        command,
        [
            click.option(
                "--engine", default="production", show_default=True, metavar="NAME", help="The engine to ask."
            )
        ],
    )


def policy_set(command: Command) -> Command:
    """Add `--policies`, `--policy-format` and `--template-linked`."""
    return _all(
        command,
        [
            policies,
            click.option("--policy-format", type=SYNTAX, help=BY_NAME),
            click.option(
                "-k", "--template-linked", type=FILE, help="JSON: a list of links of the policies' templates."
            ),
        ],
    )


def schema(command: Command, *, required: bool = False) -> Command:
    """Add `--schema` and `--schema-format`."""
    return _all(
        command,
        [
            click.option(
                "-s",
                "--schema",
                type=FILE,
                multiple=True,
                required=required,
                help="Link the schemas if repeated.",
            ),
            click.option("--schema-format", type=SYNTAX, help=BY_NAME),
        ],
    )


def request_set(command: Command) -> Command:
    """Add the options for a request, by its parts or as one JSON file, and for entities."""
    return _all(
        command,
        [
            click.option("-l", "--principal", metavar="UID", help='As in User::"alice".'),
            click.option("-a", "--action", metavar="UID"),
            click.option("-r", "--resource", metavar="UID"),
            click.option("-c", "--context", type=FILE, help="JSON: the context's record."),
            click.option("--request-json", type=FILE, help="JSON: principal, action, resource, context."),
            click.option(
                "--request-validation",
                type=bool,
                default=True,
                show_default=True,
                help="Reject a request that does not conform to the schema.",
            ),
            entities,
        ],
    )


def policies(command: Command) -> Command:
    """Add `--policies`, repeatable."""
    return click.option(
        "-p",
        "--policies",
        type=FILE,
        multiple=True,
        help="Read all files if repeated.  [default: standard input]",
    )(command)


def entities(command: Command) -> Command:
    """Add `--entities`, repeatable."""
    return click.option(
        "--entities",
        type=FILE,
        multiple=True,
        help="JSON: the entities; merge them if repeated.  [default: none]",
    )(command)


def form(command: Command) -> Command:
    """Add `-f`, `--format` and `--json`."""
    return options.form(command, "-f", of="answer")
