"""`drt conformance`."""

from __future__ import annotations

from pathlib import Path

import click

from drt.cli.badges import badge, write_badge
from drt.cli.options import declared, engines, form, note_slow_differences, note_useless_differences

RECORD_SECONDS = 60.0
"""Time limit of one record; one that hangs is a mismatch."""


@click.command("conformance", short_help="Compare engines with recorded verdicts.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@engines
@declared
@form
@badge
@click.pass_context
def command(
    ctx: click.Context,
    /,
    paths: tuple[Path, ...],
    engines: tuple[str, ...],
    declared: tuple[Path, ...],
    form: str,
    badge: Path | None,
) -> None:
    """Compare engines with official integration tests and other recorded material.

    PATH is a folder, a file or an archive. The report of each engine ends with a line `conformance[ENGINE]:
    N checked, M mismatched, K unsupported`. A record that is newer or older than an engine is excused by a
    declared difference with a range of releases (`since`, `below`). Recorded analyses are put to drt's own
    analyser and reported once, as `conformance[symbolic]`. Exit codes: 0 all as recorded, 1 mismatches, 2
    wrong usage or input, 5 no material found.
    """
    from drt.assess.conformance import run_with
    from drt.assess.conformance.report import NOTHING_FOUND
    from drt.engines import build
    from drt.engines.declared import declare
    from drt.run.options import DEFAULT_ENGINES
    from drt.symbolic import recorded

    declare(declared)
    analyses = recorded.places(paths)
    built = [build(name) for name in engines or DEFAULT_ENGINES]
    note_useless_differences(built)
    reports = [run_with(paths, engine, RECORD_SECONDS, analyses) for engine in built]
    note_slow_differences()
    timing = []
    if analyses:
        analysed = recorded.run(analyses)
        timing.append(analysed.timing())
        reports = [report for report in reports if report.exit_code != NOTHING_FOUND] + [analysed.report]
    if form == "json":
        documents = [report.to_json() for report in reports]
        click.echo(documents[0] if len(documents) == 1 else f"[{', '.join(documents)}]")
    else:
        for text in [*timing, *(report.text() for report in reports)]:
            click.echo(text)
    codes = {report.exit_code for report in reports}
    if badge is not None:
        checked = sum(report.checked for report in reports)
        wrong = sum(len(report.mismatches) for report in reports)
        write_badge(badge, "conformance", f"{checked:,} verdicts, {wrong:,} wrong", good=codes == {0})
    ctx.exit(1 if 1 in codes else max(codes))
