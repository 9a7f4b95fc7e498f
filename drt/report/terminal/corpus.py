"""A corpus for people: its faults, its figures, what a merge or a pruning did, and one case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from drt.corpus.check import Checked
from drt.corpus.known import KNOWN_FILE
from drt.corpus.merge import Merged
from drt.corpus.prune import Pruning
from drt.corpus.stats import Size, Stats
from drt.model.saved_case import SavedCase
from drt.replay.shell_commands import by_hand, files_of
from drt.report.terminal.console import escape_untrusted, from_here
from drt.report.terminal.divergence import case_texts, print_lines

SHOWN_TAGS = 24


def print_checked(console: Console, found: Checked) -> None:
    """Print one sentence per fault, then their number."""
    for fault in found.faults:
        line = f"{fault} (mended)" if fault.mended else str(fault)
        console.print(
            Text(escape_untrusted(line), style="red" if fault.unreadable else "yellow"), soft_wrap=True
        )
    left = sum(1 for fault in found.faults if not fault.mended)
    unreadable = sum(1 for fault in found.faults if fault.unreadable)
    line = f"{left} {'fault' if left == 1 else 'faults'}" if left else "all in order"
    hint = f", {unreadable} of them unreadable" if unreadable else ""
    console.print(Text(f"{len(found.cases)} cases read: {line}{hint}", style="bold red" if left else "bold"))


def print_stats(console: Console, figures: Stats) -> None:
    """Print the figures in small tables."""
    share = figures.cells / figures.cells_total
    console.print(Text(f"{figures.cases} cases", style="bold"))
    console.print(
        f"they reach {figures.cells:,} of {figures.cells_total:,} coverage bins (operator, kinds, "
        f"outcome; {share:.0%}) and are written with {len(figures.features)} of its words"
    )
    for problem in figures.unreadable:
        console.print(Text(f"cannot be read: {escape_untrusted(problem)}", style="red"), soft_wrap=True)
    for title, counts in (
        ("status", figures.statuses),
        ("target", figures.targets),
        ("component", figures.components),
        ("topic", figures.topics),
    ):
        if counts:
            console.print()
            console.print(_counts(title, counts))
    if figures.sizes:
        console.print()
        console.print(_sizes(figures.sizes))
    for title, counts in (("tags", figures.tags), ("words", figures.features)):
        line = ", ".join(
            f"{escape_untrusted(name)} {count}" for name, count in list(counts.items())[:SHOWN_TAGS]
        )
        more = len(counts) - SHOWN_TAGS
        if line:
            console.print()
            console.print(Text(f"{title}: {line}{f', and {more} more' if more > 0 else ''}"))


def _counts(title: str, counts: Mapping[str, int]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column(title)
    table.add_column("cases", justify="right")
    for name, count in counts.items():
        table.add_row(Text(escape_untrusted(name)), f"{count:,}")
    return table


def _sizes(sizes: Mapping[str, Size]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("a case has")
    for name in ("least", "median", "most", "all together"):
        table.add_column(name, justify="right")
    for name, size in sizes.items():
        table.add_row(name, f"{size.least:,}", f"{size.median:,g}", f"{size.most:,}", f"{size.total:,}")
    return table


def print_merged(console: Console, done: Sequence[Merged], left: Mapping[Path, Sequence[str]]) -> None:
    """Print the fate of each case that was not there already, then the counts.

    `left` are known findings that only the other corpora have.
    """
    for one in done:
        if one.fate == "refused":
            console.print(Text(f"refused: {escape_untrusted(one.reason)}", style="red"), soft_wrap=True)
        elif one.fate != "there already":
            place = f": {escape_untrusted(from_here(str(one.place)))}" if one.place else ""
            console.print(
                Text(f"{escape_untrusted(from_here(str(one.source)))} {one.fate}{place}"), soft_wrap=True
            )
    for other, names in left.items():
        line = f"{from_here(str(other / KNOWN_FILE))}: not taken in: {', '.join(names)}"
        console.print(Text(escape_untrusted(line), style="yellow"), soft_wrap=True)
    counts = Counter(one.fate for one in done)
    line = ", ".join(f"{count} {fate}" for fate, count in counts.most_common())
    console.print(Text(f"{_cases(len(done))} looked at: {line}", style="bold"))


def print_pruning(console: Console, pruning: Pruning, gone: Sequence[Path], carried_out: bool) -> None:
    """Print the cases that go, and how many stay for which reason."""
    for problem in pruning.unreadable:
        console.print(
            Text(f"cannot be read, stays: {escape_untrusted(str(problem))}", style="yellow"), soft_wrap=True
        )
    went = set(gone)
    for path, _ in pruning.drop:
        fate = "can go" if not carried_out else "dropped" if path in went else "changed meanwhile, stays"
        console.print(Text(f"{fate}: {escape_untrusted(from_here(str(path)))}"), soft_wrap=True)
    kinds = Counter(reason.partition(" reaches ")[0] for _, reason in pruning.keep)
    for reason, count in kinds.most_common():
        console.print(Text(f"{_cases(count)} stay: {escape_untrusted(reason)}", style="dim"))
    line = f"{_cases(len(went))} dropped" if carried_out else f"{_cases(len(pruning.drop))} can go"
    hint = "; --apply drops them" if pruning.drop and not carried_out else ""
    console.print(Text(f"{line}, {len(pruning.keep)} stay{hint}", style="bold"))


def _cases(count: int) -> str:
    return f"{count:,} {'case' if count == 1 else 'cases'}"


def print_case(console: Console, path: Path, saved: SavedCase) -> None:
    """One case: what it shows, its texts, what must come out, what is known, and how to ask it by hand."""
    console.print(Text(escape_untrusted(saved.description or saved.name), style="bold"))
    for name, line in _facts(path, saved):
        console.print(Text(f"{name}: {escape_untrusted(line)}", style="dim"), soft_wrap=True)
    console.print()
    console.print(case_texts(saved.case))
    expected = list(_expected(saved))
    if expected:
        console.print(Text("must come out", style="bold dim"))
        for line in expected:
            console.print(Text(f"  {escape_untrusted(line)}"), soft_wrap=True)
    print_lines(console, by_hand(saved.case, files_of(path)))


def _facts(path: Path, saved: SavedCase) -> list[tuple[str, str]]:
    facts = [
        ("case", from_here(str(path))),
        ("source", saved.source),
        ("tags", ", ".join(saved.tags)),
        ("signature", saved.signature),
        ("status", saved.status or ""),
        ("drawn by", _origin(saved)),
    ]
    if saved.verdict is not None:
        written = f" ({saved.verdict.source})" if saved.verdict.source else ""
        facts.append(("verdict", f"{saved.verdict.wrong} is wrong: {saved.verdict.because}{written}"))
    return [(name, line) for name, line in facts if line]


def _origin(saved: SavedCase) -> str:
    """Render the target and random seed of a case, and the engines that differed on it."""
    origin = saved.origin
    if "target" not in origin:
        return ""
    engines = origin.get("engines")
    named = engines.items() if isinstance(engines, dict) else ()
    line = " and ".join(f"{name} {version}" for name, version in named)
    return (
        f"{origin['target']}, random seed {origin.get('random_seed')}, case {origin.get('index')}"
        f"{f'; {line}' if line else ''}"
    )


def _expected(saved: SavedCase) -> list[str]:
    expected = saved.expected
    line = []
    if expected.rejected is not None:
        line.append(f"the {expected.rejected} refused")
    if expected.should_validate is not None:
        line.append("the policies are valid" if expected.should_validate else "the policies are not valid")
    for verdict in expected.verdicts:
        how = verdict.mode if verdict.level is None else f"level {verdict.level}"
        line.append(f"{how}: invalid are {', '.join(verdict.invalid) or 'none'}")
    for response in expected.responses:
        if response.rejected:
            line.append(f"request {response.request}: refused")
            continue
        reason = ", ".join(response.reason) or "nothing"
        kinds = dict(response.error_kinds)
        erring = ", ".join(f"{policy} ({kinds.get(policy, 'any kind')})" for policy in response.errors)
        line.append(
            f"request {response.request}: {response.decision}, because of {reason}"
            f"{f'; erring: {erring}' if erring else ''}"
        )
    for value in expected.values:
        outcome = "refused" if value.rejected else value.value or f"fails: {value.error or 'any error'}"
        expression = saved.case.expressions[value.expression]
        line.append(f"{expression} under request {value.request}: {outcome}")
    return line
