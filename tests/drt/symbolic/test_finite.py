"""Infinite sets of a model, cut down: what differed still differs, and what is small is listed."""

from __future__ import annotations

from itertools import islice

import pytest

from drt.symbolic.finite import Complement, candidates_of, cut_down, is_small
from drt.symbolic.sorts import (
    BOOL,
    IP,
    LONG,
    STRING,
    EntitySort,
    Field,
    RecordSort,
    SetSort,
    Sort,
)
from reference.values import EntityUid

MEMBERS = {"Color": ("red", "green")}
PAIR = RecordSort((Field("x", BOOL, True), Field("y", BOOL, False)))
WIDE = RecordSort(tuple(Field(f"f{number:02}", BOOL, False) for number in range(30)))


@pytest.mark.parametrize(
    ("sort", "count"),
    [
        (BOOL, 2),
        (EntitySort("Color"), 2),
        (PAIR, 6),
        (SetSort(BOOL), 4),
        (SetSort(PAIR), 64),
        (RecordSort(()), 1),
    ],
)
def test_small_sorts_are_listed(sort: Sort, count: int) -> None:
    values = list(candidates_of(sort, MEMBERS))

    assert is_small(sort, MEMBERS)
    assert len(values) == len(set(values)) == count


@pytest.mark.parametrize("sort", [LONG, STRING, IP, EntitySort("User"), SetSort(LONG), WIDE, SetSort(WIDE)])
def test_large_sorts_have_values_enough(sort: Sort) -> None:
    values = list(islice(candidates_of(sort, MEMBERS), 50))

    assert not is_small(sort, MEMBERS)
    assert len(set(values)) == 50


@pytest.mark.parametrize("sort", [LONG, STRING, EntitySort("User"), WIDE])
def test_sets_that_differ_still_differ(sort: Sort) -> None:
    one, two, *_ = islice(candidates_of(sort, MEMBERS), 2)
    of = SetSort(sort)
    sets = [
        frozenset(),
        frozenset({one}),
        frozenset({one, two}),
        Complement(frozenset()),
        Complement(frozenset({one})),
    ]

    finite = cut_down([(of, each) for each in sets], MEMBERS)
    cut = [finite(of, each) for each in sets]

    assert len(set(cut)) == 5
    assert cut[:3] == sets[:3]
    assert one in cut[3]
    assert one not in cut[4]


def test_a_complement_in_a_small_sort_is_exact() -> None:
    red, green = (EntityUid("Color", one) for one in MEMBERS["Color"])
    of = SetSort(EntitySort("Color"))

    assert cut_down([], MEMBERS)(of, Complement(frozenset({red}))) == {green}
