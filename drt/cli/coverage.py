"""`drt coverage`."""

from __future__ import annotations

from pathlib import Path

import click

from drt.cli.options import echo_json, form
from drt.model.errors import InputProblem
from drt.model.exit_codes import CLEAN, FOUND


@click.command("coverage", short_help="Report which rules of the language a run has reached.")
@click.argument("run", type=click.Path(path_type=Path), metavar="[RUN]", required=False)
@click.option("--fail-under", type=click.FloatRange(0, 100), help="Per cent of the bins.", metavar="PERCENT")
@form
@click.pass_context
def command(ctx: click.Context, run: Path | None, fail_under: float | None, form: str) -> None:
    """Show the features of the language that a run has reached, each with its outcomes.

    RUN is the log folder of a run [default: the newest]. A bin is an operator with the kinds of its operands
    and an outcome. Exit codes: 0 shown, 1 less than --fail-under or a feature without one of its outcomes,
    2 wrong usage or input.
    """
    from drt.coverage.coverage import coverage
    from drt.report.terminal.console import results
    from drt.report.terminal.coverage import print_coverage
    from drt.run.log import read_run

    folder = run or newest_run()
    log = read_run(folder)
    if log.footer is None:
        raise InputProblem("the run was cut off: resume it with `drt run --resume`", folder)
    found = coverage(log.footer.features, {**log.footer.sometimes, **log.footer.counts.events})
    if form == "json":
        echo_json({"run": str(folder), **found.to_json()}, sort_keys=False)
    else:
        print_coverage(results(), found)
    enough = fail_under is None or (found.percent >= fail_under and found.complete)
    ctx.exit(CLEAN if enough else FOUND)


def newest_run() -> Path:
    """Find the log folder of the newest run under runs/.

    Raises `InputProblem` if there is none.
    """
    folders = sorted(Path("runs").glob("*/run.jsonl"), key=lambda path: path.stat().st_mtime)
    if not folders:
        raise InputProblem("no run here: name the log folder of one")
    return folders[-1].parent
