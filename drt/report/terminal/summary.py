"""Summary of a run in the terminal: the verdict, the findings, the volume.

Each finding starts with the engine that is wrong and ends with the command that replays it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from drt.model.case import Case
from drt.model.case_directory import read_case
from drt.model.errors import InputProblem
from drt.report.finding_words import cited, expected_of, grouped, notes, verdict_of
from drt.report.statistics import statistics
from drt.report.terminal.console import escape_untrusted
from drt.report.terminal.divergence import case_texts, divergence
from drt.report.terminal.progress import duration
from drt.report.words import count, excused, no_finding, place_of
from drt.run.footer import Finding, Footer, left_out, replay_command

SHOWN_FINDINGS = 20
LONGEST_VERDICT = 600
LONGEST_INPUT = 800
"""Characters of a case that is printed with its finding."""

SHOWN_REASONS = 6


def print_summary(console: Console, footer: Footer, folder: Path, *, verbose: bool = False) -> None:
    """Print the verdict, the findings and the volume; if verbose, statistics of the generator too."""
    console.print(Text(_verdict(footer), style="bold"))
    for line in _problems(footer):
        console.print(line)
    _print_findings(console, footer, folder)
    for line in _volume(footer):
        console.print(line)
    if verbose:
        for sentence in statistics(footer):
            console.print(Text(escape_untrusted(sentence)))
    part, parts = footer.shard
    shard = f", shard {part} of {parts}" if parts > 1 else ""
    console.print(Text(f"random seed {footer.random_seed}{shard}; log in {folder}", style="dim"))
    for name, share in footer.partial.items():
        allowed = ", allowed by --allow-partial" if footer.allow_partial else ""
        sentence = f"{left_out(escape_untrusted(name), share)}{allowed}"
        console.print(Text(f"PARTIAL: {sentence}", style="bold red"))


def _verdict(footer: Footer) -> str:
    failing = [finding for finding in footer.findings if finding.known is None]
    interrupted = "interrupted: " if footer.interrupted else ""
    compared = footer.counts.comparisons or footer.findings or "arbiter:comparisons" in footer.counts.events
    if not compared:
        return f"{interrupted}nothing was compared"
    declared = excused(footer.counts)
    others = f"; others {declared}" if declared else ""
    if failing:
        counted = f"{count(len(failing), 'finding')}, {count(footer.counts.divergences, 'divergence')}"
        return f"{interrupted}{counted}{others}"
    if footer.missed:
        return f"{interrupted}{no_finding(footer.counts)}, but required events never occurred"
    if footer.findings:
        return f"{interrupted}no divergence, except known findings{others}"
    return f"{interrupted}{no_finding(footer.counts)}"


def _problems(footer: Footer) -> Iterator[Text]:
    """Yield what makes the verdict of the run less certain."""
    if footer.missed:
        missed = "; ".join(map(escape_untrusted, footer.missed))
        yield Text(f"required events never occurred: {missed}", style="bold red")
    if footer.cannot_start:
        yield Text(f"the workers cannot start: {escape_untrusted(footer.cannot_start)}", style="red")
    if footer.broken:
        yield Text(f"the harness itself broke {count(footer.broken, 'time')}:", style="red")
    for error in footer.errors[:3]:
        yield Text(f"  {place_of(error)}: {escape_untrusted(str(error.error), 300)}", style="red")
    if left_out := footer.left_out:
        yield Text(
            f"skipped targets that an engine does not support: {', '.join(map(escape_untrusted, left_out))}"
        )
    if footer.deaths:
        skipped = len(footer.passed_over)
        also = f"; {count(skipped, 'case')} that crash skipped" if skipped else ""
        yield Text(f"{count(footer.deaths, 'worker crash', 'worker crashes')}{also}", style="yellow")
    for lost in footer.lost[:3]:
        where = f"case {lost.index} of {escape_untrusted(lost.target)}"
        yield Text(f"  {where}: {lost.cause}, not reproduced", style="yellow")


def _print_findings(console: Console, footer: Footer, folder: Path) -> None:
    shown = footer.findings[:SHOWN_FINDINGS]
    number = 0
    for heading, group in grouped([(finding.state, finding) for finding in shown]):
        console.print()
        console.print(Text(heading, style="bold underline"))
        for finding in group:
            number += 1
            console.print()
            console.print(_finding(number, finding))
            if finding.path:
                console.print(Text(replay_command(finding.path, finding.engines)), soft_wrap=True)
    hidden = len(footer.findings) - SHOWN_FINDINGS
    if hidden > 0:
        console.print(Text(f"… and {hidden} more findings, in {folder / 'run.json'}"))
    if shown:
        console.print()


def _volume(footer: Footer) -> Iterator[Text]:
    yield Text(
        f"{footer.counts.cases:,} cases, {footer.counts.decisions:,} decisions in {duration(footer.seconds)} "
        f"({footer.decisions_per_second:,.0f} per second); {footer.counts.comparisons:,} comparisons, "
        f"{_inconclusive(footer)}"
    )
    if footer.stalled:
        yield Text("ended early: no new coverage and no new finding")


def _inconclusive(footer: Footer) -> str:
    if not footer.counts.inconclusive:
        return "none inconclusive"
    reasons = sorted(footer.counts.reasons.items(), key=lambda item: -item[1])[:SHOWN_REASONS]
    named = ", ".join(f"{escape_untrusted(name)} {count:,}" for name, count in reasons)
    return f"{footer.counts.inconclusive:,} inconclusive ({named})"


def _finding(number: int, finding: Finding) -> Group:
    """Lay out one finding: the verdict with the guide's words, the signature, both answers."""
    verdict = verdict_of(finding) or finding.signature
    details = list(map(escape_untrusted, notes(finding)))
    if (size := _size(finding.path)) is not None:
        details.append(size)
    lines = [Text(f"{number}. {escape_untrusted(verdict, LONGEST_VERDICT)}", style="bold")]
    if quotation := cited(finding):
        lines.append(Text(f"   {escape_untrusted(quotation, LONGEST_VERDICT)}", style="italic"))
    if verdict != finding.signature:
        lines.append(Text(f"   {escape_untrusted(finding.signature)}"))
    lines.append(Text("   " + "; ".join(details), style="dim"))
    shown = divergence(finding.divergence.divergence, expected_of(finding))
    return Group(*lines, shown, *(case_texts(case) for case in _short(finding.case)))


def _short(case: Case | None) -> list[Case]:
    """Return a case that is short enough to be printed with its finding."""
    if case is None:
        return []
    schemas = [schema.text for schema in case.schemas]
    requests = [request.text for request in case.requests]
    texts = [case.policies.text, case.entities, *case.expressions, *schemas, *requests]
    return [case] if sum(map(len, texts)) <= LONGEST_INPUT else []


def _size(path: str | None) -> str | None:
    """Describe the size of the saved case."""
    if path is None:
        return None
    try:
        saved = read_case(Path(path))
    except InputProblem:
        return None
    case = saved.case
    requests = count(len(case.requests), "request")
    return f"saved with {requests} and {len(case.policies.text)} characters of policy"


def target_table(rows: list[dict[str, Any]]) -> Table:
    """Tabulate the targets: name, law, share of the budget."""
    table = Table(box=None, pad_edge=False)
    table.add_column("target", style="bold", no_wrap=True)
    table.add_column("share", justify="right")
    table.add_column("law")
    for row in rows:
        table.add_row(Text(row["name"]), Text(f"{row['share']:.0%}"), Text(row["sentence"]))
    return table
