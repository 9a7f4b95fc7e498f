"""The table is what the targets of the benchmark ask for, and every name in it is its own."""

from __future__ import annotations

from collections import Counter
from fnmatch import filter as matching

import pytest

pytest.importorskip("cedarpy")

from drt.bench import native, table
from drt.bench.figure import Figure

ITEMS = table.every_item()
WHERE_BUILT = {each.name for each in native.figures()}
LIMITS = {
    each.name: (each.limit.direction, each.limit.must, each.limit.stretch)
    for each in ITEMS
    if isinstance(each, Figure) and each.limit and each.name not in WHERE_BUILT
}

TARGETS = [
    ("cedarpy ÷ ours, [tg]*", 3, ("at least", 25, 45)),
    ("cedarpy ÷ ours, abac", 1, ("at least", 12, 25)),
    ("cedarpy ÷ ours from dicts, [tg]*", 3, ("at least", 12, 20)),
    ("cedarpy ÷ ours from dicts, abac", 1, ("at least", 11, 20)),
    ("cedarpy ÷ ours from dicts, validated *", 3, ("at least", 10, 20)),
    ("cedarpy ÷ ours, 5,000 *", 2, ("at least", 500, 2_000)),
    ("own time, 5,000 ÷ 10 direct grants", 1, ("at most", 2, 1.5)),
    ("own time, 5,000 ÷ 10 many", 1, ("at most", 4, 2)),
    ("own time, 100,000 ÷ 10 entities, *", 4, ("at most", 2, 1.3)),
    ("own time, 100,000 ÷ 10 links", 1, ("at most", 2, 1.3)),
    ("p99 ÷ p50, *", 4, ("at most", 4, 2.5)),
    ("every policy errs ÷ naive walk", 1, ("at most", 1, 0.5)),
    ("parse ÷ cedarpy, *", 5, ("at most", 1, 0.6)),
    ("schema 1 MB * ÷ cedarpy", 2, ("at most", 1, 0.8)),
    ("cold start ÷ cedarpy, 5,000 many", 1, ("at most", 1.5, 1)),
    ("entity load ÷ cedarpy, *", 4, ("at most", 0.6, 0.4)),
    ("memory per entity ÷ cedarpy, *", 4, ("at most", 0.8, 0.6)),
    ("memory per policy, 5,000 many", 1, ("at most", 2, 1.2)),
    ("memory per link, 100,000 links", 1, ("at most", 1, 0.5)),
    ("one by one ÷ query, *", 3, ("at least", 5, 50)),
    ("partial ÷ *, 1,000 policies", 1, ("at most", 1, 0.5)),
    ("nested decided ifs, 40 ÷ 20", 1, ("at most", 3, 2.2)),
    ("cost of a decision", 1, ("at most", 20, None)),
]


@pytest.mark.parametrize(("glob", "count", "limit"), TARGETS)
def test_every_target_has_its_rows(glob: str, count: int, limit: tuple[str, float, float | None]) -> None:
    names = matching(LIMITS, glob)
    assert len(names) == count
    assert {LIMITS[name] for name in names} == {limit}


def test_no_limit_is_beside_the_targets() -> None:
    assert len(LIMITS) == sum(count for _, count, _ in TARGETS)


def test_names_are_unique_and_everything_says_what_it_is() -> None:
    assert [name for name, count in Counter(each.name for each in ITEMS).items() if count > 1] == []
    assert all(len(each.says) > 30 for each in ITEMS)


def test_the_quick_part_has_something_of_every_group_with_a_limit_but_one() -> None:
    groups = {each.group for each in ITEMS if each.name in LIMITS and isinstance(each, Figure)}
    quick = {each.group for each in table.chosen(["*"], quick=True) if isinstance(each, Figure)}
    assert groups - quick == {"comparing"}, "a run of a minute is not quick"
