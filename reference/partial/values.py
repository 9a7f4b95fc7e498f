"""Values in residuals: their canonical expressions, and the order of the elements of sets (spec 09 §5)."""

from __future__ import annotations

from typing import Any

from reference.extensions import decimal, duration
from reference.extensions.datetime import Datetime
from reference.extensions.decimal import Decimal
from reference.extensions.duration import Duration
from reference.extensions.ipaddr import IpAddr, canonical
from reference.syntax import Call, Expr, Lit, RecordOf, SetOf
from reference.values import Bool, EntityUid, Long, Record, Set, String, Value

Key = tuple[Any, ...]


def value_expression(value: Value) -> Expr:
    """Write the canonical expression of a value, whatever it came from (spec 09 §5.1)."""
    match value:
        case Bool() | Long() | String() | EntityUid():
            return Lit(value)
        case Set(elements):
            return SetOf(tuple([value_expression(element) for element in sorted(elements, key=order)]))
        case Record(fields):
            return RecordOf(tuple([(key, value_expression(fields[key])) for key in sorted(fields)]))
        case Decimal():
            return _call("decimal", decimal.canonical(value))
        case IpAddr():
            return _call("ip", ip_text(value))
        case Duration():
            return _call("duration", duration.canonical(value))
        case Datetime(milliseconds):
            since = _call("duration", duration.canonical(Duration(milliseconds)))
            return Call("offset", (_call("datetime", "1970-01-01"), since))


def order(value: Value) -> Key:
    """Return the sort key of an element of a set (spec 09 §5.2)."""
    match value:
        case Bool(truth):
            return (0, truth)
        case Long(number):
            return (1, number)
        case String(text):
            return (2, text)
        case EntityUid(type_name, entity_id):
            *namespace, last = type_name.split("::")
            return (3, last, tuple(namespace), entity_id)
        case Set(elements):
            return (4, tuple(sorted([order(element) for element in elements])))
        case Record(fields):
            return (5, tuple([part for key in sorted(fields) for part in (key, order(fields[key]))]))
        case Decimal(number):
            return (6, number)
        case IpAddr(version, address, prefix):
            return (7, version, address, prefix)
        case Datetime(milliseconds):
            return (8, milliseconds)
        case Duration(milliseconds):
            return (9, milliseconds)


def ip_text(value: IpAddr) -> str:
    """Write an address with its prefix length; version 6 in the short form of RFC 5952."""
    if value.version == 4:
        return canonical(value)
    groups = [f"{value.address >> shift & 0xFFFF:x}" for shift in range(112, -16, -16)]
    start, end = _longest_zeros(groups)
    if end - start < 2:
        return f"{':'.join(groups)}/{value.prefix}"
    return f"{':'.join(groups[:start])}::{':'.join(groups[end:])}/{value.prefix}"


def _longest_zeros(groups: list[str]) -> tuple[int, int]:
    """Find where the longest run of zero groups starts and ends; the first of equal ones."""
    runs = [
        (start, end)
        for start in range(len(groups))
        for end in range(start, len(groups) + 1)
        if all(group == "0" for group in groups[start:end])
    ]
    return max(runs, key=lambda run: run[1] - run[0])


def _call(function: str, text: str) -> Expr:
    return Call(function, (Lit(String(text)),))
