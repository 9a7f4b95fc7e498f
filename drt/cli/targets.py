"""`drt targets`."""

from __future__ import annotations

import click

from drt.cli.options import form, targets_from


@click.command("targets", short_help="List the targets that a run can draw, and their laws.")
@targets_from
@form
def command(targets_from: str, form: str) -> None:
    """List the targets: name, share of a run's budget, and the law in one sentence."""
    import json

    from drt.targets.loading import target_table

    table = target_table(targets_from)
    total = sum(target.weight for target in table.values())
    rows = [
        {"name": target.name, "sentence": target.sentence, "share": target.weight / total}
        for target in table.values()
    ]
    if form == "json":
        click.echo(json.dumps(rows, indent=2, sort_keys=True))
        return
    from drt.report.terminal.console import results
    from drt.report.terminal.summary import target_table as picture

    results().print(picture(rows))
