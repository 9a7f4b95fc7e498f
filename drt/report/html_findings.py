"""A finding as a person reads it: both answers side by side, where the engines part, the case, the line that
replays it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from drt.model.case import Case
from drt.model.outcome import Outcome
from drt.model.outcome_text import SAYS, in_a_line, side_by_side
from drt.report.bucket import WHOLE, Bucket, Part
from drt.report.finding_words import HEADINGS, grouped
from drt.report.kinds import KINDS
from drt.report.markup import Markup, join, tag, text
from drt.report.words import identity, notes, verdict_lines

FIRST = HEADINGS["confirmed"]
"""The heading of the section itself."""

MOST_SHOWN = 200
LONGEST = 6000
LONGEST_OPEN = 1500
"""Characters of a case that is shown unfolded."""


def findings(buckets: tuple[Bucket, ...]) -> Markup:
    """All of them, each with an anchor of its own."""
    shown: list[Markup] = []
    number = 0
    for heading, group in grouped([(bucket.state, bucket) for bucket in buckets[:MOST_SHOWN]]):
        if len(shown) or heading != FIRST:
            shown.append(tag("h2", heading))
        for bucket in group:
            number += 1
            shown.append(_finding(number, bucket))
    left_out = len(buckets) - number
    if left_out:
        shown.append(tag("p", f"{left_out:,} findings more are in the JSON report."))
    return join(shown)


def _finding(number: int, bucket: Bucket) -> Markup:
    found = bucket.divergence
    name = f"finding-{identity(bucket)}"
    verdict = [tag("p", line, class_="verdict") for line in verdict_lines(bucket)]
    head = tag("h3", tag("a", f"{number}", href=f"#{name}", class_="number"), bucket.finding.signature)
    state = tag("span", bucket.state, class_=f"state {'fails' if bucket.finding.counts else 'quiet'}")
    asked = tag(
        "p", KINDS[found.kind], " Asked: ", tag("b", found.question), ". Law: ", tag("code", found.law), "."
    )
    parts = [
        head,
        *verdict,
        tag("p", state, tag("span", "; ".join(notes(bucket))), class_="notes"),
        asked,
        _answers(bucket),
    ]
    if (part := bucket.part) is not None:
        parts.append(_part(part, found.answers))
    if bucket.case is not None:
        parts.append(_case(bucket.case))
    parts.append(_replay(bucket))
    return tag("article", parts, id=name)


def _answers(bucket: Bucket) -> Markup:
    answers = bucket.divergence.answers
    head = tag("tr", tag("th", "", scope="col"), [tag("th", name, scope="col") for name, _ in answers])
    rows = []
    for row in side_by_side(answers):
        mark = tag("span", "≠ ", title="the engines differ") if row.differ else Markup("")
        texts = [tag("td", tag("code", one)) for one in row.texts]
        style = "differ" if row.differ else ("says" if row.name == SAYS else None)
        rows.append(tag("tr", tag("th", mark, row.name, scope="row"), texts, class_=style))
    body = tag("table", tag("thead", head), tag("tbody", rows), class_="answers")
    return tag("div", body, class_="wide")


def _part(part: Part, answers: Sequence[tuple[str, Outcome]]) -> Markup:
    """The innermost thing on which they part; its answers, where they are not the answers shown above."""
    where = ", ".join(one for one in (part.source, part.place) if one)
    head = tag("p", "They part at ", tag("b", part.rule, class_="alert"), f" ({where})", class_="part")
    code = tag("pre", text(part.text, LONGEST)) if part.text else Markup("")
    said = tag("p", part.said) if part.said else Markup("")
    if part.rows == ((WHOLE, tuple(in_a_line(outcome) for _, outcome in answers)),):
        return join([head, code, said])
    titles = tag("tr", tag("th", "", scope="col"), [tag("th", name, scope="col") for name in part.engines])
    rows = []
    for number, (operand, texts) in enumerate(part.rows, 1):
        last = number == len(part.rows)
        name = operand if last else tag("code", operand)
        cells = [tag("td", tag("code", one)) for one in texts]
        rows.append(tag("tr", tag("th", name, scope="row"), cells, class_="differ" if last else None))
    table = tag("table", tag("thead", titles), tag("tbody", rows), class_="answers")
    return join([head, code, said, tag("div", table, class_="wide")])


def _case(case: Case) -> Markup:
    texts = list(_parts(case))
    parts = [
        join([tag("h4", name), tag("pre", text(one, LONGEST)) if one else tag("p", "none", class_="none")])
        for name, one in texts
    ]
    short = sum(len(one) for _, one in texts) <= LONGEST_OPEN
    return tag("details", tag("summary", "The case"), parts, open="" if short else None)


def _parts(case: Case) -> Iterator[tuple[str, str]]:
    """What the engines were given, by name."""
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


def _replay(bucket: Bucket) -> Markup:
    if bucket.replay is None:
        return tag("p", "The case was not saved.", class_="none")
    return tag("pre", bucket.replay, class_="replay", title="replays this finding", tabindex="0")
