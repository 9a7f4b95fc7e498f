"""Reports of runs: gathered once from the logs, written as Markdown, HTML, JUnit XML, SARIF, JSON or a badge.

Everything is made from log folders, also later, also
of a run that was cut off, also of several runs taken together. Texts in a case are hostile: each format
spells and escapes them in its own way, in one place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from drt.report.badge import as_badge
from drt.report.gathered import Report, gather
from drt.report.html import as_html
from drt.report.json_form import as_json
from drt.report.junit import as_junit
from drt.report.markdown import as_markdown
from drt.report.sarif import as_sarif

FORMATS: Mapping[str, Callable[[Report], str]] = {
    "md": as_markdown,
    "html": as_html,
    "junit": as_junit,
    "sarif": as_sarif,
    "json": as_json,
    "badge": as_badge,
}

__all__ = ["FORMATS", "Report", "gather"]
