"""A target: a way to draw cases and the law by which they are judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from drt.model.case import Case
from drt.model.divergence import Oracle
from drt.model.extras import Extra, has_extra
from drt.targets import cases
from drt.targets.partitions import LANES
from generators.choice.sources import Choice, RecordingSource, ReplaySource, Source


@dataclass(frozen=True, slots=True)
class Target:
    """A named pair of generator and oracle.

    `draw` makes one case from a source of choices; `streams` also reports the stream that the case belongs
    to. `sentence` states the law in one line. `weight` is the share of a run's budget relative to the other
    targets. The reference reports the bins of one case in `watched`; of streams also of the first of every
    lane, so that there is soon something to mutate. `extra` is what the oracle needs to be installed.

    A target with a number of cases to `walk` draws nothing at random: case `index` is that of the one choice
    `index`.
    """

    name: str
    sentence: str
    draw: Callable[[Source], Case]
    oracle: Oracle
    weight: int = 1
    watched: int = 16
    streams: Callable[[Source], cases.Drawn] | None = None
    extra: Extra | None = None
    walk: int = 0

    @property
    def missing(self) -> Extra | None:
        """The extra that the oracle needs and that is not installed."""
        return None if self.extra is None or has_extra(self.extra) else self.extra

    def make(self, source: Source) -> cases.Drawn:
        """Draw one case, with the stream it belongs to."""
        return cases.Drawn(self.draw(source)) if self.streams is None else self.streams(source)

    def source(
        self, random_seed: int, index: int, kept: Sequence[Sequence[Choice]], shared_seed: int
    ) -> RecordingSource | ReplaySource:
        """Return the source of choices of one case, from its random seeds unless the target is walked."""
        return ReplaySource((index,)) if self.walk else RecordingSource(random_seed, kept, shared_seed)

    def is_watched(self, index: int, case_random_seed: int) -> bool:
        """Return whether the reference observes this case."""
        return case_random_seed % self.watched == 0 or (self.streams is not None and index < LANES)
