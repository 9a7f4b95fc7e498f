"""Errors as `cedar` reports them: for people, as plain sentences, or one JSON object each (spec 12 §1)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import click

from drt.cli import wording
from drt.cli.merging import File
from drt.model.escape import escape_untrusted

ErrorFormat = Literal["human", "plain", "json"]
Severity = Literal["error", "warning"]

SIGNS = {"error": "×", "warning": "⚠"}


@dataclass(frozen=True, slots=True)
class Report:
    """One error or warning: what is wrong, and where, if that is known.

    `offset` and `length` count bytes of the file's UTF-8 text; `shown` is the line with a caret.
    """

    message: str
    severity: Severity = "error"
    filename: str | None = None
    offset: int | None = None
    length: int = 0
    shown: str = ""
    help: str = ""

    def to_json(self) -> dict[str, object]:
        """Write the report for programs, with the members that `cedar` has."""
        labels = []
        if self.offset is not None:
            labels.append({"label": None, "span": {"offset": self.offset, "length": self.length}})
        document: dict[str, object] = {"message": self.message, "severity": self.severity, "causes": []}
        if self.filename is not None:
            document["filename"] = self.filename
        document |= {"labels": labels, "related": []}
        return document | ({"help": self.help} if self.help else {})


class CannotAnswer(Exception):
    """There is no answer; `reports` say why."""

    def __init__(self, *reports: Report) -> None:
        super().__init__("\n".join(report.message for report in reports))
        self.reports = reports


def report_at(message: str, file: File | None, severity: Severity = "error") -> Report:
    """Find the place that a message names in its file."""
    place = wording.PLACE.search(message)
    if file is None:
        return Report(message, severity)
    if place is None:
        return Report(message, severity, str(file.path))
    line, column = int(place[1]), int(place[2])
    lines = file.text.split("\n")
    if not 1 <= line <= len(lines):
        return Report(message, severity, str(file.path))
    before = "".join(f"{each}\n" for each in lines[: line - 1]) + lines[line - 1][: column - 1]
    offset = len(before.encode("utf-8", "surrogatepass"))
    length = len(lines[line - 1][column - 1 : column].encode("utf-8", "surrogatepass"))
    shown = wording.excerpt(file.text, line, column)
    return Report(message, severity, str(file.path), offset, length, shown)


def print_reports(reports: Sequence[Report], form: ErrorFormat, *, err: bool = False) -> None:
    """Print each report; as JSON one object on a line."""
    for report in reports:
        click.echo(_rendered(report, form), err=err)


def print_together(head: Report, reports: Sequence[Report], form: ErrorFormat) -> None:
    """Print reports under one head; as JSON one object, whose severity is that of the worst."""
    if form != "json":
        print_reports([head, *reports], form)
        return
    worst: Severity = "error" if any(report.severity == "error" for report in reports) else head.severity
    document = head.to_json() | {"severity": worst, "related": [report.to_json() for report in reports]}
    click.echo(json.dumps(document, ensure_ascii=False))


def _rendered(report: Report, form: ErrorFormat) -> str:
    if form == "json":
        return json.dumps(report.to_json(), ensure_ascii=False)
    where = "" if report.filename is None else f"{report.filename}: "
    sentence = escape_untrusted(f"{where}{report.message}")
    if form == "plain":
        return sentence if report.severity == "error" else f"{report.severity}: {sentence}"
    frame = escape_untrusted(report.shown)
    note = f"\n  help: {report.help}" if report.help else ""
    return f"  {SIGNS[report.severity]} {sentence}{frame}{note}"
