"""`drt format`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from drt.cli import cedar_options


@click.command("format", cls=cedar_options.Once, short_help="Format policies; comments stay.")
@click.argument("files", nargs=-1, type=cedar_options.FILE, metavar="[FILE]...")
@cedar_options.policies
@click.option("-l", "--line-width", type=click.IntRange(1, 10_000), default=80, show_default=True)
@click.option("-i", "--indent-width", type=click.IntRange(0, 100), default=2, show_default=True)
@click.option("-w", "--write", is_flag=True, help="Write the files back.")
@click.option("-c", "--check", is_flag=True, help="Only report what would change.")
@cedar_options.engine
@cedar_options.form
@click.pass_context
def command(
    ctx: click.Context, /, files: tuple[Path, ...], policies: tuple[Path, ...], **options: Any
) -> None:
    """Format policies. Exit codes, as for `cedar`: 0 done, 1 not, or --check found something."""
    from drt.cli import asking, rewriting

    paths: list[Path | None] = [*files, *policies]
    if options["write"] and options["check"]:
        raise click.UsageError("--write and --check exclude each other")
    if options["write"] and not paths:
        raise click.UsageError("--write needs a file to write to")
    ctx.exit(asking.answered(rewriting.format_files, paths or [None], options))
