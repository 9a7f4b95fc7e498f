"""The targets: what a run can draw and by which law it judges it.

Owns the table that joins a generator to an oracle, and nothing else; the same table prints `drt targets`,
fills the README and shares a run's budget.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from drt.case import Case
from drt.oracles.checked import Oracle
from generators.source import Source


@dataclass(frozen=True, slots=True)
class Target:
    """A named pair of generator and oracle.

    `draw` makes one case from a source of choices. `sentence` states the law in one line. `weight` is the
    share of a run's budget relative to the other targets.
    """

    name: str
    sentence: str
    draw: Callable[[Source], Case]
    oracle: Oracle
    weight: int = 1
