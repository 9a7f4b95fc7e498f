"""The table of hostile inputs."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from drt.assess.stress import Row
from drt.report.terminal.console import escape_untrusted


def hostile_rows(console: Console, rows: Sequence[Row]) -> None:
    """Print one row per input and engine, with figures of the largest size, and a total."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("input", no_wrap=True)
    table.add_column("engine")
    for name in ("size", "time", "memory", "growth"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("verdict")
    for row in rows:
        last = row.costs[-1]
        growth = "–" if row.time_growth is None else f"n^{row.time_growth:.2f}"
        table.add_row(
            Text(row.family),
            Text(escape_untrusted(row.engine)),
            f"{last.size:,}",
            f"{last.seconds:.2f} s",
            f"{last.kibibytes / 1024:,.0f} MiB",
            growth,
            Text(escape_untrusted(row.verdict, 60), style="green" if row.good else "bold red"),
        )
    console.print(table)
    bad = sum(1 for row in rows if not row.good)
    noun = "row" if len(rows) == 1 else "rows"
    answered = sum(1 for row in rows if row.verdict == "answered")
    clean = sum(1 for row in rows if row.verdict == "clean error")
    total = f"{len(rows)} {noun}: {answered} answered, {clean} clean errors, {bad} bad"
    console.print(Text(total, style="bold red" if bad else "bold"))
