"""The rows of partial evaluation: named once each, and reached by what the targets draw."""

from __future__ import annotations

from collections import Counter
from functools import cache

from drt.coverage.coverage import coverage
from drt.coverage.events import Seen, happened, never
from drt.coverage.observation import observe
from drt.coverage.partial_rows import PARTIAL_ROWS, PREFIX
from drt.targets.table import TARGETS
from generators.choice.sources import RecordingSource

CASES = 60
RARE = 12
"""So many rows may be missed by so few cases."""


@cache
def reached() -> Counter[str]:
    found: Counter[str] = Counter()
    for seed in range(CASES):
        case = TARGETS["partial-responses"].draw(RecordingSource(seed))
        found.update(observe(case).situations)
    return Counter({name: count for name, count in found.items() if name.startswith(PREFIX)})


def test_every_row_that_is_reached_is_in_the_table() -> None:
    assert set(reached()) <= set(PARTIAL_ROWS)


def test_a_few_cases_reach_most_rows() -> None:
    assert len(reached()) >= len(PARTIAL_ROWS) - RARE


def test_rows_are_events_that_a_run_must_reach_if_it_is_asked_to() -> None:
    nothing = happened(Seen())
    assert set(PARTIAL_ROWS) <= set(nothing)
    assert never(nothing, (f"{PREFIX}*",)) == PARTIAL_ROWS
    assert not set(never(nothing)) & set(PARTIAL_ROWS)
    assert len(set(PARTIAL_ROWS)) == len(PARTIAL_ROWS)


def test_the_report_has_a_denominator() -> None:
    found = coverage({}, dict(reached()))
    assert tuple(found.partial) == PARTIAL_ROWS
    assert sum(count > 0 for count in found.partial.values()) == len(reached())
