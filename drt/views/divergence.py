"""Two answers side by side, a column an engine, with a mark where they differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from drt.case import Case, Source
from drt.localise import Located
from drt.oracles.checked import Divergence
from drt.outcome import (
    Accepted,
    Authorized,
    Crashed,
    Evaluated,
    ExceededBudget,
    Failed,
    Outcome,
    Printed,
    Rejected,
    Unsupported,
    Validated,
)
from drt.views.console import visible

MARK = "≠"
NOTHING = "·"
LONGEST_LINE = 100_000
SAYS = "(says)"
"""Words of an engine for people; they are never compared, and stand last."""


def rows(outcome: Outcome) -> Iterator[tuple[str, str]]:
    """An outcome as lines of a name and a text; lines of the same name are compared."""
    match outcome:
        case Authorized(decision, determining, erring):
            yield "answer", decision
            yield "reason", ", ".join(determining) or NOTHING
            yield "errors", ", ".join(f"{policy} ({kind})" for policy, kind in erring) or NOTHING
        case Evaluated(value):
            yield "answer", value
        case Failed(kind):
            yield "answer", f"fails: {kind}"
        case Validated(valid, policies, impossible, detail):
            yield "answer", "valid" if valid else "invalid"
            for policy, verdict in policies:
                yield f"policy {policy}", "valid" if verdict else "invalid"
            if impossible:
                yield "impossible", ", ".join(impossible)
            yield from _detail(detail)
        case Accepted(canonical, _, detail):
            yield "answer", "accepted"
            if canonical:
                yield "document", canonical
            yield from _detail(detail)
        case Printed(text):
            yield "answer", text
        case Rejected(part, detail):
            yield "answer", f"rejects the {part}"
            yield from _detail(detail)
        case Unsupported(feature):
            yield "answer", f"does not do this ({feature})"
        case ExceededBudget(resource):
            yield "answer", f"runs out of {resource}"
        case Crashed(error, where, detail):
            yield "answer", f"breaks: {error}"
            yield "frames", " > ".join(where) or NOTHING
            yield from _detail(detail)


def _detail(detail: str) -> Iterator[tuple[str, str]]:
    if detail:
        yield SAYS, detail


def side_by_side(answers: Sequence[tuple[str, Outcome]]) -> Table:
    """A table: a column an engine, a row a part of the answer, marked where the engines differ."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("")
    table.add_column("")
    for name, _ in answers:
        table.add_column(Text(visible(name)), overflow="fold")
    parts = [dict(rows(outcome)) for _, outcome in answers]
    names = dict.fromkeys(name for part in parts for name in part)
    for name in sorted(names, key=lambda name: name == SAYS):
        texts = [part.get(name, "") for part in parts]
        differ = name != SAYS and len(set(texts)) > 1
        style = "bold red" if differ else ("dim" if name == SAYS else "")
        cells = [Text(visible(text), style=style) for text in texts]
        table.add_row(Text(MARK if differ else "", style="bold red"), Text(visible(name)), *cells)
    return table


def divergence(found: Divergence) -> Group:
    """One divergence: the question, the law, both answers."""
    head = Text()
    head.append(visible(found.question), style="bold")
    head.append(f"  ({found.kind}; law: {visible(found.law)})", style="dim")
    return Group(head, side_by_side(found.answers))


def located(found: Located) -> Group:
    """The innermost thing on which the engines part: its rule, its text, what each makes of it."""
    head = Text("they part at ", style="bold")
    head.append(visible(found.rule), style="bold red")
    head.append(f"  ({found.source}; {visible(found.place)})", style="dim")
    parts: list[RenderableType] = [head]
    if found.text:
        parts.append(Text(f"  {visible(found.text)}"))
    if found.said:
        parts.append(Text(f"  {visible(found.said)}", style="yellow"))
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("")
    names = [name for name, _ in found.answers]
    for name in names:
        table.add_column(Text(visible(name)), overflow="fold")
    for text, answers in (*found.operands, ("the whole", found.answers)):
        told = ["; ".join(value for name, value in rows(outcome) if name != SAYS) for _, outcome in answers]
        differ = text == "the whole"
        cells = [Text(visible(one), style="bold red" if differ else "") for one in told]
        table.add_row(Text(visible(text), style="bold" if differ else ""), *cells)
    return Group(*parts, table)


def case_texts(case: Case) -> Group:
    """What the engines were given, part by part."""
    parts: list[RenderableType] = [_titled("policies"), _source(case.policies)]
    if case.schema is not None:
        parts += [_titled("schema"), _source(case.schema)]
    if case.entities.strip() not in ("[]", ""):
        parts += [_titled("entities"), _source(Source(case.entities, "json"))]
    for template, new, values in case.links:
        filled = ", ".join(f"{slot} = {uid}" for slot, uid in values)
        parts.append(Text(f"link {visible(template)} as {visible(new)}: {visible(filled)}"))
    for index, request in enumerate(case.requests):
        parts += [_titled(f"request {index}"), Text(visible(request.text))]
    for index, expression in enumerate(case.expressions):
        parts += [_titled(f"expression {index}"), Text(visible(expression))]
    return Group(*parts)


def _titled(name: str) -> Text:
    return Text(name, style="bold dim")


def _source(source: Source) -> RenderableType:
    text = visible(source.text.strip("\n"), 4000)
    if source.format == "json":
        return Syntax(text, "json", word_wrap=True, background_color="default")
    return Text(text)


def print_lines(console: Console, lines: Sequence[str]) -> None:
    """The lines that ask a case by hand, each on a line of its own however long it is."""
    if lines:
        console.print(Text("by hand", style="bold dim"))
        for line in lines:
            console.print(Text(visible(line, LONGEST_LINE)), soft_wrap=True)
