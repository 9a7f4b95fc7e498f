"""`drt enumerate`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from drt.cli.options import Share, declared, echo_json, engines, form, jobs, places, time_limits
from drt.model.exit_codes import CLEAN, NOTHING_RUN

if TYPE_CHECKING:
    from drt.run.walked import Walked

RANDOM_SEED = 0
"""Nothing is drawn at random, so that every walk has the same one."""


@click.command("enumerate", short_help="Walk every operator and every rule of a document once.")
@click.option("--target", "targets", multiple=True, metavar="GLOB", help="Only matching walks.")
@engines
@jobs
@click.option("--force", is_flag=True, help="Walk again although nothing has changed since a clean walk.")
@places("walk")
@click.option(
    "--oracle",
    "arbiter",
    type=Share(),
    help="Ask a further engine about that share of the cases; `none` for no engine. "
    "[default: cedarpy=1 if cedarpy is installed]",
)
@time_limits
@declared
@click.option("--quiet", "-q", is_flag=True, help="Print no progress.")
@form
@click.pass_context
def command(ctx: click.Context, /, force: bool, quiet: bool, form: str, **settings: Any) -> None:
    """Compare engines on small scopes, exhaustively: each case once, in order, none at random.

    Walks every operator on operands of every kind in every context (negation, guards, dead branches, equality
    with itself), in both modes of validation and at levels 0 and 1, with and without a schema; and documents
    of every format, each wrong in one place. A walk without a finding is remembered by the fingerprint of the
    engines, the harness and the generators, and not repeated until one of them changes. Exit codes: as of
    `drt run`.
    """
    from drt.cli.report import report_to_github
    from drt.cli.run import UNLIMITED, run_options, runs_folder, usual_arbiter
    from drt.report.terminal.console import results
    from drt.report.terminal.progress import watcher
    from drt.report.terminal.summary import print_summary
    from drt.run.coordinator import start
    from drt.run.options import DEFAULT_ENGINES
    from drt.run.walked import fingerprint, remember, remembered
    from drt.targets.walk import PLACE, WALK

    if settings["arbiter"] is None:
        settings["arbiter"] = (usual_arbiter(settings["engines"] or DEFAULT_ENGINES) or "", 1.0)
    options = run_options({**UNLIMITED, **settings, "random_seed": RANDOM_SEED, "targets_from": PLACE})
    if not options.targets:
        click.echo(f"drt: no walk matches {', '.join(settings['targets'])}", err=True)
        ctx.exit(NOTHING_RUN)
    options = replace(options, cases=sum(WALK[name].walk for name in options.targets), must_reach=())
    print_, runs = fingerprint(options), runs_folder()
    before = None if force else remembered(runs, print_)
    if before is not None:
        _skipped(before, form)
        ctx.exit(CLEAN)
    footer = start(options, watcher(quiet))
    if footer.exit_code == CLEAN:
        runs.mkdir(parents=True, exist_ok=True)
        remember(runs, print_, footer, options.place)
    report_to_github(options.place, err=form == "json")
    if form == "json":
        echo_json(footer.to_json())
    else:
        print_summary(results(), footer, options.place, verbose=False)
    ctx.exit(footer.exit_code)


def _skipped(before: Walked, form: str) -> None:
    """Report that an earlier walk still holds."""
    from drt.model.records import to_json

    if form == "json":
        echo_json({"skipped": True, "walk": to_json(before)})
        return
    click.echo(
        f"nothing has changed since the walk of {before.finished}: {before.cases:,} cases, no finding; "
        f"log in {Path(before.log)}\n--force walks again"
    )
