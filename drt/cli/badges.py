"""The option `--badge FILE` of commands whose result is one figure."""

from __future__ import annotations

from pathlib import Path

import click

from drt.model import json_text
from drt.model.errors import cannot_write

badge = click.option(
    "--badge",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the result as a badge, in the JSON that badge services read.",
)


def write_badge(path: Path, label: str, message: str, *, good: bool) -> None:
    """Write the badge of a figure; raises `MachineProblem` if it cannot be written."""
    from drt.report.badge import BAD, GOOD
    from drt.report.badge import badge as written

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        json_text.write_text(path, written(label, message, GOOD if good else BAD))
    except OSError as error:
        raise cannot_write("the badge", error, path) from None
