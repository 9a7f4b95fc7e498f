"""`drt init`."""

from __future__ import annotations

from pathlib import Path

import click

from drt.cli.options import FOLDER


@click.command("init", short_help="Set up a project that tests its own engine.")
@click.argument("engine", required=False)
@click.option(
    "--command",
    "program",
    metavar="COMMAND",
    help="The engine is a program: write the manifest of one that is started by COMMAND.",
)
@click.option("--folder", type=FOLDER, default=Path(), help="The project.  [default: the current folder]")
@click.option("--action", metavar="OWNER/REPO@REF", help="Where the workflow finds this harness's action.")
def command(engine: str | None, program: str | None, folder: Path, action: str | None) -> None:
    """Set up a project that tests its own Cedar engine.

    ENGINE is ./FILE.py:CLASS, or a folder with an engine.toml; without it and without --command, an engine in
    forty lines of Python is written to start from. Writes drt.toml, a first case and a workflow, changes no
    file that exists, and prints the three commands to try.
    """
    from drt.cli.new_project import set_up

    if engine is not None and program is not None:
        raise click.UsageError("ENGINE and --command exclude each other")
    made = set_up(folder, engine, program, action)
    for path in made.written:
        click.echo(f"wrote {path}")
    for path in made.kept:
        click.echo(f"kept  {path}, which was there")
    click.echo("\nTry these:\n")
    for line in made.commands:
        click.echo(f"  {line}")
