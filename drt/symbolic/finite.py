"""Infinite sets of a model, cut down to finite ones with the same differences (spec 10 §12)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from math import inf, prod
from typing import Any

from drt.symbolic.sorts import (
    BoolSort,
    EntitySort,
    IpSort,
    NumberSort,
    RecordSort,
    SetSort,
    Sort,
    StringSort,
)
from reference.extensions.ipaddr import IpAddr
from reference.values import EntityUid


@dataclass(frozen=True, slots=True)
class Complement:
    """All elements but some."""

    excepted: frozenset[object]


def cut_down(
    named: Iterable[tuple[Sort, object]], members: Mapping[str, tuple[str, ...]]
) -> Callable[[Sort, object], Any]:
    """Return the function that makes a value finite; `named` are the values that the model has."""
    universe: dict[Sort, dict[object, None]] = {}
    for sort, value in named:
        _gather(sort, value, universe)

    def finite(sort: Sort, value: Any) -> Any:
        match sort, value:
            case SetSort(element), Complement(excepted):
                known = universe.setdefault(element, {})
                elements = [*known, *_others(element, known, members)]
                return frozenset(finite(element, one) for one in elements if one not in excepted)
            case SetSort(element), _:
                return frozenset(finite(element, one) for one in value)
            case RecordSort(), _:
                return tuple((name, finite(_field(sort, name), part)) for name, part in value)
            case _:
                return value

    return finite


def _field(sort: RecordSort, name: str) -> Sort:
    declared = sort.field(name)
    assert declared is not None
    return declared.sort


def _gather(sort: Sort, value: Any, universe: dict[Sort, dict[object, None]]) -> None:
    universe.setdefault(sort, {})[value] = None
    match sort, value:
        case SetSort(element), _:
            for one in value.excepted if isinstance(value, Complement) else value:
                _gather(element, one, universe)
        case RecordSort(), _:
            for name, part in value:
                _gather(_field(sort, name), part, universe)


def _others(sort: Sort, known: Mapping[object, None], members: Mapping[str, tuple[str, ...]]) -> list[object]:
    """Return all other values of a small sort, one of a large sort."""
    candidates = candidates_of(sort, members)
    if is_small(sort, members):
        return [value for value in candidates if value not in known]
    return [next(value for value in candidates if value not in known)]


MOST_LISTED = 256
"""Values of a sort that are listed; a sort with more counts as large."""


def is_small(sort: Sort, members: Mapping[str, tuple[str, ...]]) -> bool:
    """Return whether all values of a sort are few enough to be listed."""
    return size(sort, members) <= MOST_LISTED


def size(sort: Sort, members: Mapping[str, tuple[str, ...]]) -> float:
    """Count the values of a sort; beyond the listed ones any greater number will do."""
    match sort:
        case BoolSort():
            return 2
        case EntitySort(name) if name in members:
            return len(members[name])
        case RecordSort(fields):
            return prod(size(one.sort, members) + (not one.required) for one in fields)
        case SetSort(element):
            inner = size(element, members)
            return 2**inner if inner <= MOST_LISTED else inf
        case _:
            return inf


def candidates_of(sort: Sort, members: Mapping[str, tuple[str, ...]]) -> Iterable[object]:
    """Enumerate values of a sort; all of them where it is small."""
    match sort:
        case BoolSort():
            return (False, True)
        case NumberSort():
            return count()
        case StringSort():
            return (f"s{number}" for number in count())
        case EntitySort(name) if name in members:
            return [EntityUid(name, one) for one in members[name]]
        case EntitySort(name):
            return (EntityUid(name, f"x{number}") for number in count())
        case IpSort():
            return (IpAddr(4, number, 32) for number in count())
        case SetSort(element):
            return _sets(element, members)
        case RecordSort(fields):
            return _records(sort, members) if fields else [()]


def _sets(element: Sort, members: Mapping[str, tuple[str, ...]]) -> Iterable[object]:
    """Enumerate sets: all of a small sort, otherwise the singletons."""
    if not is_small(element, members):
        yield from (frozenset({one}) for one in candidates_of(element, members))
        return
    elements = list(candidates_of(element, members))
    for bits in range(1 << len(elements)):
        yield frozenset(one for place, one in enumerate(elements) if bits >> place & 1)


def _records(sort: RecordSort, members: Mapping[str, tuple[str, ...]]) -> Iterable[object]:
    """Enumerate records: all of a small sort, otherwise those that differ in one large field."""
    first, *others = sort.fields
    rest = RecordSort(tuple(others))
    if not is_small(first.sort, members):
        fixed = next(iter(candidates_of(rest, members)))
        assert isinstance(fixed, tuple)
        yield from (((first.name, value), *fixed) for value in candidates_of(first.sort, members))
        return
    for tail in candidates_of(rest, members):
        assert isinstance(tail, tuple)
        if not first.required:
            yield tail
        yield from (((first.name, value), *tail) for value in candidates_of(first.sort, members))
