"""A definition of the values of literals: extension types, sets, and arithmetic (spec 03, 02 §4).

Decimals are fractions, addresses are strings of bits, and the calendar counts days.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import accumulate

from drt.model.outcome import (
    ErrorKind,
    canonical_bool,
    canonical_datetime,
    canonical_decimal,
    canonical_duration,
    canonical_ipaddr,
    canonical_long,
    canonical_record,
    canonical_set,
    canonical_string,
)

_DECIMAL = re.compile(r"-?[0-9]+\.[0-9]{1,4}")
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_V4 = re.compile(rf"({_OCTET})\.({_OCTET})\.({_OCTET})\.({_OCTET})(?:/(3[0-2]|[12]?[0-9]))?")
_V6 = re.compile(r"([0-9a-fA-F:]+)(?:/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))?")
_GROUP = re.compile("[0-9a-fA-F]{1,4}")
_DATE = r"([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_CLOCK = r"([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])(?:\.([0-9]{3}))?"
_DATETIME = re.compile(rf"{_DATE}(?:T{_CLOCK}(?:Z|([-+])([01][0-9]|2[0-3])([0-5][0-9])))?")
_DURATION = re.compile(
    r"(-?)(?=[0-9])(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?(?:([0-9]+)ms)?"
)
_MILLISECONDS = {
    "toMilliseconds": 1,
    "toSeconds": 1000,
    "toMinutes": 60_000,
    "toHours": 3_600_000,
    "toDays": 86_400_000,
}
_DAY = 86_400_000


class Fails(Exception):
    """The expression has no value, but an error of a kind."""

    def __init__(self, kind: ErrorKind) -> None:
        super().__init__(kind)
        self.kind = kind


class Unknown(Exception):
    """The expression is none that the definition evaluates."""


@dataclass(frozen=True, slots=True)
class Decimal:
    """A number of at most four fraction digits."""

    number: Fraction


@dataclass(frozen=True, slots=True)
class Ip:
    """An address as its bits, with the length of its prefix."""

    bits: str
    prefix: int

    def is_in(self, other: Ip) -> bool:
        """Whether every address with this prefix has the other's too."""
        same = self.bits[: other.prefix] == other.bits[: other.prefix]
        return len(self.bits) == len(other.bits) and self.prefix >= other.prefix and same


@dataclass(frozen=True, slots=True)
class Instant:
    """Milliseconds since the first moment of 1970."""

    milliseconds: int


@dataclass(frozen=True, slots=True)
class Span:
    """A signed number of milliseconds."""

    milliseconds: int


@dataclass(frozen=True, slots=True)
class Fields:
    """A record: its fields in canonical form, by name."""

    by_name: tuple[tuple[str, str], ...]


Value = bool | int | str | frozenset[str] | Fields | Decimal | Ip | Instant | Span
"""A set is that of the canonical texts of its elements."""

_LOOPBACK = (Ip(f"{127:08b}" + "0" * 24, 8), Ip("0" * 127 + "1", 128))
_MULTICAST = (Ip("1110" + "0" * 28, 4), Ip("1" * 8 + "0" * 120, 8))


def in_64_bits(number: int, kind: ErrorKind = "extension") -> int:
    """Return a number that fits 64 bits with a sign; raise `Fails` for another."""
    if not -(2**63) <= number < 2**63:
        raise Fails(kind)
    return number


def decimal(text: str) -> Decimal:
    """Read a decimal as a fraction."""
    if not _DECIMAL.fullmatch(text):
        raise Fails("extension")
    number = Fraction(text)
    in_64_bits(int(number * 10_000))
    return Decimal(number)


def ip(text: str) -> Ip:
    """Read an address as a string of bits."""
    if found := _V4.fullmatch(text):
        *octets, prefix = found.groups()
        return Ip("".join(f"{int(octet):08b}" for octet in octets), 32 if prefix is None else int(prefix))
    found = _V6.fullmatch(text)
    if found is None:
        raise Fails("extension")
    halves = [half.split(":") if half else [] for half in found[1].split("::")]
    groups = [group for half in halves for group in half]
    full = len(groups) == 8 if len(halves) == 1 else len(halves) == 2 and len(groups) <= 7
    if not full or not all(map(_GROUP.fullmatch, groups)):
        raise Fails("extension")
    head = "".join(f"{int(group, 16):016b}" for group in halves[0])
    tail = "".join(f"{int(group, 16):016b}" for group in groups[len(halves[0]) :])
    return Ip(head + "0" * (128 - len(head) - len(tail)) + tail, 128 if found[2] is None else int(found[2]))


@cache
def _first_days() -> list[int]:
    """Count the days before each year, and before the one after the last, from the year 0 on."""
    return [0, *accumulate(sum(_months(year)) for year in range(10_000))]


def _months(year: int) -> list[int]:
    leap = year % 400 == 0 or (year % 4 == 0 and year % 100 != 0)
    return [31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


def datetime(text: str) -> Instant:
    """Read an instant by counting days."""
    found = _DATETIME.fullmatch(text)
    if found is None:
        raise Fails("extension")
    year, month, day, *clock = (int(part or 0) for part in found.group(1, 2, 3, 4, 5, 6, 7, 9, 10))
    lengths = _months(year)
    if day > lengths[month - 1]:
        raise Fails("extension")
    days = _first_days()[year] - _first_days()[1970] + sum(lengths[: month - 1]) + day - 1
    hour, minute, second, millisecond, east_hours, east_minutes = clock
    local = (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000 + millisecond
    east = (east_hours * 60 + east_minutes) * 60_000
    return Instant(local + east if found[8] == "-" else local - east)


def duration(text: str) -> Span:
    """Read a span as the sum of its parts."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise Fails("extension")
    days, hours, minutes, seconds, rest = (int(part or 0) for part in found.groups()[1:])
    total = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + rest
    return Span(in_64_bits(-total if found[1] else total))


CONSTRUCTORS: dict[str, Callable[[str], Value]] = {
    "decimal": decimal, "ip": ip, "datetime": datetime, "duration": duration,
}  # fmt: skip
"""The readers of extension literals."""


def method(name: str, receiver: Value, arguments: Sequence[Value]) -> Value:
    """Apply a method to values of its types; raise `Unknown` for any other."""
    match name, receiver, *arguments:
        case "lessThan", Decimal(a), Decimal(b):
            return a < b
        case "lessThanOrEqual", Decimal(a), Decimal(b):
            return a <= b
        case "greaterThan", Decimal(a), Decimal(b):
            return a > b
        case "greaterThanOrEqual", Decimal(a), Decimal(b):
            return a >= b
        case "isIpv4", Ip(bits):
            return len(bits) == 32
        case "isIpv6", Ip(bits):
            return len(bits) == 128
        case "isLoopback", Ip() as address:
            return any(address.is_in(each) for each in _LOOPBACK)
        case "isMulticast", Ip() as address:
            return any(address.is_in(each) for each in _MULTICAST)
        case "isInRange", Ip() as address, Ip() as other:
            return address.is_in(other)
        case "offset", Instant(at), Span(by):
            return Instant(in_64_bits(at + by))
        case "durationSince", Instant(at), Instant(before):
            return Span(in_64_bits(at - before))
        case "toDate", Instant(at):
            return Instant(in_64_bits(at // _DAY * _DAY))
        case "toTime", Instant(at):
            return Span(at - at // _DAY * _DAY)
        case _, frozenset() as whole, *_:
            return _method_of_set(name, whole, arguments)
        case _, Span(count) if name in _MILLISECONDS and not arguments:
            return int(Fraction(count, _MILLISECONDS[name]))
        case _:
            raise Unknown


def _method_of_set(name: str, whole: frozenset[str], arguments: Sequence[Value]) -> bool:
    match name, *arguments:
        case "contains", element:
            return canonical(element) in whole
        case "containsAll", frozenset() as part:
            return part <= whole
        case "containsAny", frozenset() as part:
            return not whole.isdisjoint(part)
        case ("isEmpty",):
            return not whole
        case _:
            raise Unknown


def operate(operator: str, left: Value, right: Value) -> Value:
    """Apply an operator to two values."""
    match operator, left, right:
        case "==", _, _:
            return type(left) is type(right) and left == right
        case "<", (Instant(a), Instant(b)) | (Span(a), Span(b)):
            return a < b
        case _, int(), int():
            made = {"<": left < right, "+": left + right, "-": left - right, "*": left * right}[operator]
            return made if isinstance(made, bool) else in_64_bits(made, "overflow")
        case _:
            raise Unknown


def canonical(value: Value) -> str:
    """Return the canonical text of a value."""
    match value:
        case bool():
            return canonical_bool(value)
        case int():
            return canonical_long(value)
        case str():
            return canonical_string(value)
        case frozenset():
            return canonical_set(sorted(value))
        case Fields(by_name):
            return canonical_record(dict(by_name))
        case Decimal(number):
            return canonical_decimal(int(number * 10_000))
        case Ip(bits, prefix):
            return canonical_ipaddr(4 if len(bits) == 32 else 6, int(bits, 2), prefix)
        case Instant(at):
            return canonical_datetime(at)
        case Span(count):
            return canonical_duration(count)
