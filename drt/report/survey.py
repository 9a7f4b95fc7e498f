"""A survey of engines for people: Markdown and one HTML file, from the same rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from drt.assess.survey import Cell, Change, Column, Survey
from drt.assess.survey.table import PARTS, Part
from drt.assess.survey.versions import is_older
from drt.model.escape import escape_untrusted
from drt.report.page import page_environment, style
from drt.report.words import count, drt_version

MOST_CHANGED = 12
"""Verdicts that one release changed in one direction, of those shown."""

MOST_WRONG = 40
"""Wrong answers of one engine that are shown; the JSON form has them all."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: a feature and a cell per engine."""

    name: str
    cells: tuple[Cell, ...]


def rows(survey: Survey, part: Part) -> list[Row]:
    """List the rows of a part, after one for all of it; none where no engine was asked."""
    found = [Row(feature.name, tuple(survey.cells(feature))) for feature in survey.features(part)]
    if not found:
        return []
    totals = (sum(column, Cell()) for column in zip(*(row.cells for row in found), strict=True))
    return [Row("all", tuple(totals)), *found]


def words(cell: Cell) -> str:
    """Return the words of a cell: how many were right, and in front of that whatever else came."""
    asked = cell.right + cell.wrong
    if not cell:
        return "–"
    if not asked:
        return "unsupported"
    answers = f"{cell.wrong:,} of {asked:,} wrong" if cell.wrong else f"{asked:,}"
    return f"{answers}, {cell.unsupported:,} unsupported" if cell.unsupported else answers


def remarks(survey: Survey) -> list[str]:
    """List a sentence for every engine that died, did not start or is out of order, and for those not run."""
    found = [f"{column.title} died: {column.died}" for column in survey.columns if column.died]
    found += survey.unstarted
    if survey.skipped:
        found.append(f"not run, between versions that answer alike: {', '.join(survey.skipped)}")
    found += (
        f"{after.title} is named after {before.title} and is older: name the oldest version first"
        for before, after in pairwise(survey.columns)
        if before.engine == after.engine and is_older(after, before)
    )
    return [*found, f"interrupted; not asked: {', '.join(survey.left)}"] if survey.left else found


def change_lines(change: Change) -> Iterator[str]:
    """Yield a sentence for the versions and one for each verdict that changed between them."""
    sides = change.sides()
    counts = " and ".join(f"{len(side):,} {since}" for since, side in sides.items() if side)
    older = " (older)" if change.older else ""
    yield f"{change.engine} {change.before} → {change.after}{older}: {counts}"
    for since, side in sides.items():
        for one in side[:MOST_CHANGED]:
            yield f"{since} {change.after}: {one.feature.name}: {one.place}: expected {one.expected}"
        if len(side) > MOST_CHANGED:
            yield f"{since} {change.after}: {len(side) - MOST_CHANGED:,} more"


def as_markdown(survey: Survey, changed: Sequence[Change]) -> str:
    """Write the survey as Markdown."""
    lines = ["# Which Cedar do I get?", ""]
    for part, sentence in PARTS.items():
        if table := rows(survey, part):
            lines += [f"## {part.capitalize()}", "", sentence, "", *_markdown_table(survey, table), ""]
    if changed:
        lines += ["## What releases changed", ""]
        for change in changed:
            head, *rest = change_lines(change)
            lines += [f"- {_plain(head)}", *(f"    - {_plain(line)}" for line in rest)]
        lines.append("")
    lines += [f"- {_plain(sentence)}" for sentence in remarks(survey)]
    return "\n".join(lines).rstrip() + "\n"


def _markdown_table(survey: Survey, table: Sequence[Row]) -> Iterator[str]:
    yield f"| feature | {' | '.join(_plain(column.title) for column in survey.columns)} |"
    yield f"|---|{'---:|' * len(survey.columns)}"
    for row in table:
        yield f"| {_plain(row.name)} | {' | '.join(map(words, row.cells))} |"


def _plain(text: str) -> str:
    """Return a text of somebody else's as one line of Markdown without markup."""
    line = " ".join(escape_untrusted(text).split())
    return "".join(f"\\{each}" if each in "\\`*_{}[]<>|#" else each for each in line)


def as_html(survey: Survey, changed: Sequence[Change]) -> str:
    """Render the survey as one HTML file, in the frame of the report of a run."""
    sections = {part.replace(" ", "-"): part.capitalize() for part in PARTS if rows(survey, part)}
    if changed:
        sections["changes"] = "What releases changed"
    if any(column.wrong for column in survey.columns):
        sections["wrong"] = "Wrong answers"
    environment = page_environment(SECTIONS=sections, words=words, change_lines=change_lines)
    return environment.get_template("survey.html.jinja").render(_page(survey, changed)) + "\n"


def _page(survey: Survey, changed: Sequence[Change]) -> dict[str, Any]:
    parts = {part.replace(" ", "-"): (sentence, rows(survey, part)) for part, sentence in PARTS.items()}
    return {
        "style": style(),
        "version": drt_version(),
        "eyebrow": "drt survey",
        "headline": "which Cedar do I get?",
        "standing": "; ".join(map(_standing, survey.columns)),
        "conclusion": "",
        "is_bad": False,
        "remarks": remarks(survey),
        "columns": survey.columns,
        "parts": {anchor: part for anchor, part in parts.items() if part[1]},
        "changed": changed,
        "most": MOST_WRONG,
    }


def _standing(column: Column) -> str:
    total = column.total
    return f"{column.title}: {total.wrong:,} wrong of {count(total.right + total.wrong, 'answer')}"
