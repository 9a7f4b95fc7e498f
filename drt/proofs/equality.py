"""Equality of values, tried on all pairs of many: equal in both engines exactly if they are the same value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from drt.proofs.defects import Defect
from drt.proofs.theorem import Goal, Theorem
from drt.proofs.tried import tried
from production.language import values as production
from production.language.datetimes import Datetime as ProductionDatetime
from production.language.decimals import Decimal as ProductionDecimal
from production.language.durations import Duration as ProductionDuration
from production.language.ipaddrs import IpAddress
from production.language.uids import Uid
from reference.extensions.datetime import Datetime
from reference.extensions.decimal import Decimal
from reference.extensions.duration import Duration
from reference.extensions.ipaddr import IpAddr
from reference.values import FALSE, TRUE, EntityUid, Long, Record, Set, String, Value, canonical

Pair = tuple[Value, Any]
SMALL = (256, -256, 257, -257)
"""Production keys longs in another way beyond the first two of these."""
LARGE = 500
"""The members of large sets: of longs, of flat records, of others."""


def _leaves() -> Iterator[Pair]:
    """Yield values that hold no other, no two of them the same; each time new objects."""
    yield from ((TRUE, True), (FALSE, False))
    for number in (0, 1, *SMALL, 2**63 - 1, -(2**63)):
        yield Long(number), number
    for text in ("", "1", "true", "a", "1:a", "U"):
        yield String(text), text
    for type_name, entity_id in (("U", "a"), ("U", "b"), ("V", "a"), ("U", ""), ("U1", "")):
        yield EntityUid(type_name, entity_id), Uid(type_name, entity_id)
    for number in (0, 1, -1):
        yield Decimal(number), ProductionDecimal(number)
        yield Datetime(number), ProductionDatetime(number)
        yield Duration(number), ProductionDuration(number)
    for version, address, prefix in ((4, 1, 32), (4, 1, 31), (4, 2, 32), (6, 1, 32), (6, 1, 128)):
        yield IpAddr(version, address, prefix), IpAddress(version, address, prefix)  # type: ignore[arg-type]  # 4 or 6


def _values(*, turned: bool) -> Iterator[Pair]:
    """Yield the leaves, alone and in sets and records of them; `turned` makes the same ones in another order."""
    way = -1 if turned else 1
    yield from _leaves()
    yield from ((Set(frozenset()), production.set_of([])), (Record({}), {}))
    numbers = range(1000, 1000 + LARGE)[::way]
    yield Set(frozenset(map(Long, numbers))), production.set_of([*numbers])
    records: list[production.Value] = [{"a": number} for number in numbers]
    yield Set(frozenset(Record({"a": Long(number)}) for number in numbers)), production.set_of(records)
    sets = [production.set_of([number]) for number in numbers]
    yield Set(frozenset(Set(frozenset([Long(number)])) for number in numbers)), production.set_of(sets)
    for ours, theirs in _leaves():
        yield Set(frozenset([ours])), production.set_of([theirs])
        yield Record({"a": ours}), {"a": theirs}
        yield Record({"b": ours}), {"b": theirs}
        yield Set(frozenset([Set(frozenset([ours]))])), production.set_of([production.set_of([theirs])])
        yield Set(frozenset([Record({"a": ours})])), production.set_of([{"a": theirs}])
        yield Record({"a": Record({"a": ours})}), {"a": {"a": theirs}}
        yield Record({"a": Record({"a": Record({"a": ours})})}), {"a": {"a": {"a": theirs}}}
        yield Record({"a": ours, "b": TRUE}), dict([("b", True), ("a", theirs)][::way])
        if ours != Long(1):
            yield Set(frozenset([ours, Long(1)])), production.set_of([1, theirs, theirs][::way])


@dataclass(frozen=True, slots=True)
class _Held:
    """A value in both engines' forms, and what each compares and hashes it by."""

    ours: Value
    theirs: Any
    text: str
    alone: frozenset[Value]
    key: Any
    their_alone: Any


def _held(ours: Value, theirs: Any) -> _Held:
    alone = production.set_of([theirs])
    return _Held(ours, theirs, canonical(ours), frozenset([ours]), production.key(theirs), alone.keys)


def _wrong() -> Iterator[str]:
    first, second = ([_held(*each) for each in _values(turned=turned)] for turned in (False, True))
    for (n, one), (m, other) in product(enumerate(first), enumerate(second)):
        answers = (
            one.ours == other.ours,
            one.text == other.text,
            production.equal(one.theirs, other.theirs),
            one.key == other.key,
            one.ours in other.alone,
            one.key in other.their_alone,
        )
        if set(answers) != {n == m}:
            yield f"{one.ours} and {other.ours} are {'' if n == m else 'not '}the same: {answers}"


def _goals() -> Sequence[Goal]:
    return (tried("every pair of values", _wrong()),)


THEOREMS = (
    Theorem(
        "Values are equal exactly if they are the same",
        "Of every two of some hundred values, leaves of all kinds and sets and records of them: both engines' equality, keys"
        " and membership agree with their being the same.",
        "ours: canonicalisation of sets and records",
        "B",
        _goals,
        (
            Defect("entities of one id are equal", "reference.values", "return f\"entity {_quoted(type_name)}{_quoted(entity_id)}\"", "return f\"entity {_quoted(entity_id)}\""),
            Defect("any two strings are equal", "production.language.values", "    return left == right\n", "    return left == right or (isinstance(left, str) and isinstance(right, str))\n"),
        ),
        "values nest without end; up to three levels are tried",
        (
            "production.language.values.equal", "production.language.values.key", "production.language.values._records_equal",
            "production.language.values.set_of", "reference.values.Set.__eq__", "reference.values.Record.__eq__",
            "reference.values.canonical", "reference.values._same", "reference.values._quoted",
        ),
    ),
)  # fmt: skip
