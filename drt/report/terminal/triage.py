"""The list of counterexamples: what each is known by and what was concluded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from drt.report.terminal.console import escape_untrusted, from_here

STYLES = {"open": "bold red", "unreadable": "bold red", "declared": "yellow", "fixed": "green"}

MOST_IN_A_TABLE = 500
"""A table of more rows takes seconds to lay out: then each case has a line."""


def print_cases(
    console: Console, rows: Sequence[Mapping[str, str | None]], counts: Mapping[str, int]
) -> None:
    """Print one row per case, then how many there are of each status, and the next command."""
    shown = [_shown(row) for row in rows]
    if len(rows) > MOST_IN_A_TABLE:
        console.out("\n".join("  ".join(filter(None, row)) for row in shown), highlight=False)
    elif rows:
        console.print(_table(shown))
    total = ", ".join(f"{count} {status}" for status, count in sorted(counts.items())) or "none"
    console.print(Text(f"counterexamples: {total}", style="bold"))
    if rows:
        console.print(
            Text("drt replay CASE shows one; drt triage CASE --wrong ENGINE --because TEXT concludes on it")
        )


def _shown(row: Mapping[str, str | None]) -> tuple[str, str, str, str]:
    known = f"known as {row['known']}" if row.get("known") else ""
    conclusion = row.get("verdict") or row.get("problem") or known
    return (
        str(row["status"]),
        escape_untrusted(row["signature"] or ""),
        escape_untrusted(conclusion or ""),
        escape_untrusted(from_here(str(row["path"]))),
    )


def _table(rows: Sequence[tuple[str, str, str, str]]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("status")
    table.add_column("signature")
    table.add_column("verdict")
    table.add_column("case")
    for status, *others in rows:
        table.add_row(Text(status, style=STYLES.get(status, "")), *map(Text, others))
    return table
