"""`drt replay`."""

from __future__ import annotations

from pathlib import Path

import click

from drt.commands.options import Duration, form, targets_from


@click.command("replay", short_help="Run saved cases again, answers side by side.")
@click.argument("cases", nargs=-1, type=click.Path(path_type=Path), metavar="[CASE]...")
@click.option("--engine", "engines", multiple=True, metavar="NAME", help="[default: reference, production]")
@click.option(
    "--corpus", type=click.Path(path_type=Path, file_okay=False), help="[default: that of the checkout]"
)
@click.option("--deadline", type=Duration(), default="10s", show_default=True, help="What one case may take.")
@targets_from
@form
@click.pass_context
def command(
    ctx: click.Context,
    cases: tuple[Path, ...],
    engines: tuple[str, ...],
    corpus: Path | None,
    deadline: float,
    targets_from: str,
    form: str,
) -> None:
    """Put saved cases to the engines again: each against the others, and against what is expected.

    CASE is a case's folder, or a folder of cases; without one, the whole corpus is replayed. Exit codes: 0
    all as it should be, 1 an open divergence or an expectation not met, 2 wrong usage or a case that cannot
    be read, 3 the harness broke, 5 nothing was run.
    """
    from drt.commands import replaying

    ctx.exit(replaying.replay(cases, engines, corpus, deadline, targets_from, form))
