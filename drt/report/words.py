"""Wording shared by all reports: the headline, the notes on a finding, numbers, times."""

from __future__ import annotations

import datetime
import hashlib
from importlib.metadata import PackageNotFoundError, version

from drt.model.escape import escape_untrusted
from drt.model.exit_codes import BROKEN, CLEAN, FOUND, INTERRUPTED, NOTHING_RUN, UNREPRODUCIBLE
from drt.report import finding_words
from drt.report.bucket import Bucket
from drt.report.finding_words import cited, verdict_of
from drt.report.gathered import Report, RunFacts
from drt.run.footer import HarnessError, left_out
from drt.run.statistics import Counts

CONCLUSIONS = {
    CLEAN: "clean",
    FOUND: "a finding",
    BROKEN: "the harness broke",
    UNREPRODUCIBLE: "only findings that could not be reproduced",
    NOTHING_RUN: "too little was compared",
    INTERRUPTED: "interrupted",
}


def count(number: int, noun: str, several: str | None = None) -> str:
    """`1 case`, `2,000 cases`."""
    return f"{number:,} {noun if number == 1 else several or noun + 's'}"


def lasting(seconds: float) -> str:
    """`42 s`, `5 min 30 s`, `6 h 2 min`."""
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def moment(at: float) -> str:
    """Format a time in UTC, to the second."""
    return datetime.datetime.fromtimestamp(at, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def excused(counts: Counts) -> str:
    """Name the declared differences that excused divergences, as in `declared (wide)`; empty if none did."""
    names = ", ".join(escape_untrusted(name).replace("\n", "⏎") for name in sorted(counts.excused))
    return f"declared ({names})" if names else ""


def no_finding(counts: Counts) -> str:
    """Say that there is no finding, and which declared differences excused the divergences if there are."""
    declared = excused(counts)
    return f"{count(counts.divergences, 'divergence')}, all {declared}" if declared else "no divergence"


def headline(report: Report) -> str:
    """Summarise the verdict in a few words."""
    failing = len(report.failing)
    known = sum(1 for bucket in report.buckets if bucket.finding.known is not None)
    flaky = len(report.buckets) - failing - known
    parts = [count(failing, "finding")] if failing else []
    if flaky:
        parts.append(f"{count(flaky, 'finding')} that could not be reproduced")
    if known:
        parts.append(count(known, "known finding"))
    if not report.compared and not report.buckets:
        parts.append("nothing was compared")
    parts += [
        left_out(name, share)
        for name, share in {name: share for run in report.runs for name, share in run.partial.items()}.items()
    ]
    if report.broken:
        parts.append(f"the harness broke {count(report.broken, 'time')}")
    if report.missed:
        parts.append(f"{count(len(report.missed), 'event')} that never happened")
    if not failing and not flaky and report.compared and not report.broken and not report.missed:
        parts.insert(0, "nothing new" if known else no_finding(report.counts))
    if report.buckets and (declared := excused(report.counts)):
        parts.append(f"other divergences {declared}")
    return ", ".join(parts)


def standing(report: Report) -> str:
    """Whether it is over, where it is not simply so; else empty."""
    cut = sum(1 for run in report.runs if not run.complete)
    stopped = sum(1 for run in report.runs if run.interrupted)
    if len(report.runs) == 1:
        return "not finished" if cut else ("interrupted" if stopped else "")
    parts = [f"{cut} of {len(report.runs)} runs not finished"] if cut else []
    return ", ".join(parts + ([f"{stopped} interrupted"] if stopped else []))


def volume(report: Report) -> str:
    """Describe the volume of the run in one line."""
    counts = report.counts
    rate = sum(run.counts.decisions / run.seconds for run in report.runs if run.seconds)
    return (
        f"{count(counts.cases, 'case')}, {count(counts.decisions, 'decision')} in {lasting(report.seconds)} "
        f"({rate:,.0f} decisions a second)"
    )


def notes(bucket: Bucket) -> list[str]:
    """List the facts about a finding beside its signature."""
    parts = finding_words.notes(bucket.finding)
    if bucket.replay is not None and not bucket.is_here:
        parts.append("replay it from the root of a checkout")
    return parts


def verdict_lines(bucket: Bucket) -> list[str]:
    """List the verdict and the language guide's words; empty for logs of an older drt."""
    sentence = verdict_of(bucket.finding)
    return [line for line in (sentence, cited(bucket.finding)) if line] if sentence else []


def identity(bucket: Bucket) -> str:
    """Hash the signature to a short name of the bucket, the same in every report."""
    return hashlib.sha256(bucket.finding.signature.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def sometimes(report: Report) -> str:
    """Describe in one line how many of the required events occurred."""
    reached = sum(1 for times in report.sometimes.values() if times)
    return f"{reached} of {count(len(report.sometimes), 'event')} that must happen sometimes did"


def about(run: RunFacts) -> str:
    """Describe the circumstances of a run in one line."""
    engines = ", ".join(f"{name} {version}" for name, version in run.engines.items())
    shard = f", shard {run.shard}" if run.shard else ""
    return (
        f"{moment(run.began)}, random seed {run.random_seed}{shard}, {count(run.jobs, 'worker')}; {engines}"
    )


def place_of(error: HarnessError) -> str:
    """Describe where the harness broke."""
    return f"{error.what}, case {error.index} of {error.target}" if error.target else f"{error.what}"


def drt_version() -> str:
    """Find the version of this harness; `unknown` if it is not installed."""
    try:
        return version("cedar-drt-py")
    except PackageNotFoundError:
        return "unknown"
