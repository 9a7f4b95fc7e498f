"""From the options of `drt bench` to its table, its JSON, its charts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from drt.cli.processors import processors
from drt.model import json_text
from drt.model.errors import InputProblem, cannot_write
from drt.report.terminal.bench import bench_report, watched
from drt.report.terminal.bench_markdown import markdown
from drt.report.terminal.console import results
from drt.run.summary import BROKEN, CLEAN, FOUND, NOTHING_RUN

if TYPE_CHECKING:
    from drt.bench.report import Report
    from drt.bench.table import Item


def bench(only: Sequence[str], quick: bool, form: str, charts: Path | None) -> int:
    """Measure, report, and return the exit code."""
    items = _chosen(only, quick)
    if isinstance(items, int):
        return items
    from drt.bench import others, table
    from drt.bench.contestants.contestant import Unmeasurable
    from drt.bench.race import Disagreement
    from drt.bench.report import made

    try:
        measured = list(watched([each.name for each in items], table.measurements(items, quick)))
    except Disagreement as disagreement:
        click.echo(f"drt: engines disagree, so the benchmark fails: {disagreement}", err=True)
        return FOUND
    except Unmeasurable as broken:
        click.echo(f"drt: a contestant broke: {broken}", err=True)
        return BROKEN
    report = made(
        measured, quick=quick, cores=processors(), contestants=table.versions(), absent=others.absent()
    )
    return _shown(report, form, charts)


def show(saved: Path, form: str, charts: Path | None) -> int:
    """Report what was measured before."""
    from drt.bench.report import Report, UnreadableReport

    try:
        report = Report.from_json(json_text.parse(json_text.read_text(saved), saved))
    except UnreadableReport as error:
        raise InputProblem(str(error), saved) from None
    return _shown(report, form, charts)


def names(only: Sequence[str], quick: bool) -> int:
    """Say what there is to measure."""
    items = _chosen(only, quick)
    if isinstance(items, int):
        return items
    for each in items:
        click.echo(f"{each.name}\n    {each.says}")
    return CLEAN


def _chosen(only: Sequence[str], quick: bool) -> list[Item] | int:
    """The items, or the exit code where there are none."""
    if find_spec("cedarpy") is None:
        click.echo("drt: the benchmark needs cedarpy: pip install 'cedar-drt-py[bench]'", err=True)
        return BROKEN
    from drt.bench import table

    items = table.chosen(only or ["*"], quick)
    if not items:
        click.echo(f"drt: there are no figures called {' or '.join(map(repr, only))}", err=True)
        return NOTHING_RUN
    return items


def _shown(report: Report, form: str, charts: Path | None) -> int:
    if form == "json":
        click.echo(json.dumps(report.to_json(), indent=2, ensure_ascii=False))
    elif form == "markdown":
        click.echo(markdown(report), nl=False)
    else:
        bench_report(results(), report)
    if charts is not None:
        try:
            charts.mkdir(parents=True, exist_ok=True)
            for name, text in _charts(report):
                json_text.write_text(charts / name, text)
        except OSError as error:
            raise cannot_write("the charts", error, charts) from None
    return CLEAN if report.good else FOUND


def _charts(report: Report) -> Iterator[tuple[str, str]]:
    from drt.report.terminal.bench_charts import drawn

    yield from drawn(report)
