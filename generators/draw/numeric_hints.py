"""The number of a value, where a constant is to be placed near it."""

from __future__ import annotations

from typing import TypeGuard

from generators.draw import extension_values
from generators.draw.literals import LONG_MAX, LONG_MIN
from generators.draw.syntax import ExtV, RecordV, SetV, Value


def is_long(value: Value | None) -> TypeGuard[int]:
    """Return whether a value is an integer, and no Boolean."""
    return isinstance(value, int) and not isinstance(value, bool)


def bounded(value: int) -> int | None:
    """Return an integer, or None where it overflows."""
    return value if LONG_MIN <= value <= LONG_MAX else None


def number(value: Value | None) -> int | None:
    """Return the number of a value in its order, if it has one."""
    if isinstance(value, ExtV) and len(value.key) == 1:
        return value.key[0]
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return None


def truncated(value: Value | None, unit: int) -> int | None:
    """Return a duration in whole units, truncated towards zero."""
    length = number(value)
    if length is None:
        return None
    return abs(length) // unit * (1 if length >= 0 else -1)


def datetime_at(milliseconds: int | None) -> ExtV | None:
    """Return the instant of so many milliseconds, or None where it overflows."""
    if milliseconds is None or not LONG_MIN <= milliseconds <= LONG_MAX:
        return None
    return extension_values.datetime_value(milliseconds)


def writable(value: Value) -> bool:
    """Return whether the literal of a value type-checks: no empty set inside (spec 08 §6.4)."""
    match value:
        case SetV(items):
            return bool(items) and all(writable(item) for item in items)
        case RecordV(items):
            return all(writable(item) for _, item in items)
        case _:
            return True
