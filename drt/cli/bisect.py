"""`drt bisect`."""

from __future__ import annotations

from pathlib import Path

import click

from drt.cli.options import form


@click.command("bisect", short_help="Find the commit with which a saved case began to diverge.")
@click.argument("case", type=click.Path(path_type=Path))
@click.option("--good", required=True, metavar="REV", help="A revision at which the case does not diverge.")
@click.option("--bad", default="HEAD", show_default=True, metavar="REV", help="One at which it does.")
@click.option("--engine", "engines", multiple=True, metavar="NAME", help="[default: reference, production]")
@click.option(
    "--corpus", type=click.Path(path_type=Path, file_okay=False), help="[default: that of the checkout]"
)
@form
@click.pass_context
def command(
    ctx: click.Context,
    case: Path,
    good: str,
    bad: str,
    engines: tuple[str, ...],
    corpus: Path | None,
    form: str,
) -> None:
    """Bisect the git repository around the current folder, in a temporary clone: your tree stays as it is.

    Every revision replays CASE with its own engines; one that cannot is skipped. Exit codes: 0 found,
    2 wrong usage, or an end of the range is not what it should be, 4 narrowed down to several commits,
    130 interrupted.
    """
    from drt.cli import searching

    ctx.exit(searching.bisect(case, good, bad, engines, corpus, form))
