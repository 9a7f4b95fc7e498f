"""`drt replay`."""

from __future__ import annotations

from pathlib import Path

import click

from drt.cli.options import Duration, form, targets_from


@click.command("replay", short_help="Run saved cases again, answers side by side.")
@click.argument("cases", nargs=-1, type=click.Path(path_type=Path), metavar="[CASE]...")
@click.option("--engine", "engines", multiple=True, metavar="NAME", help="[default: reference, production]")
@click.option(
    "--corpus", type=click.Path(path_type=Path, file_okay=False), help="[default: that of the checkout]"
)
@click.option("--deadline", type=Duration(), default="10s", show_default=True, help="What one case may take.")
@click.option(
    "--extract",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Write the parts of each case out as files that `cedar` reads.",
)
@click.option("--watch", is_flag=True, help="Again whenever an engine's source or a case changes.")
@click.option("--once", is_flag=True, help="Call a case fixed without a look in fresh processes.")
@targets_from
@form
@click.pass_context
def command(
    ctx: click.Context,
    cases: tuple[Path, ...],
    engines: tuple[str, ...],
    corpus: Path | None,
    deadline: float,
    extract: Path | None,
    watch: bool,
    once: bool,
    targets_from: str,
    form: str,
) -> None:
    """Put saved cases to the engines again: each against the others, and against what is expected.

    CASE is a case's folder, its name in the corpus, or a folder of cases; without one, the whole corpus is
    replayed. Exit codes: 0 all as it should be, 1 an open divergence or an expectation not met, 2 wrong usage
    or a case that cannot be read, 3 the harness broke, 4 only flaky cases, 5 nothing was run, 130 --watch was
    interrupted.
    """
    from drt.cli import replaying, watching

    asked = replaying.Asked(cases, engines, corpus, deadline, targets_from, form, extract, once)
    ctx.exit(watching.watch(asked) if watch else replaying.replay(asked))
