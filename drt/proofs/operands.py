"""Values of every kind in both engines' forms, for the rows about operators.

Numbers, and what is made of numbers (decimals, datetimes, durations), are symbols; of every other kind a few stand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import z3

from production.language import datetimes, decimals, durations, ipaddrs
from production.language.uids import Uid
from production.language.values import SetValue
from reference import values
from reference.extensions.datetime import Datetime
from reference.extensions.decimal import Decimal
from reference.extensions.duration import Duration
from reference.extensions.ipaddr import IpAddr

MIN, MAX = -(2**63), 2**63 - 1


TEXTS = ("", "ab", "ba", "aab", "acb", "acbxc", "a*", "a\U0001f600b")
"""Strings that one or another pattern of the forms matches."""

Make = Callable[[Any], Any]
Ask = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Operand:
    """A value in both engines' forms; `symbol` is its number, where it has one, of which the forms are made."""

    description: str
    reference: Make
    production: Make
    symbol: Any = None

    @property
    def name(self) -> str:
        """What it is called before it has a number."""
        return self.description


def _fixed(description: str, reference: Any, production: Any) -> Operand:
    return Operand(description, lambda _: reference, lambda _: production)


ADDRESSES = (
    (4, 127 << 24, 8), (4, 127 << 24 | 1, 32), (4, 126 << 24, 7), (4, 128 << 24, 32), (4, 10 << 24, 7), (4, 224 << 24, 4),
    (4, 239 << 24, 32), (4, 223 << 24, 3), (4, 240 << 24, 4), (6, 1, 128), (6, 1, 127), (6, 2, 128),
    (6, 0xFF << 120, 8), (6, 0xFF << 120, 7), (6, 0xFE << 120, 8), (6, 127 << 24, 128), (6, 10 << 24, 128),
)  # fmt: skip
"""Versions, addresses and prefixes in and around the ranges that methods know."""


def _address(version: Any, address: int, prefix: int) -> Operand:
    made = ipaddrs.IpAddress(version, address, prefix)
    return _fixed(f"ip {made}", IpAddr(version, address, prefix), made)


def operands(side: str) -> tuple[Operand, ...]:
    """Values of every kind; the number of a side is a symbol of its name."""
    n = z3.Int(side)
    return (
        _fixed("true", values.TRUE, True),
        _fixed("false", values.FALSE, False),
        Operand("{}", values.Long, lambda n: n, n),
        Operand("decimal {}", Decimal, decimals.decimal_of, n),
        Operand("datetime {}", Datetime, datetimes.datetime_of, n),
        Operand("duration {}", Duration, durations.duration_of, n),
        _fixed('"a"', values.String("a"), "a"),
        _fixed('"b"', values.String("b"), "b"),
        *(_fixed(f'"{text}"', values.String(text), text) for text in TEXTS),
        _fixed('U::"a"', values.EntityUid("U", "a"), Uid("U", "a")),
        _fixed('U::"b"', values.EntityUid("U", "b"), Uid("U", "b")),
        _fixed("[1]", values.Set(frozenset([values.Long(1)])), SetValue([1])),
        _fixed('[U::"a"]', values.Set(frozenset([values.EntityUid("U", "a")])), SetValue([Uid("U", "a")])),
        _fixed("[]", values.Set(frozenset()), SetValue([])),
        _fixed("record", values.Record({}), {}),
        _fixed("record x", values.Record({"x": values.Record({"y": values.Long(0)})}), {"x": {"y": 0}}),
        *(_address(*each) for each in ADDRESSES),
    )


def longs(operands: Sequence[Operand]) -> tuple[Any, ...]:
    """Return the hypotheses that the operands' numbers have 64 bits."""
    return tuple(z3.And(one.symbol >= MIN, one.symbol <= MAX) for one in operands if one.symbol is not None)


def applied(ask: Ask, makes: Sequence[Make], symbols: Sequence[Any]) -> tuple[Callable[..., Any], list[Any]]:
    """Return a function of the numbers alone, for the explorer, and the symbols of these numbers."""
    known = [one for one in symbols if one is not None]

    def function(*numbers: Any) -> Any:
        rest = iter(numbers)
        return ask(
            *(make(None if one is None else next(rest)) for make, one in zip(makes, symbols, strict=True))
        )

    return function, known
