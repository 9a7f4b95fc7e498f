"""Two answers side by side, a column an engine, with a mark where they differ."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from drt.diagnosis.located import WHOLE, LocatedRecord
from drt.model import outcome_text
from drt.model.case import Case, Source
from drt.model.divergence import Divergence
from drt.model.outcome import Outcome
from drt.model.outcome_text import SAYS
from drt.report.terminal.console import escape_untrusted

MARK = "≠"
LONGEST_LINE = 100_000


def side_by_side(answers: Sequence[tuple[str, Outcome]], expected: Collection[str] = ()) -> Table:
    """Tabulate answers: one column per engine, one row per part, marked where the engines differ.

    The columns of the `expected` answers say so.
    """
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("")
    table.add_column("")
    for name, _ in answers:
        remark = " (expected)" if name in expected else ""
        table.add_column(Text(escape_untrusted(name) + remark), overflow="fold")
    for row in outcome_text.side_by_side(answers):
        style = "bold red" if row.differ else ("dim" if row.name == SAYS else "")
        cells = [Text(escape_untrusted(text), style=style) for text in row.texts]
        mark = Text(MARK if row.differ else "", style="bold red")
        table.add_row(mark, Text(escape_untrusted(row.name)), *cells)
    return table


def divergence(found: Divergence, expected: Collection[str] = ()) -> Group:
    """One divergence: the question, the law, both answers, the expected ones marked."""
    head = Text()
    head.append(escape_untrusted(found.question), style="bold")
    head.append(f"  ({found.kind}; law: {escape_untrusted(found.law)})", style="dim")
    return Group(head, side_by_side(found.answers, expected))


def located(found: LocatedRecord) -> Group:
    """Show the innermost expression or rule on which the engines part, with each answer."""
    head = Text("they part at ", style="bold")
    head.append(escape_untrusted(found.rule), style="bold red")
    head.append(f"  ({found.source}; {escape_untrusted(found.place)})", style="dim")
    parts: list[RenderableType] = [head]
    if found.text:
        parts.append(Text(f"  {escape_untrusted(found.text)}"))
    if found.said:
        parts.append(Text(f"  {escape_untrusted(found.said)}", style="yellow"))
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("")
    for name in found.engines:
        table.add_column(Text(escape_untrusted(name)), overflow="fold")
    for text, texts in found.rows:
        differ = text == WHOLE
        cells = [Text(escape_untrusted(one), style="bold red" if differ else "") for one in texts]
        table.add_row(Text(escape_untrusted(text), style="bold" if differ else ""), *cells)
    return Group(*parts, table)


def case_texts(case: Case) -> Group:
    """Show the parts of a case."""
    parts: list[RenderableType] = [_titled("policies"), _source(case.policies)]
    if case.schema is not None:
        parts += [_titled("schema"), _source(case.schema)]
    if case.entities.strip() not in ("[]", ""):
        parts += [_titled("entities"), _source(Source(case.entities, "json"))]
    for template, new, values in case.links:
        filled = ", ".join(f"{slot} = {uid}" for slot, uid in values)
        parts.append(
            Text(f"link {escape_untrusted(template)} as {escape_untrusted(new)}: {escape_untrusted(filled)}")
        )
    for index, request in enumerate(case.requests):
        parts += [_titled(f"request {index}"), Text(escape_untrusted(request.text))]
    for index, expression in enumerate(case.expressions):
        parts += [_titled(f"expression {index}"), Text(escape_untrusted(expression))]
    return Group(*parts)


def _titled(name: str) -> Text:
    return Text(name, style="bold dim")


def _source(source: Source) -> RenderableType:
    text = escape_untrusted(source.text.strip("\n"), 4000)
    if source.format == "json":
        return Syntax(text, "json", word_wrap=True, background_color="default")
    return Text(text)


def print_lines(console: Console, lines: Sequence[str]) -> None:
    """Print the commands that ask a case by hand, each on one line however long it is."""
    if lines:
        console.print(Text("by hand", style="bold dim"))
        for line in lines:
            console.print(Text(escape_untrusted(line, LONGEST_LINE)), soft_wrap=True)
