"""A report as Markdown, short enough for the summary of a CI job.

Owns the limit and the escaping: untrusted text is a code span, or HTML of nothing but letters and
numeric entities, which no Markdown reader can take for anything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from drt.model.escape import escape_untrusted
from drt.model.outcome_text import side_by_side
from drt.report.bucket import Bucket
from drt.report.finding_words import citations, grouped, quote_of, verdict_of
from drt.report.gathered import Report, RunFacts
from drt.report.kinds import KINDS
from drt.report.words import about, count, headline, notes, place_of, standing, volume

LONGEST = 900_000
"""Bytes; a job summary may have 1 MiB, and a step may have written some of it already."""

MOST_RUNS = 40
RESERVE = 4000
"""Bytes that details of findings leave to the volume and the tables."""

HEAD = ("| # | severity | finding | target | seen | state | replay |", "|--:|---|---|---|--:|---|---|")
LONGEST_CELL = 300
_PLAIN = re.compile(r"[^`|\\\n]+")


def as_markdown(report: Report, longest: int = LONGEST) -> str:
    """Render verdict, findings, volume and statistics in at most `longest` bytes of UTF-8.

    What does not fit is left out and counted.
    """
    page = _Page(longest)
    page.add(*_head(report))
    _add_findings(page, report)
    page.add("", *_volume(report))
    page.add("", *_targets(report))
    for run in report.runs[:MOST_RUNS]:
        page.add("", *_statistics(run))
    return page.text


def _add_findings(page: _Page, report: Report) -> None:
    rows = list(_rows(report.buckets))
    if rows and page.add("", *HEAD):
        added = next((number for number, row in enumerate(rows) if not page.add(row)), len(rows))
        if added < len(rows):
            page.add("", f"… and {count(len(rows) - added, 'finding')} more.")
    number = 0
    for heading, group in grouped([(bucket.state, bucket) for bucket in report.buckets]):
        page.add("", f"### {heading}", reserve=RESERVE)
        for bucket in group:
            number += 1
            if not page.add("", *_details(number, bucket), reserve=RESERVE):
                left_out = len(report.buckets) - number + 1
                page.add("", f"The details of {count(left_out, 'finding')} do not fit here.", reserve=0)
                return


def in_order(buckets: Sequence[Bucket]) -> list[Bucket]:
    """Sort the buckets by their groups."""
    return [one for _, group in grouped([(bucket.state, bucket) for bucket in buckets]) for one in group]


class _Page:
    """A text that takes in what it has room for."""

    def __init__(self, longest: int) -> None:
        self.text = ""
        self._room = longest

    def add(self, *lines: str, reserve: int = 200) -> bool:
        """Append the lines if they fit and leave the reserve; whether they did."""
        block = "".join(f"{line}\n" for line in lines)
        size = len(block.encode())
        if size > self._room - reserve:
            return False
        self._room -= size
        self.text += block
        return True


def code(text: str, longest: int = LONGEST_CELL) -> str:
    """Any text as code within a line, also in a table."""
    shown = escape_untrusted(text, longest).replace("\n", "⏎").strip()
    if not shown:
        return ""
    if _PLAIN.fullmatch(shown):
        return f"`{shown}`"
    spelled = "".join(one if one.isalnum() or one in " -," else f"&#{ord(one)};" for one in shown)
    return f"<code>{spelled}</code>"


def fenced(text: str, language: str = "", longest: int = 4000) -> str:
    """Any text as a block of code: its fence is longer than any in the text."""
    shown = escape_untrusted(text, longest)
    runs = [len(run) for run in re.findall("`+", shown)]
    fence = "`" * max(3, 1 + max(runs, default=0))
    return f"{fence}{language}\n{shown}\n{fence}"


def _head(report: Report) -> Iterator[str]:
    state = standing(report)
    yield f"## drt: {headline(report)}{f' ({state})' if state else ''}"
    yield ""
    for event in report.missed:
        yield f"required event that never occurred: {code(event)}  "
    for run in report.runs[:MOST_RUNS]:
        if run.cannot_start is not None:
            yield f"the workers cannot start: {code(run.cannot_start)}  "
        for error in run.errors[:3]:
            yield f"the harness broke: {code(place_of(error))}, {code(str(error.error))}  "


def _volume(report: Report) -> Iterator[str]:
    yield volume(report) + "  "
    for run in report.runs[:MOST_RUNS]:
        yield f"{code(about(run))}  "


def _statistics(run: RunFacts) -> Iterator[str]:
    yield f"<details><summary>Statistics of the run with random seed {run.random_seed}</summary>"
    yield ""
    yield from (f"- {code(sentence, 2000)}" for sentence in run.statistics)
    yield ""
    yield "</details>"


def _rows(buckets: Sequence[Bucket]) -> Iterator[str]:
    for number, bucket in enumerate(in_order(buckets), 1):
        finding = bucket.finding
        replay = "not saved" if bucket.replay is None else code(bucket.replay, 1000)
        state = bucket.state if finding.known is None else f"known as {code(finding.known)}"
        about = [
            finding.severity,
            code(finding.signature),
            code(finding.target),
            f"{finding.seen:,}",
            state,
            replay,
        ]
        yield f"| {' | '.join([str(number), *about])} |"


def _targets(report: Report) -> Iterator[str]:
    yield f"<details><summary>{count(len(report.targets), 'target')}</summary>"
    yield ""
    yield "| target | cases | comparisons | decisions | divergences | inconclusive |"
    yield "|---|--:|--:|--:|--:|--:|"
    for name, counts in report.targets.items():
        numbers = (
            counts.cases,
            counts.comparisons,
            counts.decisions,
            counts.divergences,
            counts.inconclusive,
        )
        yield f"| {code(name)} | {' | '.join(f'{number:,}' for number in numbers)} |"
    yield ""
    yield "</details>"


def _details(number: int, bucket: Bucket) -> Iterator[str]:
    """One finding whole, folded."""
    head = verdict_of(bucket.finding) or bucket.finding.signature
    yield f"<details><summary>{number}. {_summary(head)}</summary>"
    yield ""
    yield from _whole(bucket)
    yield "</details>"


def finding_text(bucket: Bucket) -> str:
    """One finding as a text of its own."""
    return "\n".join((code(bucket.finding.signature, 1000), "", *_whole(bucket)))


def _whole(bucket: Bucket) -> Iterator[str]:
    """Yield the verdict, both answers, the difference, the policies, the replay command."""
    divergence = bucket.divergence
    yield from _verdict(bucket)
    yield f"{KINDS[divergence.kind]} Asked: {code(divergence.question)}; law: {code(divergence.law)}; "
    yield "; ".join(code(note) for note in notes(bucket))
    yield ""
    names = [code(name) for name, _ in divergence.answers]
    yield f"| | | {' | '.join(names)} |"
    yield f"|---|---|{'---|' * len(names)}"
    for row in side_by_side(divergence.answers):
        yield f"| {'≠' if row.differ else ''} | {code(row.name)} | {' | '.join(map(code, row.texts))} |"
    yield ""
    part = bucket.part
    if part is not None:
        yield f"They part at {code(part.rule)} ({code(part.source)}; {code(part.place)}): {code(part.text)} "
        yield ""
        yield f"| | {' | '.join(code(name) for name in part.engines)} |"
        yield f"|---|{'---|' * len(part.engines)}"
        for text, answers in part.rows:
            yield f"| {code(text)} | {' | '.join(map(code, answers))} |"
        yield ""
    case = bucket.case
    if case is not None:
        yield fenced(case.policies.text or "(no policies)")
        yield ""
    if bucket.replay is not None:
        yield fenced(bucket.replay, "sh")
        yield ""


def _verdict(bucket: Bucket) -> Iterator[str]:
    """Yield who is wrong and why, then the text of the language guide, with links to it."""
    sentence, quote = verdict_of(bucket.finding), quote_of(bucket.finding)
    if sentence:
        yield code(sentence, 1000)
        yield ""
    links = ", ".join(f"[{place.citation}]({place.link})" for place in citations(bucket.finding))
    if links:
        yield f"> {links}{f': {code(quote, 1000)}' if quote else ''}"
        yield ""


def _summary(text: str) -> str:
    """Any text inside a line of HTML."""
    shown = escape_untrusted(text, LONGEST_CELL).replace("\n", "⏎")
    return "".join(one if one.isalnum() or one in " -,:" else f"&#{ord(one)};" for one in shown)
