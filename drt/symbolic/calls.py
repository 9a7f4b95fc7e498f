"""Extension functions as terms (spec 10 §4.4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from drt.symbolic.outcomes import NEVER, Failure, Outcome, arithmetic, in_order
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
        return Outcome(NEVER, constructed(function, arguments[0]))
    parts = [outcome(argument) for argument in arguments]
    return method(function, in_order(parts), [part.value for part in parts])


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


def method(function: str, failure: Failure, values: Sequence[Term]) -> Outcome:
    """Compile a method of extension values."""
    match function, values:
        case "lessThan", [a, b]:
            return Outcome(failure, less(a, b))
        case "greaterThan", [a, b]:
            return Outcome(failure, less(b, a))
        case "lessThanOrEqual", [a, b]:
            return Outcome(failure, less_or_equal(a, b))
        case "greaterThanOrEqual", [a, b]:
            return Outcome(failure, less_or_equal(b, a))
        case "offset", [a, b]:
            return arithmetic("add", DATETIME, failure, a, b)
        case "durationSince", [a, b]:
            return arithmetic("sub", DURATION, failure, a, b)
        case "toTime", [a]:
            return Outcome(failure, operation("modulo", DURATION, a, payload=DAY))
        case "toDate", [a]:
            return to_date(failure, a)
        case _, [a] if function in UNITS:
            return Outcome(failure, operation("quotient", LONG, a, payload=UNITS[function]))
        case _:
            return Outcome(failure, _of_address(function, values))


def to_date(failure: Failure, moment: Term) -> Outcome:
    """Return midnight at or before a moment; before the first midnight of 64 bits there is none."""
    return arithmetic("sub", DATETIME, failure, moment, operation("modulo", DATETIME, moment, payload=DAY))


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


def less(a: Term, b: Term) -> Term:
    """Build `a < b`."""
    return FALSE if a is b else operation("lt", BOOL, a, b)


def less_or_equal(a: Term, b: Term) -> Term:
    """Build `a <= b`."""
    return TRUE if a is b else operation("le", BOOL, a, b)
