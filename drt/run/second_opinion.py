"""Second opinion on a reduction: Hypothesis shrinks the choices of a case that it drew."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from drt.model.case import Case
from drt.reduce import reduce_case
from drt.reduce.order import weight
from drt.run.find import Find, choices_of

SHRINK_SECONDS = 5.0
"""Time limit of a shrink, which takes longer than a reduction and wins less often."""


def simpler_by_shrinking(
    find: Find, reduced: Case, interesting: Callable[[Case], bool], seconds: float, home: Path
) -> Case:
    """Shrink the choices of a case, reduce what that gives, and return the simpler of it and `reduced`.

    Returns `reduced` where the case was not drawn by Hypothesis, or is too long to be recorded. Hypothesis
    keeps its own files in `home`.
    """
    choices = choices_of(find.origin)
    if find.draw is None or choices is None or seconds <= 0:
        return reduced
    from generators.choice.hypothesis_source import shrink  # half a second, for finds alone

    until = time.monotonic() + min(seconds, SHRINK_SECONDS)
    shrunk = shrink(find.draw, interesting, choices, lambda: time.monotonic() > until, home)
    other = reduce_case(shrunk, interesting, max(0.0, until - time.monotonic()))
    return min(reduced, other, key=weight)
