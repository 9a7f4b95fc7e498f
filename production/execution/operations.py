"""Operators on evaluated operands (spec 02 §4), errors included.

Both tiers use these: the machine for every step, generated code for whatever it does not write out in place.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

from ..errors import EvaluationError
from ..language.datetimes import Datetime
from ..language.durations import Duration
from ..language.integers import MAX_LONG, MIN_LONG
from ..language.uids import Uid
from ..language.values import Record, SetValue, Value, kind_name

Attributes = Mapping[Uid, Record]
Above = Mapping[Uid, frozenset[Uid]]


def wrong_kind(expected: str, value: Value) -> NoReturn:
    """Raise the type error for an operand."""
    raise EvaluationError("type", f"expected {expected}, got {kind_name(value)}")


def truth(value: Value) -> bool:
    """Return a Bool operand."""
    if value is True or value is False:
        return value
    return wrong_kind("Bool", value)


def long(value: Value) -> int:
    """Return a Long operand; a Bool is none, although Python counts it among the integers."""
    if isinstance(value, int) and value.__class__ is int:
        return value
    return wrong_kind("Long", value)


def ranged(value: int) -> int:
    """Return the result of arithmetic, if it fits in 64 bits."""
    if MIN_LONG <= value <= MAX_LONG:
        return value
    raise EvaluationError("overflow", "the result does not fit in 64 bits")


def get_attribute(value: Value, name: str, attributes: Attributes) -> Value:
    """Return `value.name` (spec 02 §4.6)."""
    if isinstance(value, dict):
        record = value
    elif isinstance(value, Uid):
        found = attributes.get(value)
        if found is None:
            raise EvaluationError("entity-missing", f"{value!r} is not in the store")
        record = found
    else:
        wrong_kind("Record or Entity", value)
    if name not in record:
        raise EvaluationError("attr-missing", f"no attribute {name!r}")
    return record[name]


def has_path(value: Value, path: tuple[str, ...], attributes: Attributes) -> bool:
    """Return `value has a.b.c`: one step per component, which is what its expansion comes to (spec 01 §5)."""
    for name in path:
        if isinstance(value, dict):
            record: Record | None = value
        elif isinstance(value, Uid):
            record = attributes.get(value)
        else:
            wrong_kind("Record or Entity", value)
        if record is None or name not in record:
            return False
        value = record[name]
    return True


def is_in(left: Value, right: Value, above: Above) -> bool:
    """Return `left in right` (spec 02 §4.4); every element of a set is checked before any is compared."""
    if not isinstance(left, Uid):
        wrong_kind("Entity", left)
    if isinstance(right, Uid):
        return left is right or right in above[left]
    if not isinstance(right, SetValue):
        wrong_kind("Entity or Set of entities", right)
    for element in right.keys:
        if element.__class__ is not Uid:
            raise EvaluationError("type", "`in` takes a set of entities only")
    return left in right.keys or not right.keys.isdisjoint(above[left])


def is_type(value: Value, type_name: str) -> bool:
    """Return `value is type_name` (spec 02 §4.5)."""
    if isinstance(value, Uid):
        return value.type == type_name
    return wrong_kind("Entity", value)


def _orderable(left: Value, right: Value) -> tuple[int, int]:
    """Return the numbers behind two operands of `<`, the left one's kind checked first."""
    if isinstance(left, int) and left.__class__ is int:
        return left, long(right)
    if isinstance(left, Datetime):
        if isinstance(right, Datetime):
            return left.milliseconds, right.milliseconds
        wrong_kind("datetime", right)
    if isinstance(left, Duration):
        if isinstance(right, Duration):
            return left.milliseconds, right.milliseconds
        wrong_kind("duration", right)
    return wrong_kind("Long, datetime or duration", left)


def less(left: Value, right: Value) -> bool:
    """Return `left < right`."""
    a, b = _orderable(left, right)
    return a < b


def less_equal(left: Value, right: Value) -> bool:
    """Return `left <= right`."""
    a, b = _orderable(left, right)
    return a <= b


def as_set(value: Value) -> SetValue:
    """Return a Set operand."""
    if isinstance(value, SetValue):
        return value
    return wrong_kind("Set", value)


def contains_all(left: Value, right: Value) -> bool:
    """Return `left.containsAll(right)`."""
    whole = as_set(left)
    return as_set(right).keys <= whole.keys


def contains_any(left: Value, right: Value) -> bool:
    """Return `left.containsAny(right)`."""
    whole = as_set(left)
    return not whole.keys.isdisjoint(as_set(right).keys)


def _tag_operands(left: Value, right: Value) -> tuple[Uid, str]:
    if not isinstance(left, Uid):
        wrong_kind("Entity", left)
    if not isinstance(right, str):
        wrong_kind("String", right)
    return left, right


def has_tag(left: Value, right: Value, tags: Attributes) -> bool:
    """Return `left.hasTag(right)`; `tags` holds only the entities that have some."""
    uid, name = _tag_operands(left, right)
    record = tags.get(uid)
    return record is not None and name in record


def get_tag(left: Value, right: Value, tags: Attributes, attributes: Attributes) -> Value:
    """Return `left.getTag(right)` (spec 02 §4.7)."""
    uid, name = _tag_operands(left, right)
    record = tags.get(uid)
    if record is not None and name in record:
        return record[name]
    if uid in attributes:
        raise EvaluationError("tag-missing", f"no tag {name!r}")
    raise EvaluationError("entity-missing", f"{uid!r} is not in the store")
