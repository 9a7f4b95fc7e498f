"""The checker: one guarded engine, and the tally of its answers.

Classifies an outcome as right, mismatched, declared or unsupported; the modules for each kind of material
only state what they expect.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields

from drt.assess.conformance.report import Mismatch, Tally
from drt.engines.deadline import Alarm
from drt.engines.declared import Asked, detail_of, explanation
from drt.engines.guard import Guarded
from drt.model.outcome import (
    Accepted,
    Crashed,
    ExceededBudget,
    Outcome,
    Rejected,
    Unsupported,
    Unwritable,
)

LONGEST_SHOWN = 400

FOR_PEOPLE = frozenset({"detail", "line", "column", "problems", "guesses"})
"""Members of outcomes that change with an engine's wording, and not with its answers."""


@dataclass(frozen=True, slots=True)
class Record:
    """One recorded expectation: its place, its id, and the texts that declared differences match.

    `text` is what is checked, `further` are others on which the answer depends.
    """

    file: str
    id: str
    text: str = ""
    further: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """The file and the record in it."""
        return f"{self.file}: {self.id}"


@dataclass(slots=True)
class Checker:
    """An engine under test and the counts so far."""

    engine: Guarded
    tally: Tally = field(default_factory=Tally)
    alarm: Alarm | None = None
    seconds: float = 0.0

    def next_record(self) -> None:
        """Restart the engine's time limit, if there is an alarm."""
        if self.alarm is not None:
            self.alarm.set(self.seconds)

    def check(self, record: Record, check: str, expected: str, outcome: Outcome, right: bool) -> None:
        """Count one comparison; `right` says whether `outcome` is as recorded."""
        if isinstance(outcome, Unsupported):
            self.tally.lack(outcome.feature, check=check, place=record.place)
        elif right:
            self.tally.right(check, record.place)
        else:
            self.differs(record, check, expected, repr(outcome), detail_of(outcome), outcome)

    def differs(
        self,
        record: Record,
        check: str,
        expected: str,
        got: str,
        words: str,
        outcome: Outcome | None = None,
    ) -> None:
        """Count an answer that is not as recorded.

        `words` are those that a declared difference may quote; `outcome` is the answer as it was compared.
        """
        asked = Asked(self.engine.name, self.engine.version)
        difference = explanation(asked, check, expected, record.text, words, record.further)
        if difference is not None:
            self.tally.declare(check, f"{difference.name} ({difference.source})", record.place)
            return
        answer = got if outcome is None else answer_of(outcome)
        broke = isinstance(outcome, Crashed | ExceededBudget)
        self.tally.mismatch(
            Mismatch(record.file, record.id, check, shorten(expected), shorten(got), answer, broke)
        )

    def accepts(self, record: Record, check: str, expected: bool, outcome: Outcome) -> Accepted | None:
        """Check acceptance; gives the acceptance back where it was both expected and had."""
        if isinstance(outcome, Unwritable):
            outcome = Accepted(count=outcome.count, detail=outcome.detail)
        accepted = isinstance(outcome, Accepted)
        right = accepted if expected else isinstance(outcome, Rejected)
        self.check(record, check, "accept" if expected else "reject", outcome, right)
        return outcome if expected and isinstance(outcome, Accepted) else None

    def counts(
        self, record: Record, check: str, expected: str, accepted: Accepted, count: Callable[[str], str]
    ) -> None:
        """Check something read off the canonical document of an acceptance."""
        if not accepted.canonical:
            self.tally.lack("canonical", check=check, place=record.place)
            return
        got = count(accepted.canonical)
        if got == expected:
            self.tally.right(check, record.place)
        else:
            self.tally.mismatch(Mismatch(record.file, record.id, check, shorten(expected), shorten(got)))


def answer_of(outcome: Outcome) -> str:
    """Write an outcome without what is for people; of a crash only how the engine ended."""
    if isinstance(outcome, Crashed):
        return f"Crashed {outcome.error}"
    members = (each.name for each in fields(outcome) if each.name not in FOR_PEOPLE)
    return repr((type(outcome).__name__, *(getattr(outcome, name) for name in members)))


def shorten(text: str) -> str:
    """Shorten a text to fit one line of a report."""
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}… ({len(text)} characters)"
