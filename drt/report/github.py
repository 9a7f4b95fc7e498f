"""GitHub Actions output: one annotation per new finding, and the job summary.

Handles the workflow commands and their escaping, and the limits of GitHub: ten annotations of a kind per
step, one MiB of summary.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from drt.model.escape import escape_untrusted
from drt.report.bucket import Bucket
from drt.report.gathered import Report
from drt.report.markdown import as_markdown
from drt.report.words import count, notes

MOST_ANNOTATIONS = 10
LONGEST_SUMMARY = 1_000_000
LONGEST_TITLE = 200


def annotation_lines(report: Report) -> Iterator[str]:
    """Yield workflow commands, one per line: `::error` for at most ten findings that fail the run."""
    failing = report.failing
    for bucket in failing[:MOST_ANNOTATIONS]:
        yield _annotation(bucket)
    if len(failing) > MOST_ANNOTATIONS:
        left_out = count(len(failing) - MOST_ANNOTATIONS, "finding")
        yield f"::notice title=drt::{left_out} more in the job summary"


def append_summary(report: Report, environment: Mapping[str, str]) -> None:
    """Append the Markdown to the step's summary, as much as there is room for; nothing where there is none.

    Raises `OSError` when the file cannot be written.
    """
    name = environment.get("GITHUB_STEP_SUMMARY")
    if not name:
        return
    path = Path(name)
    room = LONGEST_SUMMARY - (path.stat().st_size if path.exists() else 0)
    text = as_markdown(report, room)
    if len(text.encode()) <= room:
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)


def _annotation(bucket: Bucket) -> str:
    properties = {"title": f"drt: {escape_untrusted(bucket.finding.signature, LONGEST_TITLE)}"}
    if bucket.path is not None and not Path(bucket.path).is_absolute():
        properties = {"file": f"{bucket.path}/case.json", **properties}
    lines = ["; ".join(notes(bucket))]
    part = bucket.part
    if part is not None:
        lines.append(f"they part at {part.rule} ({part.source}; {part.place})")
    lines.append(bucket.replay or "the case was not saved")
    named = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::error {named}::{_message(escape_untrusted(chr(10).join(lines)))}"


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(escape_untrusted(text)).replace(":", "%3A").replace(",", "%2C")
