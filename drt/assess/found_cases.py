"""The law of found cases: engines answer them by the law that found each.

Owns the choice of laws for a case: the one of a found case; all of them for what a reduction leaves of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from drt.model.case import Case
from drt.model.engine import Engine
from drt.oracles.comparing import Comparison
from drt.oracles.law import Compares, Law

SENTENCE = "Engines answer cases that showed defects of public engines by the law that each of these broke."


def law_of_found_cases(read: Callable[[], Mapping[Case, Law]]) -> Law:
    """Return the law of cases that are read when the first is judged, each with the law that it broke."""

    def check(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
        known = read()
        laws = [known[case]] if case in known else dict.fromkeys(known.values())
        for law in laws:
            among = Comparison(law.name, engines)
            law.check(case, engines, among)
            comparison.add(among)

    return Law("found_cases_are_answered_by_their_laws", SENTENCE, check, Compares.ENGINES)
