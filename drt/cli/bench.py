"""`drt bench`."""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from drt.cli.options import form
from drt.model.errors import InputProblem, NothingChosen, cannot_write
from drt.model.exit_codes import BROKEN, CLEAN, FOUND

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drt.bench.report import Report
    from drt.bench.table import Item


@click.command("bench", short_help="Benchmark the production engine against cedarpy and itself.")
@click.option(
    "--only", metavar="GLOB", multiple=True, help="Only figures and curves with matching names; repeatable."
)
@click.option("--quick", is_flag=True, help="A small part of the table, with fewer rounds.")
@click.option("--list", "listing", is_flag=True, help="Print each figure and curve with its meaning.")
@click.option(
    "--from",
    "saved",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Measure nothing: show a report that --format json wrote.",
)
@click.option(
    "--svg",
    "charts",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write charts to FOLDER too.",
)
@partial(form, kinds=("text", "json", "markdown"))
@click.pass_context
def command(
    ctx: click.Context,
    only: tuple[str, ...],
    quick: bool,
    listing: bool,
    saved: Path | None,
    charts: Path | None,
    form: str,
) -> None:
    """Measure figures with limits, as ratios of CPU time from interleaved rounds, and growth curves.

    Answers are compared first; engines that disagree fail the benchmark. A limit is missed when three
    measurements in a row miss it. Exit codes: 0 all limits are kept, 1 one is missed or engines disagree,
    2 wrong usage, 3 cedarpy is not installed or an engine broke, 5 no figure of such a name.
    """
    if saved is not None:
        report = _saved(saved)
    else:
        items = _chosen(ctx, only, quick)
        if listing:
            for each in items:
                click.echo(f"{each.name}\n    {each.says}")
            ctx.exit(CLEAN)
        report = _measured(ctx, items, quick)
    _print(report, form)
    if charts is not None:
        _write_charts(report, charts)
    ctx.exit(CLEAN if report.good else FOUND)


def _saved(path: Path) -> Report:
    """Read a report that was measured before."""
    from drt.bench.report import Report, UnreadableReport
    from drt.model import json_text

    try:
        return Report.from_json(json_text.parse(json_text.read_text(path), path))
    except UnreadableReport as error:
        raise InputProblem(str(error), path) from None


def _chosen(ctx: click.Context, only: Sequence[str], quick: bool) -> list[Item]:
    """Select the items to measure; end the command if there are none."""
    if find_spec("cedarpy") is None:
        click.echo("drt: the benchmark needs cedarpy: pip install 'cedar-drt-py[bench]'", err=True)
        ctx.exit(BROKEN)
    from drt.bench import table

    items = table.chosen(only or ["*"], quick)
    if not items:
        raise NothingChosen(f"there are no figures called {' or '.join(map(repr, only))}")
    return items


def _measured(ctx: click.Context, items: list[Item], quick: bool) -> Report:
    from drt.bench import other_engines, table
    from drt.bench.contestants.contestant import Unmeasurable
    from drt.bench.race import Disagreement
    from drt.bench.report import made
    from drt.cli.processors import processors
    from drt.report.terminal.progress_bar import with_progress

    try:
        measured = list(with_progress([each.name for each in items], table.measurements(items, quick)))
    except Disagreement as disagreement:
        click.echo(f"drt: engines disagree, so the benchmark fails: {disagreement}", err=True)
        ctx.exit(FOUND)
    except Unmeasurable as broken:
        click.echo(f"drt: a contestant broke: {broken}", err=True)
        ctx.exit(BROKEN)
    return made(
        measured, quick=quick, cores=processors(), contestants=table.versions(), absent=other_engines.absent()
    )


def _print(report: Report, form: str) -> None:
    import json

    from drt.report.terminal.bench import bench_report
    from drt.report.terminal.bench_markdown import markdown
    from drt.report.terminal.console import results

    if form == "json":
        click.echo(json.dumps(report.to_json(), indent=2, ensure_ascii=False))
    elif form == "markdown":
        click.echo(markdown(report), nl=False)
    else:
        bench_report(results(), report)


def _write_charts(report: Report, folder: Path) -> None:
    from drt.model import json_text
    from drt.report.terminal.bench_charts import drawn

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in drawn(report):
            json_text.write_text(folder / name, text)
    except OSError as error:
        raise cannot_write("the charts", error, folder) from None
