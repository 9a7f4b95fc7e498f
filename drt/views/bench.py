"""The table of figures, and the bar that grows while they are measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from drt.bench.figure import Row
from drt.views.console import progress, visible


def watched(rows: Iterable[Row], total: int) -> Iterator[Row]:
    """The rows as they come, with a bar on standard error where that is a terminal."""
    console = progress()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("measuring", total=total)
        for row in rows:
            bar.update(task, advance=1, description=visible(row.figure.name))
            yield row


def bench_rows(console: Console, rows: Sequence[Row]) -> None:
    """A row a figure, and one line about all."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("figure", no_wrap=True)
    for name in ("value", "spread", "must", "stretch"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("verdict")
    for row in rows:
        figure = row.figure
        sign = "≥" if figure.direction == "at least" else "≤"
        verdict = "stretch" if row.stretched else "kept" if row.good else "missed"
        table.add_row(
            Text(figure.name),
            f"{row.result.value:,.2f}",
            f"±{row.result.spread / 2:.0%}",
            f"{sign} {figure.must:,g}",
            "–" if figure.stretch is None else f"{sign} {figure.stretch:,g}",
            Text(verdict, style="green" if row.good else "bold red"),
        )
    console.print(table)
    missed = [row.figure.name for row in rows if not row.good]
    stretched = sum(1 for row in rows if row.stretched)
    told = (
        f"{len(rows)} figures: {len(rows) - len(missed)} kept ({stretched} stretched), {len(missed)} missed"
    )
    console.print(Text(told, style="bold red" if missed else "bold"))
