"""From a run's log to the table of what it has reached."""

from __future__ import annotations

import json
from pathlib import Path

import click

from drt.coverage.coverage import coverage
from drt.model.errors import InputProblem
from drt.report.terminal.console import results
from drt.report.terminal.coverage import print_coverage
from drt.run.log import read_run
from drt.run.summary import CLEAN, FOUND


def covered(run: Path | None, fail_under: float | None, form: str) -> int:
    """Report, and return the exit code."""
    folder = newest() if run is None else run
    log = read_run(folder)
    if log.footer is None:
        raise InputProblem("the run was cut off before it could count: go on with `drt run --resume`", folder)
    found = coverage(log.footer.get("features", {}), log.footer.get("events", {}))
    if form == "json":
        click.echo(json.dumps({"run": str(folder), **found.to_json()}, indent=2))
    else:
        print_coverage(results(), found)
    if fail_under is None:
        return CLEAN
    return CLEAN if found.percent >= fail_under and found.complete else FOUND


def newest() -> Path:
    """The log folder of the newest run under runs/.

    Raises `InputProblem` where there is none.
    """
    folders = sorted(Path("runs").glob("*/run.jsonl"), key=lambda path: path.stat().st_mtime)
    if not folders:
        raise InputProblem("no run here: name the log folder of one")
    return folders[-1].parent
