"""Reports of analyses: tables as text, Markdown, HTML and JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from drt.symbolic.analyzer import Fails, Verdict
from drt.symbolic.shown import counterexample_text, document
from drt.symbolic.tables import Comparison, Environment, PolicyRow, plain_names

WORDS = {
    "equivalent": "equivalent",
    "less": "the new set is more permissive",
    "more": "the new set is less permissive",
    "incomparable": "more permissive here, less there",
    "unknown": "unknown",
}
"""The relation of the old set to the new one, said of the new one."""

STYLE = "body{font-family:sans-serif}td,th{text-align:left;padding:.2em 1em}pre{background:#eee}"

Row = tuple[str, ...]


def comparison_report(rows: Sequence[Comparison], notes: Sequence[str], form: str) -> str:
    """Report a comparison in `text`, `markdown` or `html`."""
    table = [(*plain_names(row.environment), WORDS[row.relation]) for row in rows]
    return _page(
        "Comparison", ("principal", "action", "resource", "result"), table, notes, _examples(rows), form
    )


def policies_report(rows: Sequence[PolicyRow], messages: Sequence[str], form: str) -> str:
    """Report findings in `text`, `markdown` or `html`."""
    table = [(*plain_names(row.environment), str(found)) for row in rows for found in row.findings]
    table += [(*plain_names(row.environment), f"unknown: {each}") for row in rows for each in row.undecided]
    return _page("Analysis", ("principal", "action", "resource", "finding"), table, messages, (), form)


def comparison_document(rows: Sequence[Comparison], notes: Sequence[str]) -> dict[str, Any]:
    """Report a comparison as JSON; `forward` says that the new set allows what the old one allows."""
    return {
        "notes": list(notes),
        "rows": [
            {
                **_named(row.environment),
                "relation": row.relation,
                "forward": document(row.forward),
                "backward": document(row.backward),
            }
            for row in rows
        ],
    }


def policies_document(rows: Sequence[PolicyRow], messages: Sequence[str]) -> dict[str, Any]:
    """Report findings as JSON."""
    return {
        "messages": list(messages),
        "rows": [
            {
                **_named(row.environment),
                "vacuity": dict(row.vacuity),
                "decisions": row.decisions,
                "findings": [str(found) for found in row.findings],
                "undecided": list(row.undecided),
            }
            for row in rows
        ],
    }


def _named(environment: Environment) -> dict[str, str]:
    return dict(zip(("principal", "action", "resource"), plain_names(environment), strict=True))


def _examples(rows: Sequence[Comparison]) -> Iterator[tuple[str, str]]:
    """Yield a heading and a counterexample for each row and direction that has one."""
    for row in rows:
        where = ", ".join(plain_names(row.environment))
        sides: tuple[tuple[str, Verdict], ...] = (
            ("old set: allow, new set: deny", row.forward),
            ("old set: deny, new set: allow", row.backward),
        )
        for heading, verdict in sides:
            if isinstance(verdict, Fails):
                yield f"{where}: {heading}", counterexample_text(verdict.counterexample)


def _page(
    title: str,
    head: Row,
    table: Sequence[Row],
    notes: Sequence[str],
    examples: Iterator[tuple[str, str]] | tuple[()],
    form: str,
) -> str:
    match form:
        case "markdown":
            return "\n".join(_markdown(title, head, table, notes, examples))
        case "html":
            return "\n".join(_html(title, head, table, notes, examples))
        case _:
            return "\n".join(_text(head, table, notes, examples))


def _text(head: Row, table: Sequence[Row], notes: Sequence[str], examples: Any) -> Iterator[str]:
    yield from notes
    widths = [max(map(len, column)) for column in zip(head, *table, strict=True)]
    for row in (head, *table) if table else ():
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    for heading, example in examples:
        yield from ("", heading, *(f"  {line}" for line in example.split("\n")))


def _markdown(
    title: str, head: Row, table: Sequence[Row], notes: Sequence[str], examples: Any
) -> Iterator[str]:
    yield from (f"## {title}", "")
    yield from (f"- {_cell(note)}" for note in notes)
    if table:
        yield from ("", f"| {' | '.join(head)} |", "|---" * len(head) + "|")
        yield from (f"| {' | '.join(map(_cell, row))} |" for row in table)
    for heading, example in examples:
        fence = "`" * max(3, 1 + _longest_ticks(example))
        yield from ("", f"<details><summary>{escape(heading)}</summary>", "")
        yield from (fence, example, fence, "", "</details>")


def _cell(text: str) -> str:
    return escape(text, quote=False).replace("|", "\\|").replace("\n", " ")


def _longest_ticks(text: str) -> int:
    return max((len(run) for run in "".join(c if c == "`" else " " for c in text).split()), default=0)


def _html(title: str, head: Row, table: Sequence[Row], notes: Sequence[str], examples: Any) -> Iterator[str]:
    yield f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
    yield f"<style>{STYLE}</style>"
    yield f"<h1>{title}</h1>"
    yield from (f"<p>{escape(note)}</p>" for note in notes)
    if table:
        yield f"<table><tr>{''.join(f'<th>{cell}</th>' for cell in head)}</tr>"
        yield from (f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in table)
        yield "</table>"
    for heading, example in examples:
        yield f"<h2>{escape(heading)}</h2><pre>{escape(example)}</pre>"
    yield "</html>"
