"""The table of planted defects."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from drt.assess.mutation import MOST_BUCKETS, Limit, Measured, named, shared
from drt.report.terminal.console import escape_untrusted

WIDEST_NAME = 28
NUMBERS = ("cases", "found", "reduced", "sizes", "buckets")


def defect_rows(console: Console, rows: Sequence[Measured], limits: Sequence[Limit]) -> None:
    """Print one row per defect with its worst counterexample, then the faults, then every promise.

    The sizes are policies, nodes of expressions, entities and requests.
    """
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("defect", no_wrap=True)
    table.add_column("component", no_wrap=True)
    for name in NUMBERS:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("named")
    for row in rows:
        table.add_row(Text(row.defect.name), Text(row.defect.component), *_figures(row), _named(row))
    console.print(table)
    for row in rows:
        for find in row.finds:
            if not find.right or len(row.buckets) > MOST_BUCKETS:
                line = f"{row.defect.name}: {find.bucket!r} named {named(find.located)!r}"
                console.print(Text(escape_untrusted(line, 400), style="yellow"), soft_wrap=True)
    for bucket in shared(rows):
        owners = ", ".join(row.defect.name for row in rows if bucket in row.buckets)
        console.print(
            Text(f"{escape_untrusted(bucket)}: the bucket of {owners}", style="yellow"), soft_wrap=True
        )
    for limit in limits:
        style = "" if limit.kept else "bold red"
        console.print(Text(f"{limit.promise}: {limit.measured}", style=style))


def _figures(row: Measured) -> list[str]:
    if not row.finds:
        return ["not found", *[""] * (len(NUMBERS) - 1)]
    worst = "/".join(
        str(max(find.sizes[what] for find in row.finds))
        for what in ("policies", "nodes", "entities", "requests")
    )
    reduced = max(find.seconds for find in row.finds)
    return [str(row.cases), f"{row.seconds:.2f} s", f"{reduced:.2f} s", worst, str(len(row.buckets))]


def _named(row: Measured) -> Text:
    if not row.finds:
        return Text("")
    names = {named(find.located) for find in row.finds}
    text = escape_untrusted(" / ".join(sorted(names)))
    short = text if len(text) <= WIDEST_NAME else f"{text[: WIDEST_NAME - 1]}…"
    return Text(short, style="green" if row.right else "bold red")
