"""`drt hostile`."""

from __future__ import annotations

from fnmatch import fnmatchcase

import click

from drt.cli.options import Jobs, echo_json, engines, form
from drt.model.errors import NothingChosen
from drt.model.exit_codes import CLEAN, FOUND


@click.command("hostile", short_help="Stress engines with hostile inputs: answers, cost, growth.")
@engines
@click.option("--only", metavar="GLOB", default="*", help="Only the inputs with matching names.")
@click.option("--quick", is_flag=True, help="Leave out the largest sizes.")
@click.option("--jobs", type=Jobs(), default=1, show_default=True, help="Worker processes.")
@form
@click.pass_context
def command(
    ctx: click.Context, engines: tuple[str, ...], only: str, quick: bool, jobs: int, form: str
) -> None:
    """Run deep, long, huge, cyclic and colliding inputs, each with its right answer, at growing sizes.

    Every question runs in its own process, limited in time and memory. A row is good when every answer is
    right or one clean error, and neither time nor memory grows faster than the input. Exit codes: 0 all rows
    are good, 1 not, 2 wrong usage, 5 no input of such a name.
    """
    from drt.assess.stress import measured
    from drt.engines import build
    from drt.hostile import FAMILIES
    from drt.report.terminal.console import results
    from drt.report.terminal.hostile import hostile_rows
    from drt.report.terminal.progress_bar import with_progress
    from drt.run.options import DEFAULT_ENGINES

    engines = engines or DEFAULT_ENGINES
    for name in engines:
        build(name)
    families = [family for family in FAMILIES if fnmatchcase(family.name, only)]
    if not families:
        raise NothingChosen(f"there are no hostile inputs called {only!r}")
    names = [family.name for family in families for _ in engines]
    rows = list(with_progress(names, measured(families, engines, quick=quick, jobs=jobs)))
    if form == "json":
        echo_json([row.to_json() for row in rows], sort_keys=False)
    else:
        hostile_rows(results(), rows)
    ctx.exit(CLEAN if all(row.good for row in rows) else FOUND)
