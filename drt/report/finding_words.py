"""A finding in words, the same in the terminal and in every report.

Owns the verdict sentence with its quotation, the notes, and the headings under which findings are grouped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from drt.diagnosis.sections import quote
from drt.model import guide
from drt.model.guide import Place
from drt.run.footer import Finding, State

Shown = TypeVar("Shown")

HEADINGS: dict[State, str] = {
    "confirmed": "Findings",
    "not confirmed": "Findings",
    "flaky": "Findings that could not be reproduced",
    "nondeterministic": "Findings",
    "known": "Known findings",
}
"""The heading for each state, in the order of the groups."""

STATES: dict[State, str] = {
    "confirmed": "",
    "not confirmed": "not confirmed",
    "flaky": "flaky: fresh processes did not all see it again",
    "nondeterministic": "nondeterministic: the engine does not repeat its answers",
    "known": "",
}


def grouped(shown: Sequence[tuple[State, Shown]]) -> Iterable[tuple[str, list[Shown]]]:
    """Group findings under their headings; headings without a finding are left out."""
    for heading in dict.fromkeys(HEADINGS.values()):
        group = [one for state, one in shown if HEADINGS[state] == heading]
        if group:
            yield heading, group


def _state_of(finding: Finding) -> str:
    """Return the state in words, with the reason where a finding is not confirmed."""
    if finding.state != "not confirmed":
        return STATES[finding.state]
    return f"{STATES[finding.state]}: {finding.unconfirmed or 'the budget left no time'}"


def verdict_of(finding: Finding) -> str:
    """Return the verdict in one sentence; empty for logs of an older drt."""
    return "" if finding.verdict is None else finding.verdict.sentence


def expected_of(finding: Finding) -> tuple[str, ...]:
    """Name the answers that are as the language demands; none where no verdict says so."""
    wrong = () if finding.verdict is None else finding.verdict.wrong
    names = [name for name, _ in finding.divergence.divergence.answers]
    return tuple(name for name in names if name.partition(",")[0] not in wrong) if wrong else ()


def citations(finding: Finding) -> list[Place]:
    """Find the places in the language guide that the verdict cites, else those of the rule at issue."""
    if finding.verdict is not None:
        return guide.places(finding.verdict.source)
    return [] if finding.located is None else guide.places(finding.located.source)


def quote_of(finding: Finding) -> str:
    """Return the sentence of the language guide about the rule; empty if there is none."""
    if finding.verdict is not None:
        return finding.verdict.quote
    return "" if finding.located is None else quote(finding.located.source, finding.located.rule)


def cited(finding: Finding) -> str:
    """Render the citations with their files, and the quotation, in one line; empty if there is none."""
    named = ", ".join(f"{place.citation} ({place.path})" for place in citations(finding))
    quote = quote_of(finding)
    return f"{named}: “{quote}”" if named and quote else named


def notes(finding: Finding) -> list[str]:
    """List further facts about a finding, each in a few words."""
    times = "1 time" if finding.seen == 1 else f"{finding.seen:,} times"
    facts = [finding.severity, f"seen {times}", f"target {finding.target}"]
    if finding.known is not None:
        facts.append(f"known as {finding.known}, not counted")
    facts += filter(None, [_state_of(finding), finding.unexcused])
    if not finding.reduced:
        facts.append("the reduction was cut short")
    if finding.arbiter:
        facts.append("the engines agree, the arbiter does not")
    if finding.says is not None:
        facts.append(f"{finding.says.witness} answers {finding.says.says}")
    return facts
