"""Findings as reports show them, read from a log; anything that a run does not log is rejected here.

Owns the reading of a finding: its divergence, the reduced case, where the engines part, where the case lies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drt.model.case import Case
from drt.model.divergence import Divergence
from drt.model.divergence_json import case_from_json, divergence_from_json
from drt.model.outcome import Outcome
from drt.model.outcome_json import outcome_from_json
from drt.model.outcome_text import in_a_line
from drt.report.kinds import KINDS
from drt.run.footer import Finding, State, replay_command

WHOLE = "the whole"


@dataclass(frozen=True, slots=True)
class Part:
    """Difference: the innermost expression or rule on which engines part.

    `rows` pair the text of an operand, or `the whole`, with each engine's answer in words.
    """

    rule: str
    source: str
    place: str
    text: str
    said: str
    engines: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Bucket:
    """Finding as reports show it; `path` is the folder of its case, or None if it was not saved."""

    finding: Finding
    divergence: Divergence
    path: str | None
    case: Case | None
    part: Part | None

    @property
    def state(self) -> State:
        """Summarise how far the finding can be believed."""
        return self.finding.state

    @property
    def is_here(self) -> bool:
        """Whether the case lies on this machine."""
        return self.path is not None and Path(self.path).exists()

    @property
    def replay(self) -> str | None:
        """The command that replays it, from any folder if the case is on this machine.

        Otherwise it runs from the root of a checkout.
        """
        if self.path is None:
            return None
        path = str(Path(self.path).resolve()) if self.is_here else self.path
        return replay_command(path, self.finding.engines)


def bucket_of(finding: Finding, corpus: str) -> Bucket:
    """Read what a finding shows; raises the errors of a document of another shape.

    `corpus` is the folder that the run saved its findings in.
    """
    divergence = divergence_from_json(finding.divergence)
    if divergence.kind not in KINDS or not isinstance(divergence.question + divergence.law, str):
        raise ValueError("a divergence without its texts")
    return Bucket(
        finding,
        divergence,
        None if finding.path is None else _place(finding.path, corpus),
        None if finding.case is None else case_from_json(finding.case),
        None if finding.located is None else _part(finding.located),
    )


def _part(found: Mapping[str, Any]) -> Part:
    answers = [(str(one["engine"]), outcome_from_json(one)) for one in found["answers"]]
    rows = [
        (str(one["text"]), _words([outcome_from_json(a) for a in one["answers"]]))
        for one in found["operands"]
    ]
    rows.append((WHOLE, _words([outcome for _, outcome in answers])))
    words = {name: str(found[name]) for name in ("rule", "source", "place", "text", "said")}
    return Part(**words, engines=tuple(name for name, _ in answers), rows=tuple(rows))


def _words(outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    return tuple(in_a_line(outcome) for outcome in outcomes)


def _place(path: str, corpus: str) -> str:
    """Find a saved case: where a run on this machine left it, else at its place in a corpus here.

    A run on another machine names folders that are not here; its corpus usually is.
    """
    place, here = Path(path), Path.cwd()
    if place.exists():
        return str(place.relative_to(here)) if place.is_relative_to(here) else path
    if place.is_relative_to(corpus):
        return str(Path("corpus") / place.relative_to(corpus))
    return path
