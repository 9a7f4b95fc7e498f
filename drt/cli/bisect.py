"""`drt bisect`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from drt.cli.options import corpus_folder, echo_json, engines, form
from drt.model.exit_codes import CLEAN, INTERRUPTED, UNREPRODUCIBLE

if TYPE_CHECKING:
    from drt.replay.bisect import Bisected

SHOWN_FILES = 12


@click.command("bisect", short_help="Find the commit with which a saved case began to diverge.")
@click.argument("case", type=click.Path(path_type=Path))
@click.option("--good", required=True, metavar="REV", help="A revision at which the case does not diverge.")
@click.option("--bad", default="HEAD", show_default=True, metavar="REV", help="A revision at which it does.")
@engines
@corpus_folder
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
    from drt.corpus.store import find_case
    from drt.model.records import to_json
    from drt.replay.bisect import bisect

    try:
        found = bisect(find_case(case, corpus), good, bad, engines)
    except KeyboardInterrupt:
        ctx.exit(INTERRUPTED)
    if form == "json":
        echo_json(to_json(found))
    else:
        _print(found)
    ctx.exit(CLEAN if len(found.commits) == 1 else UNREPRODUCIBLE)


def _print(found: Bisected) -> None:
    several = len(found.commits) > 1
    if several:
        click.echo(f"the case began to diverge with one of {len(found.commits)} commits:")
    for commit in found.commits:
        head = "" if several else "the case began to diverge with "
        click.echo(f"{head}{commit.revision[:12]} ({commit.date}, {commit.author}): {commit.subject}")
        for file in commit.files[:SHOWN_FILES]:
            click.echo(f"  {file}")
        if len(commit.files) > SHOWN_FILES:
            click.echo(f"  … and {len(commit.files) - SHOWN_FILES} files more")
    skipped = f", {found.skipped} of them could not run" if found.skipped else ""
    click.echo(f"{found.asked} revisions tried between the ends{skipped}")
