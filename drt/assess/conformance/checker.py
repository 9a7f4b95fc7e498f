"""The checker: one guarded engine, and the tally of its answers.

Classifies an outcome as right, mismatched, declared or unsupported; the modules for each kind of material
only state what they expect.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from drt.assess.conformance.report import Mismatch, Tally
from drt.engines.deadline import Alarm
from drt.engines.declared import Asked, detail_of, explanation
from drt.engines.guard import Guarded
from drt.model.outcome import Accepted, Outcome, Rejected, Unsupported, Unwritable

LONGEST_SHOWN = 400


@dataclass(frozen=True, slots=True)
class Record:
    """One recorded expectation: its place, its id, and the texts that declared differences match.

    `text` is what is checked, `further` are others on which the answer depends.
    """

    file: str
    id: str
    text: str = ""
    further: tuple[str, ...] = ()


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
            self.tally.lack(outcome.feature, check=check)
        elif right:
            self.tally.right(check)
        else:
            self.differs(record, check, expected, repr(outcome), detail_of(outcome))

    def differs(self, record: Record, check: str, expected: str, got: str, words: str) -> None:
        """Count an answer that is not as recorded; `words` are those that a declared difference may quote."""
        asked = Asked(self.engine.name, self.engine.version)
        difference = explanation(asked, check, expected, record.text, words, record.further)
        if difference is not None:
            self.tally.declare(check, f"{difference.name} ({difference.source})")
        else:
            self.tally.mismatch(Mismatch(record.file, record.id, check, shorten(expected), shorten(got)))

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
            self.tally.lack("canonical", check=check)
            return
        got = count(accepted.canonical)
        if got == expected:
            self.tally.right(check)
        else:
            self.tally.mismatch(Mismatch(record.file, record.id, check, shorten(expected), shorten(got)))


def shorten(text: str) -> str:
    """Shorten a text to fit one line of a report."""
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}… ({len(text)} characters)"
