"""Findings as reports show them: the divergence, where the engines part, and where the case is saved."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from drt.diagnosis.located import LocatedRecord
from drt.model.case import Case
from drt.model.divergence import Divergence
from drt.run.footer import Finding, State, replay_command


@dataclass(frozen=True, slots=True)
class Bucket:
    """Finding as reports show it; `path` is the folder of its case, or None if it was not saved."""

    finding: Finding
    path: str | None

    @property
    def divergence(self) -> Divergence:
        """The divergence of the finding."""
        return self.finding.divergence.divergence

    @property
    def case(self) -> Case | None:
        """The reduced case, if it is short enough for a log."""
        return self.finding.case

    @property
    def part(self) -> LocatedRecord | None:
        """The innermost expression or rule on which engines part."""
        return self.finding.located

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
    """Prepare a finding for reports; `corpus` is the folder that the run saved its findings in."""
    return Bucket(finding, None if finding.path is None else _place(finding.path, corpus))


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
