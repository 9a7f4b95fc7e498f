"""Extension functions as terms (spec 10 §4.4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from drt.symbolic.outcomes import Outcome, arithmetic
from drt.symbolic.sorts import BOOL, DATETIME, DECIMAL, DURATION, IP, LONG
from drt.symbolic.terms import FALSE, TRUE, Term, const, operation, or_
from reference.extensions import datetime, decimal, duration, ipaddr
from reference.syntax import Lit
from reference.validation.judgement import Typed
from reference.values import String

DAY = 86_400_000
UNITS = {
    "toMilliseconds": 1,
    "toSeconds": 1000,
    "toMinutes": 60_000,
    "toHours": 3_600_000,
    "toDays": DAY,
}


def called(function: str, arguments: Sequence[Typed], outcome: Callable[[Typed], Outcome]) -> Outcome:
    """Compile a call; constructors have literal arguments, as validation demands."""
    if function in ("decimal", "ip", "datetime", "duration"):
        return Outcome(FALSE, constructed(function, arguments[0]))
    parts = [outcome(argument) for argument in arguments]
    error = or_(*(part.error for part in parts))
    return method(function, error, [part.value for part in parts])


def constructed(function: str, argument: Typed) -> Term:
    """Read the literal argument of a constructor."""
    assert isinstance(argument.expr, Lit)
    assert isinstance(argument.expr.value, String)
    text = argument.expr.value.value
    match function:
        case "decimal":
            return const(DECIMAL, decimal.parse(text).ten_thousandths)
        case "datetime":
            return const(DATETIME, datetime.parse(text).milliseconds)
        case "duration":
            return const(DURATION, duration.parse(text).milliseconds)
        case _:
            return const(IP, ipaddr.parse(text))


def method(function: str, error: Term, values: Sequence[Term]) -> Outcome:
    """Compile a method of extension values."""
    match function, values:
        case "lessThan", [a, b]:
            return Outcome(error, _less(a, b))
        case "greaterThan", [a, b]:
            return Outcome(error, _less(b, a))
        case "lessThanOrEqual", [a, b]:
            return Outcome(error, _less_or_equal(a, b))
        case "greaterThanOrEqual", [a, b]:
            return Outcome(error, _less_or_equal(b, a))
        case "offset", [a, b]:
            return arithmetic("add", DATETIME, error, a, b)
        case "durationSince", [a, b]:
            return arithmetic("sub", DURATION, error, a, b)
        case "toTime", [a]:
            return Outcome(error, operation("modulo", DURATION, a, payload=DAY))
        case "toDate", [a]:
            return to_date(error, a)
        case _, [a] if function in UNITS:
            return Outcome(error, operation("quotient", LONG, a, payload=UNITS[function]))
        case _:
            return Outcome(error, _of_address(function, values))


def to_date(error: Term, moment: Term) -> Outcome:
    """Return midnight at or before a moment; before the first midnight of 64 bits there is none."""
    return arithmetic("sub", DATETIME, error, moment, operation("modulo", DATETIME, moment, payload=DAY))


def _of_address(function: str, values: Sequence[Term]) -> Term:
    match function, values:
        case "isIpv4", [a]:
            return operation("ip-version", BOOL, a, payload=4)
        case "isIpv6", [a]:
            return operation("ip-version", BOOL, a, payload=6)
        case "isInRange", [a, b]:
            return TRUE if a is b else in_range(a, b)
        case "isLoopback", [a]:
            return or_(*(in_range(a, const(IP, known)) for known in ipaddr.LOOPBACK.values()))
        case "isMulticast", [a]:
            return or_(*(in_range(a, const(IP, known)) for known in ipaddr.MULTICAST.values()))
    raise AssertionError(f"no rule for the function {function!r}")


def in_range(inner: Term, outer: Term) -> Term:
    """Return whether a range is part of another."""
    return operation("ip-in-range", BOOL, inner, outer)


def _less(a: Term, b: Term) -> Term:
    return FALSE if a is b else operation("lt", BOOL, a, b)


def _less_or_equal(a: Term, b: Term) -> Term:
    return TRUE if a is b else operation("le", BOOL, a, b)
