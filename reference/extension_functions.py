"""The extension functions and methods: name, kinds of the arguments, rule (spec 03).

A call checks the number of its arguments, then their kinds in order, then applies the rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from reference.errors import EvaluationError
from reference.extensions import datetime, decimal, duration, ipaddr
from reference.extensions.datetime import Datetime
from reference.extensions.decimal import Decimal
from reference.extensions.duration import Duration
from reference.extensions.ipaddr import IpAddr
from reference.values import Bool, Long, String, Value


@dataclass(frozen=True, slots=True)
class Function:
    """A function: its rule gets arguments of exactly these kinds."""

    kinds: tuple[type[Value], ...]
    rule: Callable[..., Value]


def _constructor(parse: Callable[[str], Value]) -> Function:
    return Function((String,), lambda text: parse(text.value))


def _test(rule: Callable[..., bool], *kinds: type[Value]) -> Function:
    return Function(kinds, lambda *arguments: Bool(rule(*arguments)))


def _count(rule: Callable[[Any], int], kind: type[Value]) -> Function:
    return Function((kind,), lambda argument: Long(rule(argument)))


CONSTRUCTORS = {
    "decimal": _constructor(decimal.parse),
    "ip": _constructor(ipaddr.parse),
    "datetime": _constructor(datetime.parse),
    "duration": _constructor(duration.parse),
}

METHODS = {
    "lessThan": _test(decimal.less_than, Decimal, Decimal),
    "lessThanOrEqual": _test(decimal.less_than_or_equal, Decimal, Decimal),
    "greaterThan": _test(decimal.greater_than, Decimal, Decimal),
    "greaterThanOrEqual": _test(decimal.greater_than_or_equal, Decimal, Decimal),
    "isIpv4": _test(ipaddr.is_ipv4, IpAddr),
    "isIpv6": _test(ipaddr.is_ipv6, IpAddr),
    "isLoopback": _test(ipaddr.is_loopback, IpAddr),
    "isMulticast": _test(ipaddr.is_multicast, IpAddr),
    "isInRange": _test(ipaddr.is_in_range, IpAddr, IpAddr),
    "offset": Function((Datetime, Duration), datetime.offset),
    "durationSince": Function((Datetime, Datetime), datetime.duration_since),
    "toDate": Function((Datetime,), datetime.to_date),
    "toTime": Function((Datetime,), datetime.to_time),
    "toMilliseconds": _count(duration.to_milliseconds, Duration),
    "toSeconds": _count(duration.to_seconds, Duration),
    "toMinutes": _count(duration.to_minutes, Duration),
    "toHours": _count(duration.to_hours, Duration),
    "toDays": _count(duration.to_days, Duration),
}

FUNCTIONS = CONSTRUCTORS | METHODS


def call(name: str, arguments: Sequence[Value]) -> Value:
    """Return the result of an extension function; `name` must be one of `FUNCTIONS`.

    Raises:
        EvaluationError: `arity`, then `type`, then what the function itself fails with.
    """
    function = FUNCTIONS[name]
    if len(arguments) != len(function.kinds):
        raise EvaluationError("arity")
    for argument, kind in zip(arguments, function.kinds, strict=True):
        if not isinstance(argument, kind):
            raise EvaluationError("type")
    return function.rule(*arguments)
