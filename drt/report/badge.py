"""Badges: one JSON file in the endpoint format that badge services draw, for a run or for a figure."""

from __future__ import annotations

from drt.model import json_text
from drt.report.gathered import Report
from drt.report.words import headline

GOOD, BAD, UNSURE = "brightgreen", "red", "yellow"


def badge(label: str, message: str, colour: str) -> str:
    """Write a badge: the label on its left half, the message on its right."""
    return json_text.dump({"schemaVersion": 1, "label": label, "message": message, "color": colour})


def as_badge(report: Report) -> str:
    """Write the verdict of runs and how many cases it rests on."""
    volume = f"{report.counts.cases:,} cases"
    colour = BAD if report.failing or report.broken else GOOD if report.exit_code == 0 else UNSURE
    return badge("cedar drt", f"{headline(report)}, {volume}", colour)
