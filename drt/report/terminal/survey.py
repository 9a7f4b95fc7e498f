"""A survey of engines for people at a terminal: one table per part."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from drt.assess.survey import Change, Survey
from drt.assess.survey.table import PARTS
from drt.report.survey import change_lines, remarks, rows, words
from drt.report.terminal.console import escape_untrusted


def print_survey(console: Console, survey: Survey, changed: Sequence[Change]) -> None:
    """Print the tables, what releases changed, and which engines died or were not asked."""
    for part, sentence in PARTS.items():
        found = rows(survey, part)
        if not found:
            continue
        console.print(Text(f"{part}: {sentence}", style="bold"), soft_wrap=True)
        table = Table("feature", box=SIMPLE_HEAD)
        for column in survey.columns:
            table.add_column(Text(escape_untrusted(column.title)), justify="right")
        for row in found:
            cells = (Text(words(cell), style="red" if cell.wrong else "") for cell in row.cells)
            table.add_row(Text(escape_untrusted(row.name)), *cells)
        console.print(table)
    for change in changed:
        for number, line in enumerate(change_lines(change)):
            console.print(Text(f"{'  ' if number else ''}{escape_untrusted(line)}"), soft_wrap=True)
    for sentence in remarks(survey):
        console.print(Text(escape_untrusted(sentence), style="red"), soft_wrap=True)
