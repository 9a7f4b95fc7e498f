"""The mutation score on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from drt.assess.fates import MOMENTS, Score, by, components
from drt.report.terminal.console import escape_untrusted


def score_rows(console: Console, score: Score) -> None:
    """Print the share killed at each moment and per component, what killed, and every survivor."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("killed within", no_wrap=True)
    for name in ("in one engine", "in both alike"):
        table.add_column(name, justify="right", no_wrap=True)
    for moment in MOMENTS:
        if moment <= score.seconds or moment == MOMENTS[0]:
            shares = (_share(*score.killed(moment, both=both)) for both in (False, True))
            table.add_row(f"{moment:g} s", *shares)
    console.print(table)
    for name, killed, planted in components(score.fates):
        console.print(Text(f"{name}: {killed} of {planted}"))
    if score.harness:
        console.print(Text(f"the harness: {_share(*score.harness_killed)}"))
    for what in ("killer", "target", "law"):
        counted = ", ".join(f"{name} {count}" for name, count in by(score.fates, what).most_common())
        console.print(Text(f"killed by {what}: {escape_untrusted(counted, 2_000)}"), soft_wrap=True)
    for fate in score.survivors:
        console.print(Text(f"{fate.plant.name}: {fate.survived}", style="yellow"))
    for one in score.harness:
        if not (one.check or one.control):
            console.print(Text(f"{one.plant} harness: seen by no check", style="yellow"))
    _alarms(console, score.controls, score.alarms)


def _share(killed: int, planted: int) -> str:
    return f"{killed} of {planted}" + (f" ({killed / planted:.0%})" if planted else "")


def _alarms(console: Console, controls: Sequence[str], alarms: Sequence[str]) -> None:
    for control in controls:
        console.print(Text(control, style="red"))
    for alarm in alarms:
        console.print(Text(f"the sound engines diverge: {escape_untrusted(alarm)}", style="red"))
