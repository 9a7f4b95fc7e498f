"""Progress of a run: a live view on a terminal, a plain line every 30 seconds elsewhere, or nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from drt.report.terminal.console import escape_untrusted, from_here, progress
from drt.report.words import count
from drt.run.options import RunOptions
from drt.run.progress import ProgressView, Status
from drt.run.records import Found

PLAIN_SECONDS = 30.0


def watcher(quiet: bool) -> ProgressView:
    """Choose the view for standard error: live on a terminal, plain elsewhere."""
    console = progress()
    if quiet:
        return Quiet()
    return LiveView(console) if console.is_terminal and not console.is_dumb_terminal else PlainView(console)


class Quiet:
    """No output."""

    def begin(self, options: RunOptions) -> None:
        pass

    def update(self, status: Status) -> None:
        pass

    def find(self, event: Found) -> None:
        pass

    def end(self) -> None:
        pass


class PlainView:
    """One line at the start, one per finding, and one every 30 seconds."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._printed_at = time.monotonic()

    def begin(self, options: RunOptions) -> None:
        self._print(opening(options))

    def update(self, status: Status) -> None:
        now = time.monotonic()
        if now - self._printed_at >= PLAIN_SECONDS:
            self._printed_at = now
            self._print(" · ".join(facts(status)))

    def find(self, event: Found) -> None:
        self._print(_found(event))

    def end(self) -> None:
        pass

    def _print(self, line: str) -> None:
        self._console.print(Text(line), soft_wrap=True)


class LiveView:
    """A few lines that are redrawn in place."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, auto_refresh=False, transient=True)
        self._options: RunOptions | None = None
        self._drawn = 0.0
        self._rates = Rates()

    def begin(self, options: RunOptions) -> None:
        self._options = options
        self._console.print(Text(opening(options)))
        self._live.start()

    def update(self, status: Status) -> None:
        now = time.monotonic()
        self._rates.note(now, status)
        if now - self._drawn >= 0.25:
            self._drawn = now
            self._live.update(self._picture(status), refresh=True)

    def find(self, event: Found) -> None:
        self._console.print(Text(_found(event), style="red"))

    def end(self) -> None:
        self._live.stop()

    def _picture(self, status: Status) -> RenderableType:
        assert self._options is not None
        limit = self._options.seconds or self._options.cases or 0
        done = status.elapsed if self._options.seconds is not None else status.cases
        head = Table.grid(padding=(0, 2))
        head.add_row(
            ProgressBar(total=limit or None, completed=min(done, limit), width=40),
            Text(_left(self._options, status)),
        )
        lines: list[RenderableType] = [head, Text("  ".join(facts(status)))]
        cases, decisions = self._rates.recent()
        lines.append(Text(f"just now {cases:,.0f} cases/s, {decisions:,.0f} decisions/s", style="dim"))
        if line := reached(status):
            lines.append(Text(line, style="dim"))
        if status.divergences:
            buckets = count(len(status.finds), "bucket")
            lines.append(Text(f"{status.divergences:,} divergences in {buckets}", style="red"))
            if status.ending:
                lines.append(Text("ending: reducing and saving what was found", style="dim"))
        return Group(*lines)


class Rates:
    """Cases and decisions per second over the last seconds."""

    def __init__(self, seconds: float = 3.0) -> None:
        self._seconds = seconds
        self._notes: list[tuple[float, int, int]] = []

    def note(self, now: float, status: Status) -> None:
        self._notes.append((now, status.cases, status.decisions))
        while len(self._notes) > 2 and now - self._notes[0][0] > self._seconds:
            self._notes.pop(0)

    def recent(self) -> tuple[float, float]:
        if len(self._notes) < 2:
            return 0.0, 0.0
        (start, cases, decisions), (end, more_cases, more_decisions) = self._notes[0], self._notes[-1]
        took = max(end - start, 1e-6)
        return max(0.0, (more_cases - cases) / took), max(0.0, (more_decisions - decisions) / took)


def _found(event: Found) -> str:
    """Describe a finding in one line: its difference at first, its signature once reduced."""
    if event.stage == "saved":
        return f"found: {escape_untrusted(event.signature.partition(' | ')[0], 300)}"
    return f"reduced: {escape_untrusted(event.signature, 300)}"


def opening(options: RunOptions) -> str:
    """Describe the run that begins, with its random seed."""
    engines = " against ".join(escape_untrusted(from_here(engine)) for engine in options.engines)
    targets = count(len(options.targets), "target")
    limit = " or ".join(_limits(options))
    workers = count(options.jobs, "worker")
    if options.shard[1] > 1:
        workers = f"{workers}, shard {options.shard[0] + 1} of {options.shard[1]}"
    return f"{engines}: {targets}, {limit}, {workers}, random seed {options.random_seed}"


def _limits(options: RunOptions) -> Iterator[str]:
    """Yield the limits of a run, whichever comes first."""
    if options.seconds is not None:
        yield f"for {duration(options.seconds)}"
    if options.cases is not None:
        yield f"{options.cases:,} cases"
    if options.stalled is not None:
        yield f"until nothing new for {duration(options.stalled)}"


def facts(status: Status) -> Iterator[str]:
    """Yield the most important numbers in words."""
    took = max(status.elapsed, 1e-6)
    yield f"{duration(round(status.elapsed))} elapsed"
    yield f"{status.cases:,} cases ({status.cases / took:,.0f}/s)"
    yield f"{status.decisions:,} decisions ({status.decisions / took:,.0f}/s)"
    yield f"{status.divergences:,} divergences"
    if status.deaths:
        yield count(status.deaths, "worker crash", "worker crashes")


def reached(status: Status) -> str:
    """Describe the features so far and the share of each stream; empty if there are none."""
    parts = [f"{status.features:,} features"] if status.features else []
    everything = sum(status.streams.values())
    if everything:
        shares = (
            f"{escape_untrusted(name)} {cases / everything:.0%}" for name, cases in status.streams.items()
        )
        parts.append(f"streams: {', '.join(shares)}")
    return "; ".join(parts)


def duration(seconds: float) -> str:
    """Format seconds for people: 45s, 3m10s, 2h05m."""
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.3g}s" if seconds < 10 and seconds != whole else f"{whole}s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}m{rest:02d}s" if rest else f"{minutes}m"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes:02d}m" if minutes else f"{hours}h"


def _left(options: RunOptions, status: Status) -> str:
    if options.seconds is not None:
        return f"{duration(max(0, round(options.seconds - status.elapsed)))} left"
    if options.cases is not None:
        return f"{status.cases:,} of {options.cases:,} cases"
    return f"nothing new for {duration(round(status.stalled))}"
