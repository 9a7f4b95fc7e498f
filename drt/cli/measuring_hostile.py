"""From the options of `drt hostile` to its table."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase

import click

from drt.assess.stress import measured
from drt.engines import build
from drt.hostile import FAMILIES
from drt.report.terminal.console import results
from drt.report.terminal.hostile import hostile_rows, watched
from drt.run.options import DEFAULT_ENGINES
from drt.run.summary import CLEAN, FOUND, NOTHING_RUN


def hostile(engines: tuple[str, ...], only: str, quick: bool, jobs: int, form: str) -> int:
    """Measure, report, and return the exit code."""
    engines = engines or DEFAULT_ENGINES
    for name in engines:
        build(name)
    families = [family for family in FAMILIES if fnmatchcase(family.name, only)]
    if not families:
        click.echo(f"drt: there are no hostile inputs called {only!r}", err=True)
        return NOTHING_RUN
    rows = list(watched(measured(families, engines, quick=quick, jobs=jobs), len(families) * len(engines)))
    if form == "json":
        click.echo(json.dumps([row.to_json() for row in rows], indent=2))
    else:
        hostile_rows(results(), rows)
    return CLEAN if all(row.good for row in rows) else FOUND
