"""The end of a run in plain words, made from its footer; the last line of a finding is how to replay it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from drt.coverage.coverage import coverage
from drt.model.case_directory import read_case
from drt.model.divergence_json import divergence_from_json
from drt.model.errors import InputProblem
from drt.report.finding_words import cited, grouped, notes, verdict_of
from drt.report.terminal.console import visible
from drt.report.terminal.coverage import coverage_line
from drt.report.terminal.divergence import divergence
from drt.report.terminal.progress import duration
from drt.run import memory_growth
from drt.run.arbiter import DECLARED
from drt.run.summary import Finding, replay_command

SHOWN_FINDINGS = 20
LONGEST_VERDICT = 600
SHOWN_REASONS = 6
SHOWN_EVENTS = 6


def print_summary(console: Console, footer: dict[str, Any], folder: Path) -> None:
    """Everything a person wants to know of a run, findings last."""
    for line in _facts(footer, folder):
        console.print(line)
    shown = [Finding.from_json(one) for one in footer["findings"][:SHOWN_FINDINGS]]
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
    hidden = len(footer["findings"]) - SHOWN_FINDINGS
    if hidden > 0:
        console.print(Text(f"… and {hidden} findings more, in {folder / 'run.json'}"))


def _facts(footer: dict[str, Any], folder: Path) -> list[Text]:
    lines = [Text(_headline(footer), style="bold")]
    for engine, share in footer.get("partial", {}).items():
        allowed = ", which --allow-partial lets pass" if footer.get("allow_partial") else ""
        lines.append(
            Text(
                f"PARTIAL: {visible(engine)} left {share:.0%} of its questions unanswered{allowed}",
                style="bold red",
            )
        )
    if left_out := footer.get("left_out"):
        lines.append(Text(f"left out, for an engine cannot do it: {', '.join(map(visible, left_out))}"))
    if footer["cannot_start"]:
        lines.append(Text(f"the workers cannot work: {visible(footer['cannot_start'])}", style="red"))
    shares = footer["shares"]
    if footer["decisions"]:
        lines.append(
            Text(f"{_shares(shares)}; {footer['comparisons']:,} comparisons, {_inconclusive(footer)}")
        )
    lines += [Text(line) for line in _streams(footer)]
    if footer.get("features"):
        pairs = f"; {footer['pairs']:,} pairs of features in the streams" if footer["pairs"] else ""
        lines.append(Text(f"language reached: {coverage_line(coverage(footer['features']))}{pairs}"))
    lines += _events(footer) + _arbiter(footer["events"])
    lines += [Text(f"one-sided: {visible(told)}", style="yellow") for told in footer.get("one_sided", ())]
    lines.append(Text(f"time: {_time(footer)}"))
    if held := memory_growth.told(footer.get("memory", ())):
        flat = memory_growth.is_flat(footer["memory"])
        lines.append(Text(f"memory: {held}", style="" if flat else "yellow"))
    if footer.get("stalled"):
        lines.append(Text("ended early: nothing new was reached or found any more"))
    if footer["deaths"]:
        over = footer.get("passed_over", ())
        told = f"; {_count(len(over), 'case')} that kill passed over" if over else ""
        lines.append(
            Text(f"{_count(footer['deaths'], 'death')} of workers, each replaced{told}", style="yellow")
        )
    for lost in footer["lost"][:3]:
        lines.append(
            Text(
                f"a worker died ({lost['cause']}) at case {lost['index']} of {visible(lost['target'])}, "
                "which did not happen again",
                style="yellow",
            )
        )
    if footer["broken"]:
        lines.append(Text(f"the harness itself broke {_count(footer['broken'], 'time')}:", style="red"))
        for error in footer["errors"][:3]:
            where = f"{error['what']}, case {error['index']} of {error['target']}"
            lines.append(Text(f"  {where}: {visible(str(error['error']), 300)}", style="red"))
    part, parts = footer.get("shard", (1, 1))
    shard = f", shard {part} of {parts}" if parts > 1 else ""
    lines.append(Text(f"random seed {footer['random_seed']}{shard}; log in {folder}", style="dim"))
    return lines


def _events(footer: dict[str, Any]) -> list[Text]:
    """How many of the events that must happen sometimes did; those that had to and did not."""
    events = footer.get("sometimes") or {}
    if not footer.get("features"):
        return []
    never = [name for name, count in events.items() if not count]
    told = f"events: {len(events) - len(never)} of {len(events)} happened"
    if footer["missed"]:
        shown = "; ".join(map(visible, footer["missed"]))
        return [Text(f"{told}; these had to and never did: {shown}", style="bold red")]
    if never:
        told += f"; not {'; '.join(map(visible, never[:SHOWN_EVENTS]))}"
        told += f" and {len(never) - SHOWN_EVENTS} more" if len(never) > SHOWN_EVENTS else ""
    return [Text(told)]


def _arbiter(events: dict[str, int]) -> list[Text]:
    """How often a further engine was asked, and how often it answered otherwise as it is declared to."""
    if "arbiter:cases" not in events:
        return []
    declared = {
        name.removeprefix(DECLARED): count for name, count in events.items() if name.startswith(DECLARED)
    }
    told = f"arbiter: asked about {_count(events['arbiter:cases'], 'case')}"
    if declared:
        named = ", ".join(f"{name} {count:,}" for name, count in sorted(declared.items()))
        told += f"; answered otherwise as declared: {named}"
    return [Text(visible(told))]


def _shares(shares: dict[str, float]) -> str:
    return (
        f"allow {shares['allow']:.0%}, deny by forbid {shares['forbidden']:.0%}, no policy applied "
        f"{shares['nothing_applied']:.0%}, with an erring policy {shares['error']:.0%}"
    )


def _streams(footer: dict[str, Any]) -> list[str]:
    """A line a stream, the largest first, after one for all of them."""
    told = footer.get("stream_shares") or {}
    lines = []
    for name, shares in sorted(told.items(), key=lambda item: (item[0] != "all", -item[1]["share"])):
        head = "all streams" if name == "all" else f"  {visible(name)} {shares['share']:.0%}"
        line = f"{head}: {_shares(shares)}, valid {shares['valid']:.1%}"
        if name == "all":
            distinct = footer["distinct_shares"]
            line += (
                f"; distinct cases {distinct['cases']:.1%}, distinct policy sets "
                f"{distinct['policy sets']:.1%}; conditions trivially true or false {shares['trivial']:.1%}, "
                f"cases not decided by scopes alone {shares['with_conditions']:.1%}"
            )
        lines.append(line)
    return lines


def _headline(footer: dict[str, Any]) -> str:
    compared = (
        f"{footer['cases']:,} cases, {footer['decisions']:,} decisions in {duration(footer['seconds'])} "
        f"({footer['decisions_per_second']:,.0f} a second)"
    )
    failing = [finding for finding in footer["findings"] if finding["known"] is None]
    if footer["interrupted"]:
        compared = f"interrupted: {compared}"
    if not footer["comparisons"] and not footer["findings"] and "arbiter:comparisons" not in footer["events"]:
        return f"nothing was compared: {compared}"
    if not failing and footer.get("missed"):
        return f"{compared}: no divergence, but it never saw all that it had to"
    if not failing:
        return f"{compared}: no divergence" + (", but for known findings" if footer["findings"] else "")
    return f"{compared}: {_count(len(failing), 'finding')}, {footer['divergences']:,} divergences"


def _inconclusive(footer: dict[str, Any]) -> str:
    if not footer["inconclusive"]:
        return "none inconclusive"
    reasons = sorted(footer["reasons"].items(), key=lambda item: -item[1])[:SHOWN_REASONS]
    named = ", ".join(f"{visible(name)} {count:,}" for name, count in reasons)
    return f"{footer['inconclusive']:,} inconclusive ({named})"


def _time(footer: dict[str, Any]) -> str:
    stages = dict(footer["seconds_by_stage"])
    engines = footer["seconds_by_engine"]
    total = sum(stages.values()) or 1.0
    stages.pop("engines", None)
    parts = {**{visible(name): seconds for name, seconds in engines.items()}, **stages}
    ordered = sorted(parts.items(), key=lambda part: -part[1])
    return ", ".join(f"{name} {max(0.0, seconds) / total:.0%}" for name, seconds in ordered)


def _finding(number: int, finding: Finding) -> Group:
    """One finding: the verdict first, with what the guide says, then the signature and both answers."""
    verdict = verdict_of(finding) or finding.signature
    told = list(map(visible, notes(finding)))
    if (size := _size(finding.path)) is not None:
        told.append(size)
    lines = [Text(f"{number}. {visible(verdict, LONGEST_VERDICT)}", style="bold")]
    if quotation := cited(finding):
        lines.append(Text(f"   {visible(quotation, LONGEST_VERDICT)}", style="italic"))
    if verdict != finding.signature:
        lines.append(Text(f"   {visible(finding.signature)}"))
    lines.append(Text("   " + "; ".join(told), style="dim"))
    return Group(*lines, divergence(divergence_from_json(finding.divergence)))


def _size(path: str | None) -> str | None:
    """How small the saved case is, as far as its request and text say."""
    if path is None:
        return None
    try:
        saved = read_case(Path(path))
    except InputProblem:
        return None
    case = saved.case
    requests = _count(len(case.requests), "request")
    return f"saved with {requests} and {len(case.policies.text)} characters of policy"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def target_table(rows: list[dict[str, Any]]) -> Table:
    """The targets: name, law, share of the budget."""
    table = Table(box=None, pad_edge=False)
    table.add_column("target", style="bold", no_wrap=True)
    table.add_column("share", justify="right")
    table.add_column("law")
    for row in rows:
        table.add_row(Text(row["name"]), Text(f"{row['share']:.0%}"), Text(row["sentence"]))
    return table
