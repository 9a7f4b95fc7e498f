"""The list of counterexamples: what each is known by and what was concluded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from drt.views.console import from_here, visible

STYLES = {"open": "bold red", "unreadable": "bold red", "declared": "yellow", "fixed": "green"}


def print_cases(
    console: Console, rows: Sequence[Mapping[str, str | None]], counts: Mapping[str, int]
) -> None:
    """A row a case, then how many there are of each status, and how to look at one."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("status")
    table.add_column("signature")
    table.add_column("verdict")
    table.add_column("case")
    for row in rows:
        status = str(row["status"])
        told = (
            row.get("verdict")
            or row.get("problem")
            or (f"known as {row['known']}" if row.get("known") else "")
        )
        table.add_row(
            Text(status, style=STYLES.get(status, "")),
            Text(visible(row["signature"] or "")),
            Text(visible(told or "")),
            Text(visible(from_here(str(row["path"])))),
        )
    if rows:
        console.print(table)
    told = ", ".join(f"{count} {status}" for status, count in sorted(counts.items())) or "none"
    console.print(Text(f"counterexamples: {told}", style="bold"))
    if rows:
        console.print(
            Text("drt replay CASE shows one; drt triage CASE --wrong ENGINE --because TEXT concludes on it")
        )
