"""The page of found defects, as Markdown: made from the case directories alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from drt.corpus.found import Found
from drt.diagnosis.severity import SEVERITIES
from drt.model.escape import escape_untrusted
from drt.report.markdown import fenced
from drt.report.words import count

HEAD = """\
# Defects found in public engines

What this harness found in engines of other projects, each with its smallest input, what the engines answer,
and the rule of the language guide that decides. Only what was seen is listed, in the versions in which it was
seen; a public thread is named where a search found one. Most severe first: *fail-open* is an allow where the
language says deny.

`drt found` writes this page from the cases in `corpus/found`, and replays those of an engine with `--engine`.
"""
LONGEST_TEXT = 2_000


def found_page(cases: Sequence[Found]) -> str:
    """Write the page."""
    lines = [HEAD, "| engine | defects | versions | by severity |", "|---|--:|---|---|"]
    by_engine = [(engine, list(group)) for engine, group in groupby(cases, lambda one: one.engine)]
    for engine, group in by_engine:
        lines.append(f"| [{engine}](#{engine}) | {len(group)} | {_versions(group)} | {_severities(group)} |")
    for engine, group in by_engine:
        lines += ["", f"## {engine}", ""]
        for one in group:
            lines += [*_entry(one), ""]
    return "\n".join(lines).rstrip() + "\n"


def _versions(group: Sequence[Found]) -> str:
    return ", ".join(sorted({each.sight.last for each in group}))


def _severities(group: Sequence[Found]) -> str:
    found = [each.sight.severity for each in group]
    return ", ".join(f"{found.count(each)} {each}" for each in SEVERITIES if each in found)


def _entry(found: Found) -> Iterator[str]:
    """Write one defect."""
    saved, sight = found.saved, found.sight
    yield f"### {saved.description.rstrip('.')}"
    yield ""
    facts = [f"**{sight.severity}**", f"seen in {_range(found)}"]
    if sight.gone:
        facts.append(f"not in {sight.gone}")
    facts.append(f"thread {sight.thread}" if sight.thread else "no public thread known")
    yield f"{'; '.join(facts)}. Rule: {saved.source}."
    if saved.verdict is not None and saved.verdict.because:
        yield ""
        yield saved.verdict.because
    for name, text in _texts(found):
        yield ""
        yield f"{name}:"
        yield ""
        yield fenced(text.strip("\n"), "text", LONGEST_TEXT)
    if sight.answers:
        yield ""
        yield f"| {_cell(sight.question)} | answer |"
        yield "|---|---|"
        for engine, answer in sight.answers.items():
            yield f"| {_cell(engine)} | {_cell(answer)} |"
    yield ""
    yield f"`corpus/found/{found.engine}/{found.path.name}`"


def _range(found: Found) -> str:
    sight = found.sight
    return sight.first if sight.first == sight.last else f"{sight.first} to {sight.last}"


def _texts(found: Found) -> Iterator[tuple[str, str]]:
    """Yield the parts of the case that hold anything."""
    case = found.saved.case
    parts = [("policies", case.policies.text), *(("schema", each.text) for each in case.schemas)]
    parts += [("entities", case.entities), *(("request", each.text) for each in case.requests)]
    parts += [("expression", each) for each in case.expressions]
    parts += [("link", f"{template} as {new}: {dict(values)}") for template, new, values in case.links]
    yield from ((name, text) for name, text in parts if text.strip() not in ("", "[]"))


def _cell(text: str) -> str:
    """Return a text of somebody else's as code in a cell of a table."""
    line = " ".join(escape_untrusted(text).split()).replace("|", "\\|").replace("`", "'")
    return f"`{line}`" if line else ""


def summary(cases: Sequence[Found]) -> str:
    """Return how many defects of how many engines there are."""
    return f"{count(len(cases), 'defect')} of {count(len({each.engine for each in cases}), 'engine')}"
