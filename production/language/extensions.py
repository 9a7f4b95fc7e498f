"""The table of extension functions and methods, and how one is called (spec 03, 02 §4.10)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..errors import EvaluationError
from .datetimes import DAY, Datetime, datetime_of, parse_datetime
from .decimals import Decimal, parse_decimal
from .durations import Duration, duration_of, parse_duration
from .integers import MAX_LONG, MIN_LONG
from .ipaddrs import LOOPBACK, MULTICAST, IpAddress, parse_ip
from .values import Value, kind_name


@dataclass(frozen=True, slots=True)
class Function:
    """An extension function: parameter classes (the receiver first), result class, what it does."""

    name: str
    parameters: tuple[type, ...]
    result: type
    apply: Callable[..., Value]
    is_constructor: bool = False


def _in_range(milliseconds: int) -> int:
    if not MIN_LONG <= milliseconds <= MAX_LONG:
        raise EvaluationError("extension", "the result does not fit in 64 bits of milliseconds")
    return milliseconds


def _offset(start: Datetime, by: Duration) -> Datetime:
    return datetime_of(_in_range(start.milliseconds + by.milliseconds))


def _duration_since(end: Datetime, start: Datetime) -> Duration:
    return duration_of(_in_range(end.milliseconds - start.milliseconds))


def _to_date(instant: Datetime) -> Datetime:
    return datetime_of(_in_range(instant.milliseconds - instant.milliseconds % DAY))


def _to_time(instant: Datetime) -> Duration:
    return duration_of(instant.milliseconds % DAY)


def _decimal_order(compare: Callable[[int, int], bool]) -> Callable[[Decimal, Decimal], bool]:
    return lambda left, right: compare(left.units, right.units)


def _whole(unit: int) -> Callable[[Duration], int]:
    return lambda duration: duration.truncated(unit)


def _constructor(name: str, result: type, parse: Callable[[str], Value]) -> Function:
    return Function(name, (str,), result, parse, is_constructor=True)


_METHODS: Final[tuple[tuple[str, tuple[type, ...], type, Callable[..., Any]], ...]] = (
    ("lessThan", (Decimal, Decimal), bool, _decimal_order(operator.lt)),
    ("lessThanOrEqual", (Decimal, Decimal), bool, _decimal_order(operator.le)),
    ("greaterThan", (Decimal, Decimal), bool, _decimal_order(operator.gt)),
    ("greaterThanOrEqual", (Decimal, Decimal), bool, _decimal_order(operator.ge)),
    ("isIpv4", (IpAddress,), bool, lambda ip: ip.version == 4),
    ("isIpv6", (IpAddress,), bool, lambda ip: ip.version == 6),
    ("isLoopback", (IpAddress,), bool, lambda ip: ip.is_in(LOOPBACK[ip.version])),
    ("isMulticast", (IpAddress,), bool, lambda ip: ip.is_in(MULTICAST[ip.version])),
    ("isInRange", (IpAddress, IpAddress), bool, IpAddress.is_in),
    ("offset", (Datetime, Duration), Datetime, _offset),
    ("durationSince", (Datetime, Datetime), Duration, _duration_since),
    ("toDate", (Datetime,), Datetime, _to_date),
    ("toTime", (Datetime,), Duration, _to_time),
    ("toMilliseconds", (Duration,), int, _whole(1)),
    ("toSeconds", (Duration,), int, _whole(1_000)),
    ("toMinutes", (Duration,), int, _whole(60_000)),
    ("toHours", (Duration,), int, _whole(3_600_000)),
    ("toDays", (Duration,), int, _whole(DAY)),
)

FUNCTIONS: Final[dict[str, Function]] = {
    function.name: function
    for function in (
        _constructor("decimal", Decimal, parse_decimal),
        _constructor("ip", IpAddress, parse_ip),
        _constructor("datetime", Datetime, parse_datetime),
        _constructor("duration", Duration, parse_duration),
        *(Function(*row) for row in _METHODS),
    )
}
CONSTRUCTORS: Final = frozenset(name for name, function in FUNCTIONS.items() if function.is_constructor)
METHODS: Final = frozenset(FUNCTIONS) - CONSTRUCTORS


def call(function: Function, arguments: Sequence[Value]) -> Value:
    """Apply to evaluated arguments: first their number, then their kinds in order, then the function.

    Raises `EvaluationError` of kind `arity`, `type` or `extension`.
    """
    parameters = function.parameters
    if len(arguments) != len(parameters):
        raise EvaluationError(
            "arity", f"{function.name} takes {len(parameters)} arguments, not {len(arguments)}"
        )
    for argument, parameter in zip(arguments, parameters, strict=True):
        if argument.__class__ is not parameter:
            raise EvaluationError("type", f"{function.name} cannot take a {kind_name(argument)}")
    return function.apply(*arguments)
