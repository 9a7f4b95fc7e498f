"""Helpers that generated code calls where writing them out in place would not pay.

These say `None` where `operations` raises a type error: a comparison with `None` costs less than an
exception.
"""

from __future__ import annotations

from typing import Any, Final

from ..errors import EvaluationError
from ..language.datetimes import Datetime
from ..language.durations import Duration
from ..language.extensions import call
from ..language.uids import Uid
from ..language.values import Record, SetValue, Value, equal, key, set_of
from .operations import Above, Attributes


def path_status(value: Value, path: tuple[str, ...], attributes: Attributes) -> bool | None:
    """Return `value has a.b.c`, or `None` for a type error."""
    for name in path:
        if isinstance(value, dict):
            record: Record | None = value
        elif isinstance(value, Uid):
            record = attributes.get(value)
        else:
            return None
        if record is None or name not in record:
            return False
        value = record[name]
    return True


def in_status(left: Value, right: Value, above: Above) -> bool | None:
    """Return `left in right`, or `None` for a type error."""
    if not isinstance(left, Uid):
        return None
    if isinstance(right, Uid):
        return left is right or right in above[left]
    if not isinstance(right, SetValue):
        return None
    for element in right.keys:
        if element.__class__ is not Uid:
            return None
    return left in right.keys or not right.keys.isdisjoint(above[left])


def order_status(left: Value, right: Value) -> int | None:
    """Return the sign of `left - right`, or `None` where the two have no order."""
    kind = left.__class__
    if kind is not right.__class__:
        return None
    if kind is int and isinstance(left, int) and isinstance(right, int):
        return (left > right) - (left < right)
    if isinstance(left, Datetime) and isinstance(right, Datetime):
        return (left.milliseconds > right.milliseconds) - (left.milliseconds < right.milliseconds)
    if isinstance(left, Duration) and isinstance(right, Duration):
        return (left.milliseconds > right.milliseconds) - (left.milliseconds < right.milliseconds)
    return None


_NOTHING: Final[Record] = {}

NAMES: Final[dict[str, Any]] = {
    "__builtins__": {},
    "Uid": Uid,
    "SetValue": SetValue,
    "set_of": set_of,
    "bool": bool,
    "int": int,
    "str": str,
    "dict": dict,
    "Error": EvaluationError,
    "KeyError": KeyError,
    "E": _NOTHING,
    "call": call,
    "equal": equal,
    "key": key,
    "path_status": path_status,
    "in_status": in_status,
    "order_status": order_status,
}
"""What generated code finds under which name, beside the store and its literals."""
