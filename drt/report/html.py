"""A report as one HTML file: no script, no network, readable in light and dark, on paper and aloud.

`report.html.jinja` is the page; this module computes what it shows. Every text is escaped by the template.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from drt.coverage.bins import UNREACHABLE
from drt.model.case import Case
from drt.model.divergence import Divergence
from drt.model.escape import escape_untrusted
from drt.model.outcome_text import SAYS, side_by_side
from drt.report import heat
from drt.report.bucket import Bucket
from drt.report.charts import Chart, Line, describe, over_time
from drt.report.finding_words import grouped
from drt.report.gathered import Report, RunFacts
from drt.report.json_form import PARTS
from drt.report.kinds import KINDS
from drt.report.page import page_environment, style
from drt.report.series import growth, rates
from drt.report.words import (
    CONCLUSIONS,
    count,
    drt_version,
    headline,
    identity,
    lasting,
    moment,
    notes,
    place_of,
    sometimes,
    standing,
    verdict_lines,
)
from generators.language import KINDS as OPERANDS

SECTIONS = {
    "findings": "Findings",
    "volume": "Volume",
    "language": "Language reached",
    "stream": "The stream of cases",
    "targets": "Targets",
    "runs": "Runs",
}
MOST_FINDINGS = 200
SHOWN_EVENTS = 24
LONGEST_PART = 6000
LONGEST_OPEN = 1500
"""Characters of a case that is shown unfolded."""

TARGET_HEAD = (
    "target", "cases", "comparisons", "decisions", "divergences", "inconclusive", "cases / s", "findings",
)  # fmt: skip
STREAM_COLUMNS = {
    "share": "of the cases",
    "allow": "allow",
    "forbidden": "denied by a forbid",
    "nothing_applied": "denied, nothing applies",
    "error": "with an erring policy",
    "valid": "valid policies",
    "with_conditions": "with conditions",
    "trivial": "trivial conditions",
}


def as_html(report: Report) -> str:
    """Render the whole page."""
    environment = page_environment(
        identity=identity,
        notes=notes,
        verdict_lines=verdict_lines,
        names_of=lambda divergence: [name for name, _ in divergence.answers],
        answer_rows=_answer_rows,
        part_rows=_part_rows,
        parts_of=lambda case: list(_parts(case)),
        is_short=lambda parts: sum(len(text) for _, text in parts) <= LONGEST_OPEN,
        cut=lambda text: escape_untrusted(text, LONGEST_PART),
        level=heat.level,
        compact=heat.compact,
        SECTIONS=SECTIONS,
        KINDS=KINDS,
        OPERANDS=OPERANDS,
        OUTCOMES=heat.OUTCOMES,
        SIDE=heat.SIDE,
        TARGET_HEAD=TARGET_HEAD,
        STREAM_HEAD=("stream", *STREAM_COLUMNS.values()),
    )
    return environment.get_template("report.html.jinja").render(_page(report)) + "\n"


def _page(report: Report) -> dict[str, Any]:
    """Compute everything that the page shows."""
    found = heat.operators(report.features) if report.features else []
    return {
        "report": report,
        "style": style(),
        "version": drt_version(),
        "headline": headline(report),
        "standing": standing(report),
        "eyebrow": _eyebrow(report),
        "conclusion": _conclusion(report),
        "is_bad": bool(report.failing or report.broken or report.missed),
        "findings": _numbered(report),
        "left_out": max(0, len(report.buckets) - MOST_FINDINGS),
        "figures": _figures(report),
        "charts": list(_charts(report)),
        "coverage_lede": _coverage_lede(report),
        "operators": found,
        "kind_maps": heat.kind_maps(found),
        "missing": report.coverage.missing,
        "streams": list(_streams(report)),
        "distinct": ", ".join(
            f"{100 * sample.share:.1f} % of the {name}" for name, sample in report.counts.distinct.items()
        ),
        "blocks": list(_blocks(report)),
        "sometimes": sometimes(report),
        "never": [name for name, times in report.sometimes.items() if not times],
        "events": [(name, f"{times:,}") for name, times in report.sometimes.items()],
        "targets": list(_targets(report)),
        "runs": [_run(run) for run in report.runs],
    }


def _eyebrow(report: Report) -> str:
    first = moment(report.runs[0].began)
    if len(report.runs) > 1:
        return f"{len(report.runs)} runs of drt, the first of {first[:10]}"
    return f"drt run of {first.replace('T', ' ').removesuffix('Z')} UTC"


def _conclusion(report: Report) -> str:
    if not report.complete:
        return "What was known at its last sign of life."
    return f"Exit code {report.exit_code}: {CONCLUSIONS[report.exit_code]}."


def _numbered(report: Report) -> list[tuple[str, list[tuple[int, Bucket]]]]:
    """Group the findings under their headings, numbered throughout."""
    numbers = iter(range(1, MOST_FINDINGS + 1))
    groups = grouped([(bucket.state, bucket) for bucket in report.buckets[:MOST_FINDINGS]])
    return [(heading, [(next(numbers), bucket) for bucket in group]) for heading, group in groups]


def _figures(report: Report) -> list[tuple[str, str]]:
    """List the most important numbers, with their names."""
    counts, coverage = report.counts, report.coverage
    rate = sum(run.counts.decisions / run.seconds for run in report.runs if run.seconds)
    return [
        (f"{counts.cases:,}", "cases"),
        (f"{counts.decisions:,}", "decisions compared"),
        (f"{rate:,.0f}", "decisions per second"),
        (f"{coverage.percent:.1f} %", f"of {coverage.total:,} coverage bins"),
        (f"{counts.inconclusive:,}", "inconclusive"),
        (lasting(report.seconds), f"on {count(sum(run.jobs for run in report.runs), 'worker')}"),
    ]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of answers side by side."""

    name: str
    texts: tuple[str, ...]
    style: str = ""
    mark: bool = False
    code: bool = False


def _answer_rows(divergence: Divergence) -> list[Row]:
    return [
        Row(row.name, row.texts, "differ" if row.differ else "says" if row.name == SAYS else "", row.differ)
        for row in side_by_side(divergence.answers)
    ]


def _part_rows(bucket: Bucket) -> list[Row]:
    """Lay out the answers where the engines part; none if they are the answers of the finding."""
    part = bucket.part
    if part is None or (not part.operands and part.answers == bucket.finding.divergence.answers):
        return []
    *operands, (last, texts) = part.rows
    return [*(Row(name, answers, code=True) for name, answers in operands), Row(last, texts, "differ")]


def _parts(case: Case) -> Iterator[tuple[str, str]]:
    """Yield the parts of a case by name."""
    yield "policies", case.policies.text.strip("\n")
    if case.schema is not None:
        yield "schema", case.schema.text.strip("\n")
    if case.entities.strip() not in ("", "[]"):
        yield "entities", case.entities
    for template, new, values in case.links:
        yield f"link of {template}", f"{new}: " + ", ".join(f"{slot} = {uid}" for slot, uid in values)
    for number, request in enumerate(case.requests):
        yield f"request {number}", request.text
    for number, expression in enumerate(case.expressions):
        yield f"expression {number}", expression


def _charts(report: Report) -> Iterator[Chart]:
    every = [run.series for run in report.runs]
    decisions = rates([series.decisions for series in every], PARTS)
    cases = rates([series.cases for series in every], PARTS)
    reached = growth(every)
    if decisions:
        lines = [Line("decisions", decisions), Line("cases", cases)]
        yield over_time("Throughput per second", describe(decisions, "decisions per second"), lines)
    if reached:
        total = report.coverage.total
        caption = f"{reached[-1][1]:,.0f} of {total:,} after {lasting(reached[-1][0])}"
        yield over_time("Coverage bins reached", caption, [Line("reached", reached)], float(total))


def _coverage_lede(report: Report) -> str:
    coverage = report.coverage
    return (
        f"{coverage.reached:,} of {coverage.total:,} coverage bins (operator, kinds of its operands, "
        f"outcome); {count(len(coverage.missing), 'bin')} not reached."
    )


def _streams(report: Report) -> Iterator[tuple[str, ...]]:
    """Yield one row per stream of cases, after one for all of them, the largest first."""
    streams = report.counts.stream_shares()
    for name, shares in sorted(streams.items(), key=lambda item: (item[0] != "all", -item[1]["share"])):
        yield (name, *(f"{100 * shares[column]:.1f} %" for column in STREAM_COLUMNS))


@dataclass(frozen=True, slots=True)
class Block:
    """Names with their numbers and a bar for each."""

    title: str
    rows: list[dict[str, str]]
    remarks: tuple[str, ...] = ()


def _block(title: str, values: Mapping[str, float], *remarks: str, share: bool = False) -> Block:
    """Lay out bars, the longest first; a share is a part of 1."""
    most = 1.0 if share else max(values.values(), default=1.0) or 1.0
    rows = [
        {
            "name": name,
            "number": f"{100 * value:.1f} %" if share else f"{value:,.0f}",
            "width": f"{100 * max(0.0, value) / most:.1f}",
        }
        for name, value in sorted(values.items(), key=lambda item: -item[1])
    ]
    return Block(title, rows, remarks)


def _blocks(report: Report) -> Iterator[Block]:
    counts = report.counts
    shares = counts.shares()
    decisions = {"allow": shares["allow"], "deny": shares["deny"], "with an erring policy": shares["error"]}
    facts = {name: times for name, times in counts.events.items() if name not in ("allow", "deny", "erring")}
    often = dict(sorted(facts.items(), key=lambda item: -item[1])[:SHOWN_EVENTS])
    yield _block("Decisions", decisions, share=True)
    yield _block("Where the time goes", _time(report), share=True)
    yield _block("Why questions could not be compared", counts.reasons)
    yield _block("Facts about the answers", often)
    if report.features:
        kinds = report.coverage.error_kinds
        reachable = {kind: float(times) for kind, times in kinds.items() if kind not in UNREACHABLE}
        remarks = [f"{kind} cannot be: {reason}" for kind, reason in UNREACHABLE.items()]
        yield _block("Errors reached", reachable, *remarks)


def _time(report: Report) -> dict[str, float]:
    """Compute the shares of the workers' time, engines by name."""
    counts = report.counts
    parts = {**counts.seconds, **counts.engines}
    parts.pop("engines", None)
    idle = (max(0.0, run.seconds * run.jobs - sum(run.counts.seconds.values())) for run in report.runs)
    parts["other"] = parts.get("other", 0.0) + sum(idle)
    total = sum(parts.values()) or 1.0
    return {name: seconds / total for name, seconds in parts.items()}


def _targets(report: Report) -> Iterator[tuple[str, ...]]:
    found = [bucket.finding.target for bucket in report.failing]
    for name, counts in report.targets.items():
        seconds = sum(counts.seconds.values())
        numbers = (
            counts.cases, counts.comparisons, counts.decisions, counts.divergences, counts.inconclusive,
        )  # fmt: skip
        rate = f"{counts.cases / seconds:,.0f}" if seconds else "–"
        yield (name, *(f"{number:,}" for number in numbers), rate, str(found.count(name) or "–"))


def _run(run: RunFacts) -> dict[str, Any]:
    facts = {
        "began": moment(run.began).replace("T", " ").replace("Z", " UTC"),
        "took": lasting(run.seconds) + ("" if run.complete else " so far"),
        "random seed": str(run.random_seed),
        "shard": run.shard,
        "engines": ", ".join(f"{name} {version}" for name, version in run.engines.items()),
        "volume": f"{count(run.counts.cases, 'case')} on {count(run.jobs, 'worker')}",
        "machine": run.machine,
        "worker crashes": str(run.deaths) if run.deaths else None,
        "harness broke": count(run.broken, "time") if run.broken else None,
        "cannot start": run.cannot_start,
        "log": run.folder,
    }
    return {
        "facts": [(name, fact) for name, fact in facts.items() if fact is not None],
        "errors": [f"{place_of(error)}: {error.error}" for error in run.errors],
        "statistics": run.statistics,
    }
