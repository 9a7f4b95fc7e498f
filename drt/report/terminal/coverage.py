"""The table of the language's features: which outcomes each was seen with."""

from __future__ import annotations

from collections.abc import Mapping

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from drt.coverage import input_classes
from drt.coverage.bins import UNREACHABLE
from drt.coverage.coverage import Coverage
from drt.coverage.partial_rows import PREFIX
from drt.report.statistics import coverage_line
from drt.report.terminal.console import escape_untrusted

SHOWN = 12
SELDOM = 50
"""The number of reports below which a kind is marked."""


def print_coverage(console: Console, found: Coverage) -> None:
    """Print one row per feature, then kinds of errors, validation, and what is missing."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("feature", no_wrap=True)
    table.add_column("outcomes reached")
    table.add_column("missing")
    table.add_column("bins", justify="right", no_wrap=True)
    for row in found.rows:
        whole = row.bins_reached == row.bins
        table.add_row(
            Text(row.name),
            Text(", ".join(row.reached) or "none", style="green" if not row.missing else ""),
            Text(", ".join(row.missing), style="bold red"),
            Text(f"{row.bins_reached}/{row.bins}", style="" if whole else "yellow"),
        )
    console.print(table)
    for kind, count in found.error_kinds.items():
        why = UNREACHABLE.get(kind)
        times = f"{count:,} times" if count or why is None else f"cannot be reached: {why}"
        console.print(Text(f"error {kind}: {times}", style="bold red" if not count and why is None else ""))
    if any(found.validation.values()):
        console.print(_counted("validation and linking", found.validation))
    if any(found.partial.values()):
        rows = {name.removeprefix(PREFIX): count for name, count in found.partial.items()}
        title = f"partial evaluation: {found.partial_reached} of {len(rows)} rows"
        console.print(_counted(title, rows))
    for kind, counts in found.inputs.items():
        if any(counts.values()):
            rows = {name.removeprefix(input_classes.PREFIX): count for name, count in counts.items()}
            reached = sum(count > 0 for count in counts.values())
            console.print(_counted(f"inputs, {kind}: {reached} of {len(rows)}", rows))
    if found.missing:
        console.print(Text(f"bins not reached: {_some(found.missing)}", style="yellow"))
    if found.unexpected:
        console.print(Text(f"bins that should not exist: {_some(found.unexpected)}", style="bold red"))
    console.print(Text(coverage_line(found), style="bold"))


def _counted(title: str, counts: Mapping[str, int]) -> Table:
    """Tabulate how often each of some kinds occurred."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column(title, no_wrap=True)
    table.add_column("times", justify="right", no_wrap=True)
    for name, count in counts.items():
        style = "bold red" if not count else "yellow" if count < SELDOM else "green"
        table.add_row(Text(name), Text(f"{count:,}", style=style))
    return table


def _some(names: tuple[str, ...]) -> str:
    shown = "; ".join(escape_untrusted(name) for name in names[:SHOWN])
    return shown + (f"; … and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
