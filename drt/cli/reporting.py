"""From log folders to a report in a file, on standard output, or at GitHub."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path

import click

from drt.cli.covering import newest
from drt.cli.workflow_log import heard, inside
from drt.model.errors import InputProblem, cannot_write
from drt.report import FORMATS, Report, gather
from drt.report.github import annotation_lines, append_summary
from drt.report.issues import file_issues
from drt.run.summary import CLEAN


def report(
    runs: Sequence[Path], form: str, output: Path | None, *, github: bool, issues: bool, judge: bool
) -> int:
    """Write the report, and return the exit code."""
    made = gather(runs or [newest()])
    text = FORMATS[form](made)
    if output is None:
        click.echo(text, nl=False)
    else:
        _write(output, text)
    if github:
        tell_github(made, err=output is None)
    if issues:
        filed = file_issues(made, os.environ)
        told = {name: len(getattr(filed, name)) for name in ("opened", "reopened", "there", "left")}
        click.echo(
            "issues: " + ", ".join(f"{count} {name}" for name, count in told.items()), err=output is None
        )
    return made.exit_code if judge else CLEAN


def tell_github_of(folder: Path, *, err: bool) -> None:
    """At the end of a run inside GitHub Actions: annotations and the job summary; nothing elsewhere."""
    if inside(os.environ):
        tell_github(gather([folder]), err=err)


def tell_github(made: Report, *, err: bool) -> None:
    """Annotations on standard output, or error, where the runner of a workflow looks for them; then the
    summary. A summary that cannot be written is no reason to fail."""
    with heard():
        for line in annotation_lines(made):
            click.echo(line, err=err)
        try:
            append_summary(made, os.environ)
        except OSError as error:
            click.echo(f"::warning title=drt::the job summary cannot be written: {error.strerror}", err=err)


def _write(output: Path, text: str) -> None:
    """Put the text in its file, whole or not at all."""
    beside = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(output)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        problem = cannot_write("the report", error, output)
        misnamed = isinstance(error, FileExistsError | NotADirectoryError | IsADirectoryError)
        raise (InputProblem(str(problem)) if misnamed else problem) from None
