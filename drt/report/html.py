"""A report as one HTML file: no script, no network, readable in light and dark, on paper and aloud.

Owns the order of the page: the verdict, the findings, the volume, the coverage of the language, the
statistics of the generator, the targets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from drt.coverage.bins import UNREACHABLE
from drt.report.charts import Line, chart, told_of
from drt.report.gathered import Report, RunFacts
from drt.report.heat import key, kind_maps, operators, outcome_table
from drt.report.html_findings import findings
from drt.report.json_form import PARTS
from drt.report.markup import Markup, join, table, tag, text
from drt.report.series import growth, rates
from drt.report.words import (
    CONCLUSIONS,
    count,
    drt_version,
    headline,
    lasting,
    moment,
    place_of,
    sometimes,
    standing,
)

STYLE = Path(__file__).with_name("style.css")
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
SECTIONS = {
    "findings": "Findings",
    "time": "Volume",
    "language": "Language reached",
    "stream": "The stream of cases",
    "targets": "Targets",
    "runs": "Runs",
}
SHOWN_EVENTS = 24


def as_html(report: Report) -> str:
    """The whole page."""
    title = f"drt: {headline(report)}"
    head = tag(
        "head",
        Markup('<meta charset="utf-8">'),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        tag("style", Markup(STYLE.read_text(encoding="utf-8"))),
    )
    links = [tag("a", name, href=f"#{anchor}") for anchor, name in SECTIONS.items()]
    parts = {
        "findings": _findings(report),
        "time": _volume(report),
        "language": _language(report),
        "stream": _stream(report),
        "targets": _targets(report),
        "runs": _runs(report),
    }
    sections = [
        tag(
            "section",
            tag("h2", name, id=f"{anchor}-title"),
            parts[anchor],
            id=anchor,
            aria_labelledby=f"{anchor}-title",
        )
        for anchor, name in SECTIONS.items()
    ]
    foot = tag("footer", f"drt {drt_version()}; made from the log alone: drt report RUN --format html")
    body = tag("body", _header(report), tag("nav", links, aria_label="Sections"), tag("main", sections), foot)
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


def _header(report: Report) -> Markup:
    state, first = standing(report), report.runs[0]
    conclusion = CONCLUSIONS[report.exit_code]
    told = (
        f"Exit code {report.exit_code}: {conclusion}." if report.complete else "What it had come to by then."
    )
    eyebrow = f"drt run of {moment(first.began).replace('T', ' ').removesuffix('Z')} UTC"
    if len(report.runs) > 1:
        eyebrow = f"{len(report.runs)} runs of drt, the first of {moment(first.began)[:10]}"
    words = headline(report)
    bad = bool(report.failing or report.broken or report.missed)
    return tag(
        "header",
        tag("p", eyebrow, class_="eyebrow"),
        tag("h1", words[:1].upper() + words[1:], class_="alert" if bad else None),
        tag("p", f"{state[:1].upper()}{state[1:]}. " if state else "", told, class_="state-line"),
    )


def _figures(report: Report) -> Markup:
    """The numbers that matter most, large."""
    counts, coverage = report.counts, report.coverage
    rate = sum(run.counts.decisions / run.seconds for run in report.runs if run.seconds)
    shown = [
        (f"{counts.cases:,}", "cases"),
        (f"{counts.decisions:,}", "decisions compared"),
        (f"{rate:,.0f}", "decisions a second"),
        (f"{coverage.percent:.1f} %", f"of {coverage.total:,} cells of the language"),
        (f"{counts.inconclusive:,}", "inconclusive"),
        (lasting(report.seconds), f"on {count(sum(run.jobs for run in report.runs), 'worker')}"),
    ]
    return tag(
        "dl", [tag("div", tag("dd", number), tag("dt", name)) for number, name in shown], class_="figures"
    )


def _findings(report: Report) -> Markup:
    if not report.buckets:
        told = (
            "The engines agreed on everything that could be compared."
            if report.compared
            else "Nothing to show."
        )
        return tag("p", told)
    return findings(report.buckets)


def _volume(report: Report) -> Markup:
    every = [run.series for run in report.runs]
    decisions = rates([series.decisions for series in every], PARTS)
    cases = rates([series.cases for series in every], PARTS)
    reached = growth(every)
    charts = []
    if decisions:
        lines = [Line("decisions", decisions), Line("cases", cases)]
        charts.append(chart("Throughput, a second", told_of(decisions, "decisions a second"), lines))
    if reached:
        total = report.coverage.total
        told = f"{reached[-1][1]:,.0f} of {total:,} after {lasting(reached[-1][0])}"
        charts.append(chart("Cells of the language reached", told, [Line("reached", reached)], float(total)))
    if not charts:
        none = "The log holds no samples: the run was too short, or made by an older drt."
        return join([_figures(report), tag("p", none)])
    return join([_figures(report), tag("div", charts, class_="charts")])


def _language(report: Report) -> Markup:
    if not report.features:
        return tag("p", "No case was watched: nothing is known about the rules that were reached.")
    coverage = report.coverage
    found = operators(report.features)
    missing = len(coverage.missing)
    lede = (
        f"{coverage.reached:,} of {coverage.total:,} cells, a cell being an operator, the kinds of its "
        f"operands and an outcome; {count(missing, 'cell')} not reached."
    )
    listed = tag(
        "details",
        tag("summary", f"The {missing:,} cells not reached"),
        tag("pre", "\n".join(coverage.missing)),
    )
    return join(
        [
            tag("p", lede),
            tag("h3", "Kinds of operands"),
            key(),
            kind_maps(found),
            tag("h3", "Outcomes"),
            outcome_table(found),
            listed if missing else Markup(""),
        ]
    )


def _stream(report: Report) -> Markup:
    counts = report.counts
    events = {name: told for name, told in counts.events.items() if name not in ("allow", "deny", "erring")}
    shares = counts.shares()
    told = {"allow": shares["allow"], "deny": shares["deny"], "with an erring policy": shares["error"]}
    often = dict(sorted(events.items(), key=lambda item: -item[1])[:SHOWN_EVENTS])
    blocks = [
        _bars("Decisions", told, share=True),
        _bars("Where the time goes", _time(report), share=True),
        _bars("Why questions could not be compared", counts.reasons),
        _bars("Facts about the answers", often),
    ]
    if report.features:
        kinds = report.coverage.error_kinds
        reachable = {kind: float(times) for kind, times in kinds.items() if kind not in UNREACHABLE}
        why = [tag("p", f"{kind} cannot be: {reason}", class_="none") for kind, reason in UNREACHABLE.items()]
        blocks.append(tag("div", _bars("Errors reached", reachable), why))
    return join([_streams(report), tag("div", blocks, class_="blocks"), _sometimes(report)])


def _streams(report: Report) -> Markup:
    """What the streams of cases are like, a row each, after one for all of them."""
    counts = report.counts
    told = counts.stream_shares()
    if not told:
        return Markup("")
    columns = {
        "share": "of the cases",
        "allow": "allow",
        "forbidden": "denied by a forbid",
        "nothing_applied": "denied, nothing applies",
        "error": "with an erring policy",
        "valid": "valid policies",
        "with_conditions": "with conditions",
        "trivial": "trivial conditions",
    }
    largest_first = sorted(told.items(), key=lambda item: (item[0] != "all", -item[1]["share"]))
    rows = [
        (stream, *(f"{100 * shares[name]:.1f} %" for name in columns)) for stream, shares in largest_first
    ]
    listed = table(("stream", *columns.values()), rows, range(1, len(columns) + 1), "targets")
    different = [f"{100 * sample.share:.1f} % of the {name}" for name, sample in counts.distinct.items()]
    return join([listed, tag("p", f"Distinct: {', '.join(different)}.") if different else Markup("")])


def _sometimes(report: Report) -> Markup:
    """Which of the events that must happen sometimes did."""
    if not report.features or not report.sometimes:
        return Markup("")
    never = [name for name, times in report.sometimes.items() if not times]
    rows = [(name, f"{times:,}") for name, times in report.sometimes.items()]
    folded = tag("details", tag("summary", "All of them"), table(("event", "times"), rows, (1,)))
    parts = [tag("h3", "What must happen sometimes"), tag("p", f"{sometimes(report)}.")]
    if never:
        alert = "alert" if report.missed else None
        parts.append(tag("p", tag("span", "Never: ", class_=alert), "; ".join(never), "."))
    return tag("div", *parts, folded)


def _bars(title: str, values: Mapping[str, float], share: bool = False) -> Markup:
    """Names with their numbers, and a bar for each; a share is a part of 1."""
    ordered = sorted(values.items(), key=lambda item: -item[1])
    most = 1.0 if share else max(values.values(), default=1.0) or 1.0
    rows = [
        tag(
            "tr",
            tag("th", name, scope="row"),
            tag("td", f"{100 * value:.1f} %" if share else f"{value:,.0f}", class_="n"),
            tag("td", tag("span", style=f"width:{100 * max(0.0, value) / most:.1f}%"), class_="bar"),
        )
        for name, value in ordered
    ]
    body = tag("table", tag("tbody", rows), class_="bars") if rows else tag("p", "none", class_="none")
    return tag("div", tag("h3", title), body)


def _time(report: Report) -> dict[str, float]:
    """The parts of the workers' time, engines by name."""
    counts = report.counts
    parts = {**counts.seconds, **counts.engines}
    parts.pop("engines", None)
    for run in report.runs:
        parts["other"] = parts.get("other", 0.0) + max(
            0.0, run.seconds * run.jobs - sum(run.counts.seconds.values())
        )
    total = sum(parts.values()) or 1.0
    return {name: seconds / total for name, seconds in parts.items()}


def _targets(report: Report) -> Markup:
    found = dict.fromkeys(report.targets, 0)
    for bucket in report.failing:
        found[bucket.finding.target] = found.get(bucket.finding.target, 0) + 1

    def rows() -> Iterator[tuple[str, ...]]:
        for name, counts in report.targets.items():
            seconds = sum(counts.seconds.values())
            numbers = (
                counts.cases,
                counts.comparisons,
                counts.decisions,
                counts.divergences,
                counts.inconclusive,
            )
            rate = f"{counts.cases / seconds:,.0f}" if seconds else "–"
            yield (name, *(f"{number:,}" for number in numbers), rate, str(found[name] or "–"))

    head = (
        "target",
        "cases",
        "comparisons",
        "decisions",
        "divergences",
        "inconclusive",
        "cases / s",
        "findings",
    )
    return table(head, rows(), range(1, len(head)), "targets")


def _runs(report: Report) -> Markup:
    several = len(report.runs) > 1
    return join(
        [
            join([tag("h3", f"Run {number}") if several else Markup(""), _run(run)])
            for number, run in enumerate(report.runs, 1)
        ]
    )


def _run(run: RunFacts) -> Markup:
    facts = {
        "began": moment(run.began).replace("T", " ").replace("Z", " UTC"),
        "took": lasting(run.seconds) + ("" if run.complete else " so far"),
        "random seed": str(run.random_seed),
        "shard": run.shard,
        "engines": ", ".join(f"{name} {version}" for name, version in run.engines.items()),
        "did": f"{count(run.counts.cases, 'case')} on {count(run.jobs, 'worker')}",
        "machine": run.machine,
        "deaths of workers": str(run.deaths) if run.deaths else None,
        "harness broke": count(run.broken, "time") if run.broken else None,
        "cannot start": run.cannot_start,
        "log": run.folder,
    }
    rows = [tag("div", tag("dt", name), tag("dd", told)) for name, told in facts.items() if told is not None]
    errors = [tag("pre", text(f"{place_of(error)}: {error.get('error')}")) for error in run.errors]
    sentences = tag("ul", [tag("li", sentence) for sentence in run.statistics])
    folded = tag("details", tag("summary", "Statistics of the generator"), sentences)
    return join([tag("dl", rows, class_="run"), *errors, folded])
