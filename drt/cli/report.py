"""`drt report`."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from drt.cli.options import form


@click.command("report", short_help="Write a run's report: Markdown, HTML, JUnit, SARIF or JSON.")
@click.argument("runs", type=click.Path(path_type=Path), metavar="[RUN]...", nargs=-1)
@partial(form, kinds=("md", "html", "junit", "sarif", "json"))
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="[default: stdout]",
)
@click.option("--github", is_flag=True, help="Annotations and the job summary of GitHub Actions, too.")
@click.option("--issues", is_flag=True, help="One GitHub issue a signature, through the `gh` command.")
@click.option("--exit-code", "judge", is_flag=True, help="End with the exit code of the runs.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    runs: tuple[Path, ...],
    form: str,
    output: Path | None,
    github: bool,
    issues: bool,
    judge: bool,
) -> None:
    """Write the report of a run, from its log folder alone.

    RUN is the log folder of a run, also of one that was cut off or still goes on; several are taken
    together; without one, it is the newest under runs/. Exit codes: 0 written, 2 wrong usage or input;
    with --exit-code, that of the runs.
    """
    from drt.cli import reporting

    ctx.exit(reporting.report(runs, form, output, github=github, issues=issues, judge=judge))
