"""From the options of `drt hostile` to its table."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase

import click

from drt.engines import build
from drt.hostile import FAMILIES
from drt.measuring import measured
from drt.run_options import DEFAULT_ENGINES
from drt.tally import CLEAN, FOUND, NOTHING_RUN
from drt.views.console import results
from drt.views.hostile import hostile_rows, watched


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
