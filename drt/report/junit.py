"""A report as JUnit XML: one suite per target, one failed test per finding, one passed test if there is none.

A known finding is skipped with its name; one that could not be reproduced, and a failure of the harness, are
errors.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence

from drt.model.escape import escape_untrusted
from drt.model.outcome_text import side_by_side
from drt.report.bucket import Bucket
from drt.report.gathered import Report
from drt.report.words import excused, moment, notes, place_of, verdict_lines
from drt.run.statistics import Counts

HARNESS = "harness"
SOMETIMES = "sometimes"


def as_junit(report: Report) -> str:
    """Render the document, with an XML declaration."""
    root = ET.Element("testsuites", name="drt")
    began = moment(min(run.began for run in report.runs)).removesuffix("Z")
    names = dict.fromkeys((*report.targets, *(bucket.finding.target for bucket in report.buckets)))
    for name in names:
        buckets = [bucket for bucket in report.buckets if bucket.finding.target == name]
        root.append(_target(name, report.targets.get(name, Counts()), buckets, began))
    if report.missed:
        root.append(_missed(report.missed, began))
    if troubles := _troubles(report):
        root.append(_harness(troubles, began))
    for number, suite in enumerate(root):
        suite.set("id", str(number))
    for total in ("tests", "failures", "errors", "skipped"):
        root.set(total, str(sum(int(suite.get(total, "0")) for suite in root)))
    root.set("time", f"{report.seconds:.3f}")
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _suite(name: str, began: str, seconds: float, cases: Sequence[ET.Element]) -> ET.Element:
    suite = ET.Element(
        "testsuite", name=escape_untrusted(name), package="drt", timestamp=began, hostname="localhost"
    )
    suite.set("tests", str(len(cases)))
    for total, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(total, str(sum(1 for case in cases if case.find(tag) is not None)))
    suite.set("time", f"{seconds:.3f}")
    ET.SubElement(suite, "properties")
    suite.extend(cases)
    ET.SubElement(suite, "system-out")
    ET.SubElement(suite, "system-err")
    return suite


def _case(suite: str, name: str, seconds: float = 0.0) -> ET.Element:
    return ET.Element(
        "testcase",
        classname=f"drt.{escape_untrusted(suite)}",
        name=escape_untrusted(name),
        time=f"{seconds:.3f}",
    )


def _target(name: str, counts: Counts, buckets: Sequence[Bucket], began: str) -> ET.Element:
    seconds = sum(counts.seconds.values())
    cases = [_finding(name, bucket) for bucket in buckets]
    if not buckets:
        whole = _case(name, "no finding", seconds)
        if not counts.comparisons and not counts.events["arbiter:comparisons"]:
            ET.SubElement(whole, "skipped", message="nothing was compared")
        elif counts.divergences:
            note = ET.SubElement(whole, "system-out")
            elsewhere = f"{counts.divergences:,} divergences, of findings that stand with other targets"
            declared = excused(counts)
            note.text = f"{counts.divergences:,} divergences, {declared}" if declared else elsewhere
        cases = [whole]
    suite = _suite(name, began, seconds, cases)
    properties = suite.find("properties")
    assert properties is not None
    for key in ("cases", "comparisons", "decisions", "divergences", "inconclusive"):
        ET.SubElement(properties, "property", name=key, value=str(getattr(counts, key)))
    return suite


def _finding(target: str, bucket: Bucket) -> ET.Element:
    finding, divergence = bucket.finding, bucket.divergence
    case = _case(target, finding.signature)
    first = next(iter(verdict_lines(bucket)), finding.signature)
    message = escape_untrusted(f"{first} ({divergence.question})", 500)
    if finding.known is not None:
        ET.SubElement(case, "skipped", message=escape_untrusted(f"known as {finding.known}"))
    elif finding.counts:
        failure = ET.SubElement(case, "failure", type=divergence.kind, message=message)
        failure.text = _failure_text(bucket)
    else:
        error = ET.SubElement(case, "error", type=bucket.state, message=message)
        error.text = _failure_text(bucket)
    return case


def _failure_text(bucket: Bucket) -> str:
    """Render a finding as plain text, the replay command last."""
    divergence = bucket.divergence
    lines = [
        *verdict_lines(bucket),
        f"{divergence.question}; law: {divergence.law}",
        "; ".join(notes(bucket)),
    ]
    names = [name for name, _ in divergence.answers]
    for row in side_by_side(divergence.answers):
        lines += [
            f"{'≠' if row.differ else ' '} {row.name}, {name}: {text}"
            for name, text in zip(names, row.texts, strict=True)
        ]
    part = bucket.part
    if part is not None:
        lines.append(f"they part at {part.rule} ({part.source}; {part.place}): {part.text}")
        for text, note in part.rows:
            lines.append(
                f"  {text}: " + ", ".join(f"{n} {t}" for n, t in zip(part.engines, note, strict=True))
            )
    lines.append(bucket.replay or "not saved")
    return "\n" + "\n".join(escape_untrusted(line) for line in lines) + "\n"


def _missed(events: Sequence[str], began: str) -> ET.Element:
    """Add the required events that never occurred."""
    cases = []
    for event in events:
        case = _case(SOMETIMES, event)
        ET.SubElement(case, "failure", type="sometimes", message="it must happen sometimes, and never did")
        cases.append(case)
    return _suite(SOMETIMES, began, 0.0, cases)


def _troubles(report: Report) -> list[tuple[str, str]]:
    """Yield the troubles of the run itself, each a name and the details."""
    troubles = []
    for run in report.runs:
        if run.interrupted or not run.complete:
            how = "was interrupted" if run.complete else "was cut off before its end"
            troubles.append(("the run ends", f"{run.folder} {how}"))
        if run.cannot_start is not None:
            troubles.append(("the workers start", run.cannot_start))
        troubles += [(place_of(error), str(error.error)) for error in run.errors]
        note = len(run.errors) + (run.cannot_start is not None)
        if run.broken > note:
            troubles.append(("the harness", f"it broke {run.broken - note} times more"))
        if run.unexplained:
            troubles.append(
                ("workers live", f"{run.unexplained} died of something that did not happen again")
            )
    if not report.compared and not report.buckets and not troubles:
        troubles.append(("something is compared", "nothing was"))
    return troubles


def _harness(troubles: Sequence[tuple[str, str]], began: str) -> ET.Element:
    cases = []
    for name, text in troubles:
        case = _case(HARNESS, name)
        error = ET.SubElement(case, "error", type="harness", message=escape_untrusted(text, 500))
        error.text = escape_untrusted(text)
        cases.append(case)
    return _suite(HARNESS, began, 0.0, cases)
