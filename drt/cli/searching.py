"""From the options of `drt bisect` to the commit, told."""

from __future__ import annotations

import json
from pathlib import Path

import click

from drt.corpus.store import find_case
from drt.replay import bisect as bisecting
from drt.run.summary import CLEAN, INTERRUPTED, UNREPRODUCIBLE

SHOWN_FILES = 12


def bisect(case: Path, good: str, bad: str, engines: tuple[str, ...], corpus: Path | None, form: str) -> int:
    """Bisect, tell, and return the exit code."""
    try:
        found = bisecting.bisect(find_case(case, corpus), good, bad, engines)
    except KeyboardInterrupt:
        return INTERRUPTED
    if form == "json":
        click.echo(json.dumps(found.to_json(), indent=2, sort_keys=True))
    else:
        _tell(found)
    return CLEAN if len(found.commits) == 1 else UNREPRODUCIBLE


def _tell(found: bisecting.Bisected) -> None:
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
    click.echo(f"{found.asked} revisions asked between the ends{skipped}")
