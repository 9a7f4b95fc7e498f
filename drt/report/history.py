"""History of runs, night by night: what each found, what it no longer finds, and how it grew.

Runs of one random seed that began within half a day are one night. A finding is open from the night that
first shows it, and closed in the first complete night that does not; one that comes back is opened again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drt.model import json_text
from drt.model.errors import InputProblem
from drt.report.charts import Chart, over_nights
from drt.report.gathered import Report, RunFacts, gather, together
from drt.report.page import page_environment, style
from drt.report.words import count, drt_version, headline, moment

SAME_NIGHT = 12 * 3600
SCORE = "score.json"
"""File in a run's folder with what `drt mutants --score TIME --json` printed that night."""

SECTIONS = {"nights": "Nights", "findings": "Findings"}


@dataclass(frozen=True, slots=True)
class Night:
    """One night: its runs taken together, and its findings beside those of the nights before.

    `opened` and `closed` are signatures. `killed` is how many planted defects a run of that night killed, and
    of how many, if its folder says so.
    """

    report: Report
    opened: tuple[str, ...]
    closed: tuple[str, ...]
    open: tuple[str, ...]
    killed: tuple[int, int] | None

    @property
    def day(self) -> str:
        """The date on which it began."""
        return moment(self.report.runs[0].began)[:10]

    @property
    def flaky(self) -> float | None:
        """The share of the findings that fresh processes did not see again; None without findings."""
        verdicts = [bucket.finding.solid for bucket in self.report.buckets]
        return verdicts.count(False) / len(verdicts) if verdicts else None

    @property
    def rate(self) -> float:
        """Decisions per worker and second."""
        seconds = sum(run.jobs * run.seconds for run in self.report.runs)
        return self.report.counts.decisions / seconds if seconds else 0.0

    def to_json(self) -> dict[str, Any]:
        """Return the figures for programs."""
        report = self.report
        return {
            "began": moment(report.runs[0].began),
            "random_seed": report.runs[0].random_seed,
            "runs": len(report.runs),
            "complete": report.complete,
            "verdict": headline(report),
            "exit_code": report.exit_code,
            "opened": list(self.opened),
            "closed": list(self.closed),
            "open": list(self.open),
            "flaky": self.flaky,
            "coverage": report.coverage.percent,
            "cases": report.counts.cases,
            "decisions": report.counts.decisions,
            "decisions_per_worker_second": self.rate,
            "killed": None if self.killed is None else {"killed": self.killed[0], "of": self.killed[1]},
        }


def history(folders: Sequence[Path]) -> tuple[Night, ...]:
    """Read the nights of these log folders, in order; raises `InputProblem` for a folder without a run."""
    nights: list[list[RunFacts]] = []
    for run in sorted(gather(folders).runs, key=lambda run: (run.random_seed, run.began)):
        last = nights[-1][0] if nights else None
        same = last is not None and last.random_seed == run.random_seed
        if last is not None and same and run.began - last.began <= SAME_NIGHT:
            nights[-1].append(run)
        else:
            nights.append([run])
    open_before: tuple[str, ...] = ()
    found: list[Night] = []
    for group in sorted(nights, key=lambda group: group[0].began):
        report = together(group)
        here = tuple(one.finding.signature for one in report.buckets if one.finding.solid is not False)
        opened = tuple(name for name in here if name not in open_before)
        gone = [name for name in open_before if name not in here]
        whole = report.complete and report.compared and not any(run.interrupted for run in group)
        closed = tuple(gone) if whole else ()
        open_before = (*(name for name in open_before if name not in closed), *opened)
        found.append(Night(report, opened, closed, open_before, _killed(group[0].folder)))
    return tuple(found)


def _killed(folder: str) -> tuple[int, int] | None:
    path = Path(folder) / SCORE
    if not path.is_file():
        return None
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        last, planted = document["killed"][-1], document["planted"]
        kinds = ("one engine", "both alike")
        return sum(int(last[kind]) for kind in kinds), sum(int(planted[kind]) for kind in kinds)
    except (OSError, ValueError, LookupError, TypeError):
        raise InputProblem("not what `drt mutants --score TIME --json` prints", path) from None


def history_json(nights: Sequence[Night]) -> str:
    """Write the nights for programs."""
    return json_text.dump({"nights": [night.to_json() for night in nights]})


HEAD = (
    "night", "verdict", "opened", "closed", "open", "flaky", "coverage", "cases", "decisions",
    "per worker and second", "killed",
)  # fmt: skip


def rows(nights: Sequence[Night]) -> list[tuple[str, ...]]:
    """Return the table of the nights, the newest first, under `HEAD`."""
    return [
        (
            night.day,
            headline(night.report),
            str(len(night.opened)),
            str(len(night.closed)),
            str(len(night.open)),
            "–" if night.flaky is None else f"{100 * night.flaky:.0f} %",
            f"{night.report.coverage.percent:.1f} %",
            f"{night.report.counts.cases:,}",
            f"{night.report.counts.decisions:,}",
            f"{night.rate:,.1f}",
            "–" if night.killed is None else f"{night.killed[0]} of {night.killed[1]}",
        )
        for night in reversed(nights)
    ]


def history_markdown(nights: Sequence[Night]) -> str:
    """Write the table of the nights as Markdown."""
    lines = [HEAD, ("---",) * len(HEAD), *rows(nights)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def history_html(nights: Sequence[Night]) -> str:
    """Render the page of the nights."""
    newest = nights[-1]
    still = len(newest.open)
    return (
        page_environment(SECTIONS=SECTIONS)
        .get_template("history.html.jinja")
        .render(
            style=style(),
            version=drt_version(),
            headline=f"{count(still, 'finding')} open" if still else "nothing open",
            standing=f"the last night: {headline(newest.report)}",
            eyebrow=f"{count(len(nights), 'night')} of drt, {nights[0].day} to {newest.day}",
            conclusion="",
            is_bad=bool(still),
            charts=list(charts(nights)),
            head=HEAD,
            rows=rows(nights),
            findings=list(_findings(nights)),
        )
        + "\n"
    )


def _findings(nights: Sequence[Night]) -> list[tuple[str, ...]]:
    """Return a row per signature: since when, until when, in how many nights, and whether it is open."""
    shown: dict[str, list[str]] = {}
    for night in nights:
        for bucket in night.report.buckets:
            if bucket.finding.solid is not False:
                shown.setdefault(bucket.finding.signature, []).append(night.day)
    still = set(nights[-1].open)
    ordered = sorted(shown.items(), key=lambda item: (item[0] not in still, item[1][-1], item[0]))
    return [
        (name, days[0], days[-1], str(len(days)), "open" if name in still else "closed")
        for name, days in ordered
    ]


def charts(nights: Sequence[Night]) -> list[Chart]:
    """Draw a curve per figure, if there are nights to compare."""
    if len(nights) < 2:
        return []
    figures: Mapping[str, tuple[str, list[float | None]]] = {
        "Open findings": ("after each night", [float(len(night.open)) for night in nights]),
        "Coverage": ("per cent of the operator bins", [night.report.coverage.percent for night in nights]),
        "Throughput": ("decisions per worker and second", [night.rate for night in nights]),
        "Flaky": (
            "per cent of the findings",
            [None if night.flaky is None else 100 * night.flaky for night in nights],
        ),
        "Kills": (
            "per cent of the planted defects",
            [
                None if night.killed is None else 100 * night.killed[0] / max(1, night.killed[1])
                for night in nights
            ],
        ),
    }
    days = [night.day for night in nights]
    return [
        over_nights(title, caption, values, days)
        for title, (caption, values) in figures.items()
        if any(value is not None for value in values)
    ]
