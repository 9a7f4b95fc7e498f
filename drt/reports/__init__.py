"""Reports of runs: gathered once from the logs, written as Markdown, HTML, JUnit XML, SARIF or JSON.

Owns what a run looks like to whoever was not there. Everything is made from log folders, also later, also
of a run that was cut off, also of several runs taken together. Texts in a case are hostile: each format
spells and escapes them in its own way, in one place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from drt.reports.gathered import Report, gather
from drt.reports.html import as_html
from drt.reports.json_form import as_json
from drt.reports.junit import as_junit
from drt.reports.markdown import as_markdown
from drt.reports.sarif import as_sarif

FORMATS: Mapping[str, Callable[[Report], str]] = {
    "md": as_markdown,
    "html": as_html,
    "junit": as_junit,
    "sarif": as_sarif,
    "json": as_json,
}

__all__ = ["FORMATS", "Report", "gather"]
