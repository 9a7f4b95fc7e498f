"""Replayed cases: both answers side by side, what was expected, and the verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from drt.replay.replay import Replayed
from drt.report.terminal.console import escape_untrusted
from drt.report.terminal.divergence import case_texts, divergence, located, print_lines, side_by_side

STYLES = {
    "agrees": "green",
    "fixed": "green",
    "diverges as declared": "yellow",
    "flaky": "yellow",
    "cannot run": "yellow",
}
SHOWN_UNMET = 6
SHOWN_ANSWERS = 8


def print_replayed(console: Console, replayed: Replayed, *, full: bool, lines: Sequence[str] = ()) -> None:
    """Print one replayed case.

    `full` shows its parts and the answers even if they agree. `lines` are the commands that ask it by hand,
    if they are not those of the case's own folder.
    """
    line = Text()
    line.append(f"{replayed.verdict}: ", style=STYLES.get(replayed.verdict, "bold red"))
    line.append(escape_untrusted(str(replayed.path)))
    if replayed.reason:
        line.append(f" ({escape_untrusted(replayed.reason)})" if replayed.readable else "")
    if not replayed.readable:
        line = Text(f"cannot run: {escape_untrusted(replayed.reason)}", style="yellow")
    if not (full or replayed.failed):
        if replayed.verdict != "agrees":
            console.print(line, soft_wrap=True)
        return
    if replayed.saved is not None:
        _print_known(console, replayed)
    for found in replayed.divergences:
        console.print(divergence(found))
        console.print()
    if replayed.located is not None:
        console.print(located(replayed.located.record))
        console.print()
    if not replayed.divergences:
        _print_answers(console, replayed)
    for engine, unmet in replayed.unmet[:SHOWN_UNMET]:
        console.print(Text(f"{escape_untrusted(engine)}, {escape_untrusted(unmet.id)}:", style="bold"))
        console.print(Text(f"  expected {escape_untrusted(unmet.expected)}"))
        console.print(Text(f"  answers  {escape_untrusted(unmet.got)}", style="red"))
    if len(replayed.unmet) > SHOWN_UNMET:
        console.print(Text(f"… and {len(replayed.unmet) - SHOWN_UNMET} expectations more"))
    print_lines(console, lines or replayed.by_hand)
    console.print(line, soft_wrap=True)
    console.print()


def _print_known(console: Console, replayed: Replayed) -> None:
    """Print the description of the case and what is known about it."""
    saved = replayed.saved
    assert saved is not None
    console.print(Text(escape_untrusted(saved.signature or saved.description or saved.name), style="bold"))
    if saved.signature and saved.description:
        console.print(Text(escape_untrusted(saved.description), style="dim"))
    if saved.source:
        console.print(Text(f"source: {escape_untrusted(saved.source)}", style="dim"))
    console.print(case_texts(saved.case))
    if saved.verdict is not None:
        source = f" ({escape_untrusted(saved.verdict.source)})" if saved.verdict.source else ""
        verdict = f"{saved.verdict.wrong} is wrong: {saved.verdict.because}"
        console.print(Text(f"{escape_untrusted(verdict)}{source}"))
    arbiter = saved.origin.get("arbiter")
    if isinstance(arbiter, dict):
        answer = f"{arbiter.get('engine')} {arbiter.get('version', '')} answered {arbiter.get('says')}"
        console.print(Text(escape_untrusted(answer)))
    console.print()


def _print_answers(console: Console, replayed: Replayed) -> None:
    for question, answers in replayed.answers[:SHOWN_ANSWERS]:
        console.print(Text(question, style="bold"))
        console.print(side_by_side(answers))
        console.print()
    if len(replayed.answers) > SHOWN_ANSWERS:
        console.print(Text(f"… and {len(replayed.answers) - SHOWN_ANSWERS} questions more"))


def print_totals(console: Console, all_of_them: Sequence[Replayed]) -> None:
    """Print the number of cases per verdict, in one line."""
    counts = Counter(one.verdict for one in all_of_them)
    failed = sum(1 for one in all_of_them if one.failed)
    total = ", ".join(f"{count} {verdict}" for verdict, count in counts.most_common())
    noun = "case" if len(all_of_them) == 1 else "cases"
    style = "bold red" if failed else "bold"
    console.print(Text(f"{len(all_of_them)} {noun} replayed: {total or 'nothing'}", style=style))
