"""From the options of `drt bench` to its table."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from importlib.util import find_spec

import click

from drt.tally import BROKEN, CLEAN, FOUND, NOTHING_RUN
from drt.views.bench import bench_rows, watched
from drt.views.console import results


def bench(only: str, quick: bool, form: str) -> int:
    """Measure, report, and return the exit code."""
    if find_spec("cedarpy") is None:
        click.echo("drt: the benchmark needs cedarpy: pip install 'cedar-drt-py[bench]'", err=True)
        return BROKEN
    from drt.bench import costs, speed
    from drt.bench.figure import measured
    from drt.bench.race import Disagreement

    every = [*speed.figures(), *costs.figures()]
    chosen = [each for each in every if fnmatchcase(each.name, only) and (each.quick or not quick)]
    if not chosen:
        click.echo(f"drt: there are no figures called {only!r}", err=True)
        return NOTHING_RUN
    try:
        rows = list(watched((measured(each, quick) for each in chosen), len(chosen)))
    except Disagreement as disagreement:
        click.echo(f"drt: engines disagree: {disagreement}", err=True)
        return FOUND
    if form == "json":
        click.echo(json.dumps([row.to_json() for row in rows], indent=2))
    else:
        bench_rows(results(), rows)
    return CLEAN if all(row.good for row in rows) else FOUND
