"""Progress bar over items whose names are known beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from drt.report.terminal.console import escape_untrusted, progress

Item = TypeVar("Item")


def with_progress(names: Sequence[str], items: Iterable[Item]) -> Iterator[Item]:
    """Yield the items, one per name; show a bar on standard error if that is a terminal."""
    console = progress()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=len(names))
        coming = iter(items)
        for name in names:
            bar.update(task, description=escape_untrusted(name, 50))
            yield next(coming)
            bar.advance(task)
