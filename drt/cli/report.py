"""`drt report`."""

from __future__ import annotations

import contextlib
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from drt.cli.options import form
from drt.cli.workflow_log import heard, inside
from drt.model.errors import InputProblem, cannot_write
from drt.model.exit_codes import CLEAN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drt.report import Report


@click.command("report", short_help="Write a run's report: Markdown, HTML, JUnit, SARIF or JSON.")
@click.argument("runs", type=click.Path(path_type=Path), metavar="[RUN]...", nargs=-1)
@partial(form, kinds=("md", "html", "junit", "sarif", "json", "badge"))
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write to FILE. [default: stdout]",
)
@click.option(
    "--history",
    "nights",
    is_flag=True,
    help="Show the runs night by night: found, closed, coverage, throughput; as Markdown, HTML or JSON.",
)
@click.option("--github", is_flag=True, help="Write annotations and the job summary of GitHub Actions, too.")
@click.option("--issues", is_flag=True, help="File one GitHub issue per signature, through the `gh` command.")
@click.option("--exit-code", "judge", is_flag=True, help="End with the exit code of the runs.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    runs: tuple[Path, ...],
    form: str,
    output: Path | None,
    nights: bool,
    github: bool,
    issues: bool,
    judge: bool,
) -> None:
    """Write the report of a run from its log folder alone.

    RUN is the log folder of a run, even if it was cut off or is still running; several are taken together
    [default: the newest under runs/]. Exit codes: 0 written, 2 wrong usage or input; with --exit-code, that
    of the runs.
    """
    from drt.cli.coverage import newest_run
    from drt.report import FORMATS, gather
    from drt.report.issues import file_issues

    if nights:
        if github or issues or judge:
            raise InputProblem("--history takes none of --github, --issues and --exit-code")
        _put(output, _history(runs or tuple(path.parent for path in Path("runs").glob("*/run.jsonl")), form))
        ctx.exit(CLEAN)
    made = gather(runs or [newest_run()])
    _put(output, FORMATS[form](made))
    if github:
        _write_to_github(made, err=output is None)
    if issues:
        filed = file_issues(made, os.environ)
        counts = [f"{len(getattr(filed, name))} {name}" for name in ("opened", "reopened", "there", "left")]
        click.echo(f"issues: {', '.join(counts)}", err=output is None)
    ctx.exit(made.exit_code if judge else CLEAN)


def report_to_github(folder: Path, *, err: bool) -> None:
    """Write annotations and the job summary at the end of a run inside GitHub Actions; nothing elsewhere."""
    from drt.report import gather

    if inside(os.environ):
        _write_to_github(gather([folder]), err=err)


def _write_to_github(made: Report, *, err: bool) -> None:
    """Print annotations to standard output or error, where the runner looks for them, and write the summary.

    A summary that cannot be written is no reason to fail.
    """
    from drt.report.github import annotation_lines, append_summary

    with heard():
        for line in annotation_lines(made):
            click.echo(line, err=err)
        try:
            append_summary(made, os.environ)
        except OSError as error:
            click.echo(f"::warning title=drt::the job summary cannot be written: {error.strerror}", err=err)


def _history(runs: Sequence[Path], form: str) -> str:
    from drt.report.history import history, history_html, history_json, history_markdown

    forms = {"md": history_markdown, "html": history_html, "json": history_json}
    if form not in forms:
        raise InputProblem(f"--history has the formats {', '.join(forms)}, not {form}")
    if not runs:
        raise InputProblem("no run here: name the log folders of some")
    return forms[form](history(runs))


def _put(output: Path | None, text: str) -> None:
    if output is None:
        click.echo(text, nl=False)
    else:
        _write(output, text)


def _write(output: Path, text: str) -> None:
    """Write the whole text to its file, or nothing."""
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
