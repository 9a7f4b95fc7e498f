"""The meaning of operators on values: what folding, the interpreter and a check of models have in common.

Values are plain Python values: booleans, integers, texts, `EntityUid`, `IpAddr`, frozen sets, and records as
pairs of the attributes that are present.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reference.extensions.ipaddr import is_in_range
from reference.syntax import Pattern
from reference.wildcard import matches

LEAST, MOST = -(2**63), 2**63 - 1


def overflows(number: int) -> bool:
    """Return whether a number is outside 64 bits."""
    return not LEAST <= number <= MOST


def wrapped(number: int) -> int:
    """Return the number modulo 2^64, as a signed one."""
    return (number + 2**63) % 2**64 - 2**63


def truncated(number: int, by: int) -> int:
    """Divide by a positive number, towards zero."""
    return number // by if number >= 0 else -(-number // by)


def result(op: str, payload: object, values: Sequence[Any]) -> object:
    """Return the result of an operator on values; functions and constants have none here."""
    match op, values:
        case "not", [a]:
            return not a
        case "and", _:
            return all(values)
        case "or", _:
            return any(values)
        case "ite", [condition, a, b]:
            return a if condition else b
        case "eq", [a, b]:
            return a == b
        case "lt", [a, b]:
            return a < b
        case "le", [a, b]:
            return a <= b
        case "quotient", [a]:
            assert isinstance(payload, int)
            return truncated(a, payload)
        case "modulo", [a]:
            assert isinstance(payload, int)
            return a % payload
        case "like", [text]:
            return matches(text, _pattern(payload))
        case "ip-version", [address]:
            return address.version == payload
        case "ip-in-range", [inner, outer]:
            return is_in_range(inner, outer)
        case "neg" | "add" | "sub" | "mul", _:
            return wrapped(exact(op, values))
        case "neg-overflows" | "add-overflows" | "sub-overflows" | "mul-overflows", _:
            return overflows(exact(op.removesuffix("-overflows"), values))
        case _:
            return _of_sets(op, values)


def exact(op: str, values: Sequence[Any]) -> Any:
    """Return the result of arithmetic, of numbers without limits as well as of terms of a solver."""
    match op, values:
        case "neg", [a]:
            return -a
        case "add", [a, b]:
            return a + b
        case "sub", [a, b]:
            return a - b
        case "mul", [a, b]:
            return a * b
    raise AssertionError(op)


def _of_sets(op: str, values: Sequence[Any]) -> object:
    match op, values:
        case "set", _:
            return frozenset(values)
        case "member", [element, of]:
            return element in of
        case "subset", [inner, outer]:
            return inner <= outer
        case "overlap", [a, b]:
            return not a.isdisjoint(b)
        case "empty", [of]:
            return not of
    raise AssertionError(f"the operator {op!r} has no meaning on {len(values)} values")


def _pattern(payload: object) -> Pattern:
    assert isinstance(payload, tuple)
    return payload
