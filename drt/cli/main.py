"""The command line: `drt COMMAND`.

Owns the list of commands, loaded only when they are needed, and the way in which wrong usage and input are
reported: one sentence, exit code 2.
"""

from __future__ import annotations

import json
import os
import re
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from itertools import takewhile
from pathlib import Path
from typing import Any, cast

import click

from drt.cli.broken_pipe import abandon_output, tolerate_broken_pipe, unwritable
from drt.cli.complaints import in_our_style
from drt.cli.options import FORM
from drt.cli.workflow_log import stop_commands, workflow_log
from drt.model.errors import InputProblem, MachineProblem, NothingChosen
from drt.model.language import LANGUAGE

COMMANDS = (
    "run",
    "enumerate",
    "replay",
    "triage",
    "corpus",
    "bisect",
    "targets",
    "conformance",
    "survey",
    "found",
    "coverage",
    "report",
    "hostile",
    "mutants",
    "bench",
    "prove",
    "analyze",
    "symcc",
    "cover",
    "verify-filter",
    "authorize",
    "tpe",
    "evaluate",
    "validate",
    "run-tests",
    "check-parse",
    "link",
    "format",
    "translate-policy",
    "translate-schema",
    "cedar",
    "init",
    "completion",
)

FOREIGN = (
    "run",
    "enumerate",
    "replay",
    "triage",
    "corpus",
    "bisect",
    "conformance",
    "survey",
    "hostile",
    "mutants",
    "targets",
    "validate",
    "run-tests",
    "check-parse",
)
"""Commands that print texts of cases, files and engines for people; others do so on standard error alone."""

EXIT_CODES = """\b
Exit codes:
  0    clean: nothing unexpected
  1    a finding: engines diverge, break a law, or miss an expectation
  2    wrong usage or input
  3    the harness broke, an engine could not start, or the system refuses output
  4    only findings that could not be reproduced
  5    nothing was run, or an engine left too much unanswered
  130  interrupted, report written"""


def _form(args: Sequence[str]) -> str:
    """Find the output format in arguments that may be wrong otherwise."""
    written = " ".join(takewhile(lambda each: each != "--", args))
    return "json" if re.search(r"(?:^| )(?:--json|(?:--format|-f)[ =]?json)(?: |$)", written) else "text"


class _Refused(click.ClickException):
    """Wrong usage or input; with `--format json` the message is an object on standard output."""

    exit_code = 2

    def __init__(self, message: str, form: str = "text") -> None:
        super().__init__(message)
        self.form = form

    @classmethod
    def usage(cls, error: click.UsageError, form: str) -> _Refused:
        """Reword an error of click in our style."""
        message = in_our_style(error.format_message())
        hint = f"; see `{error.ctx.command_path} --help`" if error.ctx is not None else ""
        return cls(f"{message[:1].lower()}{message[1:]}{hint}", form)

    def show(self, file: Any = None) -> None:
        if self.form == "json":
            click.echo(json.dumps({"error": self.message, "errors": [self.message]}, indent=2))
        else:
            click.echo(f"drt: {self.message}", file=file, err=True)


class _Broken(_Refused):
    """The machine, an engine or drt itself fails."""

    exit_code = 3


class _Nothing(_Refused):
    """There is nothing to run."""

    exit_code = 5


_REFUSALS = ((MachineProblem, _Broken), (NothingChosen, _Nothing))


class _Commands(click.Group):
    """Commands by name, each a module of `drt.cli`."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        try:
            with tolerate_broken_pipe(), workflow_log(os.environ):
                return super().main(*args, **kwargs)
        except (OSError, UnicodeEncodeError) as error:
            abandon_output()
            sys.stderr.write(f"drt: {unwritable(error)}\n")
            sys.exit(_Broken.exit_code)

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        form = _form(args)
        try:
            ctx = super().make_context(info_name, args, parent, **extra)
        except click.exceptions.NoArgsIsHelpError:
            raise
        except click.UsageError as error:
            raise _Refused.usage(error, form) from None
        ctx.meta[FORM] = form
        return ctx

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        return cast(click.Command, import_module(f"drt.cli.{cmd_name.replace('-', '_')}").command)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Resolve the command; its options also read the environment and the settings."""
        from drt.cli.defaults import lay_settings, name_variables

        name, command, rest = super().resolve_command(ctx, args)
        stop_commands(lambda: ctx.meta.get(FORM) == "json", errors_alone=name not in FOREIGN)
        if name is not None and command is not None:
            name_variables(command, name)
            lay_settings(ctx, command, name, COMMANDS)
        return name, command, rest

    def invoke(self, ctx: click.Context) -> Any:
        from drt.cli.defaults import misconfigured

        try:
            return super().invoke(ctx)
        except InputProblem as problem:
            refuse = next((kind for of, kind in _REFUSALS if isinstance(problem, of)), _Refused)
            raise refuse(str(problem), ctx.meta[FORM]) from None
        except click.exceptions.NoArgsIsHelpError:
            raise
        except click.UsageError as error:
            found = misconfigured(error) if isinstance(error, click.BadParameter) else None
            form = ctx.meta[FORM]
            raise (_Refused.usage(error, form) if found is None else _Refused(str(found), form)) from None
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except (OSError, UnicodeEncodeError) as error:
            raise _Broken(unwritable(error), ctx.meta[FORM]) from None
        except Exception as error:
            traceback.print_exc()
            raise _Broken(f"drt broke: {type(error).__name__}: {error}", ctx.meta[FORM]) from None


@click.group(
    cls=_Commands,
    epilog=EXIT_CODES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(
    package_name="cedar-drt-py", message=f"%(package)s %(version)s\nCedar language {LANGUAGE}"
)
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="DRT_CONFIG",
    help="Configuration file. [default: the nearest drt.toml, or pyproject.toml with [tool.drt]]",
)
def main(config: Path | None) -> None:
    """Compare Cedar engines: at random (run), from memory (replay), against records (conformance).

    Ask one of them, with the flags of `cedar` (authorize, evaluate, validate, …).
    """
