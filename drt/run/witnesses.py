"""Witnesses of a reduced find: fresh processes, the seed cases, a further engine.

Owns the asking of others about one find, within the time of the run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from drt.assess.reproduce import Confirmation, Job, ProcessBroke, confirm, shown_together
from drt.diagnosis import Located
from drt.diagnosis.judgement import ArbiterAnswer, Judgement, Unmet, judge
from drt.model.divergence_json import DivergenceRecord
from drt.model.saved_case import SavedCase
from drt.run.find import Find, law_in_words
from drt.run.log import LogWriter
from drt.run.options import RunOptions
from drt.run.pursuit_time import PursuitTime
from drt.run.records import Broken
from drt.run.testimony import ask_arbiter, unmet_seeds

SEEDS_SECONDS = 25.0
"""What putting the seed cases to the engines may take, once for a worker."""


def asked(find: Find, options: RunOptions) -> list[str]:
    """Return the engines of a finding by the names that build them."""
    if find.arbiter and options.arbiter is not None:
        return [options.engines[-1], options.arbiter]
    return list(options.engines)


@dataclass(slots=True)
class Witnesses:
    """The witnesses of one worker's finds."""

    options: RunOptions
    log: LogWriter
    stopped: Callable[[], bool]
    budget: PursuitTime
    _unmet: Unmet | None = None

    def confirmed(self, number: str, saved: SavedCase, find: Find) -> Confirmation:
        """Whether the case diverges so in fresh processes too."""
        folder = self.options.place / "confirming" / number
        try:
            return confirm(saved, self._job(find), folder, self._remaining)
        except ProcessBroke as error:
            words = str(error)
            last = words.rpartition("\n")[2]
            self.log.write(
                Broken(
                    what="a confirmation", target=find.target, index=find.index, error=last, traceback=words
                )
            )
            return Confirmation(None, "the harness broke")

    def shown_together(self, finds: Sequence[tuple[str, SavedCase, Find]]) -> frozenset[str]:
        """Return the numbers of the cases that diverge so in fresh processes which judge all of them.

        A case that is left out is undecided. Finds of an arbiter, whose engines are others, are left out.
        """
        some = {number: (saved, self._job(find)) for number, saved, find in finds if not find.arbiter}
        if len(some) < 2:
            return frozenset()
        shown = shown_together(tuple(some.values()), self.options.place / "confirming", self._remaining)
        return frozenset(number for number, is_shown in zip(some, shown, strict=True) if is_shown)

    def _job(self, find: Find) -> Job:
        engines, divergence = tuple(asked(find, self.options)), DivergenceRecord.of(find.divergence)
        return Job(engines, self.options.targets_from, self.options.deadline, divergence)

    def _remaining(self) -> float:
        return 0.0 if self.stopped() else self.budget.remaining()

    def testimony(self, find: Find) -> ArbiterAnswer | None:
        """Ask the arbiter; None if there is none or the budget is spent."""
        arbiter = self.options.arbiter
        if arbiter is None or find.arbiter or self.budget.remaining() < 1.0:
            return None
        return ask_arbiter(arbiter, self.options.engines, find.oracle, find.case, self._patience)

    def _patience(self) -> float:
        """Return what the next question to a child process may take."""
        return min(self.options.deadline, max(0.5, self.budget.remaining()))

    def judged(self, find: Find, located: Located | None, testimony: ArbiterAnswer | None) -> Judgement:
        """Judge a finding by the first witness that decides."""
        if self._unmet is None and self.budget.remaining() > SEEDS_SECONDS:
            self._unmet = unmet_seeds(asked(find, self.options), SEEDS_SECONDS)
        return judge(find.divergence, law_in_words(find.oracle), located, self._unmet or {}, testimony)
