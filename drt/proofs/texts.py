"""Readers of decimals, addresses, datetimes and durations: both accept the same texts, and give what they stand for.

Owns the texts that are tried: all short ones over the characters that matter, and all that are one edit away from
well-formed ones. What a text stands for is worked out apart, with Python's own fractions, dates and addresses.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import chain, product
from typing import Any

from drt.proofs.automata import Automaton
from drt.proofs.defects import Defect
from drt.proofs.theorem import Counterexample, Goal, Theorem
from drt.proofs.tried import tried
from production.errors import EvaluationError as ProductionError
from production.language.datetimes import parse_datetime
from production.language.decimals import parse_decimal
from production.language.durations import parse_duration
from production.language.ipaddrs import parse_ip
from reference.errors import EvaluationError
from reference.extensions import datetime as reference_datetime
from reference.extensions import decimal as reference_decimal
from reference.extensions import duration as reference_duration
from reference.extensions import ipaddr as reference_ipaddr

MIN, MAX = -(2**63), 2**63 - 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Meaning = tuple[int, ...] | None
"""What a text stands for, in integers; None if it is malformed or out of range."""


TRIED = "every text that is tried"


@dataclass(frozen=True, slots=True)
class Reader:
    """The readers of one type, and what is right."""

    reference: Callable[[str], Any]
    production: Callable[[str], Any]
    right: Callable[[str], Meaning]
    texts: Callable[[], Iterator[str]]


def _wrong(reader: Reader) -> Iterator[str]:
    for text in reader.texts():
        right = reader.right(text)
        ours, theirs = _read(reader.reference, text), _read(reader.production, text)
        if ours != right or theirs != right:
            yield f"{text!r} stands for {right}: reference {ours}, production {theirs}"


def _read(parse: Callable[[str], Any], text: str) -> Meaning | str:
    try:
        return astuple(parse(text))
    except (EvaluationError, ProductionError) as error:
        return None if error.kind == "extension" else str(error.kind)
    except Exception as error:  # whatever else a reader raises is wrong
        return f"{type(error).__name__}: {error}"


def search(name: str, *texts: str) -> Counterexample | None:
    """Search texts of a type for one on which a reader is wrong: these first, then all that are tried."""
    reader = READERS[name]
    failure = next(_wrong(replace(reader, texts=lambda: chain(texts, reader.texts()))), None)
    return None if failure is None else Counterexample(failure, True)


def tried_texts(name: str) -> Goal:
    """Return the obligation that both readers are right on all texts of a type that are tried."""
    return tried(TRIED, _wrong(READERS[name]))


def _edited(bases: Sequence[str], pieces: Sequence[str]) -> Iterator[str]:
    """Yield the texts, and all that one deletion, insertion or substitution makes of them."""
    for base in bases:
        yield base
        for place in range(len(base) + 1):
            yield base[:place] + base[place + 1 :]
            for piece in pieces:
                yield base[:place] + piece + base[place:]
                yield base[:place] + piece + base[place + 1 :]


def _decimals() -> Iterator[str]:
    for size in range(6):
        yield from map("".join, product("-01.x\u0663", repeat=size))
    for whole in (922337203685477, 922337203685478, 10**15, 10**30, 10**45):
        for fraction in ("0", "5807", "5808", "5809", "58", "58070", "9"):
            yield from (f"{whole}.{fraction}", f"-{whole}.{fraction}", f"000{whole}.{fraction}")
    yield f"{'0' * 45}1.5"
    yield from _edited(("12.3456", "-0.1", "9.99"), ("1", "-", ".", "+", " ", "_", "e", "\n"))


def _decimal(text: str) -> Meaning:
    if not re.fullmatch(r"-?[0-9]+\.[0-9]{1,4}", text):
        return None
    units = Fraction(text) * 10_000
    return (int(units),) if MIN <= units <= MAX else None


UNITS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}


EXTRA = 2
"""A reader of durations may have so many states more than the automaton of their form."""


def _duration_step(state: Hashable, letter: str) -> Hashable:
    """Follow the form of durations: what came last, and how many units may no more come."""
    match state, letter:
        case ("start", 0), "-":
            return "sign", 0
        case ("minutes", _), "1":
            return "digits", 3
        case ("start" | "sign" | "digits" | "unit", int(units)), "1" if units < len(UNITS):
            return "digits", units
        case ("digits", int(units)), "m":
            return ("minutes" if units <= 2 else "milli"), units
        case ("digits", int(units)), ("d" | "h" | "s") if [*UNITS].index(letter) >= units:
            return "unit", [*UNITS].index(letter) + 1
        case ("minutes" | "milli", _), "s":
            return "unit", len(UNITS)
    return None


def _is_duration(state: Hashable) -> bool:
    return isinstance(state, tuple) and state[0] in ("unit", "minutes")


DURATION = Automaton(("1", "-", "d", "h", "m", "s", "x"), ("start", 0), _duration_step, _is_duration)


def _durations() -> Iterator[str]:
    yield from DURATION.texts(EXTRA)
    yield from _edited(("1d2h3m4s5ms", "-1h5s"), ("-", " ", "1", "d", "s", "\u0663", "+", "."))
    for unit, milliseconds in UNITS.items():
        for count in (MAX // milliseconds, MAX // milliseconds + 1, 2**63, 10**30):
            yield from (f"{count}{unit}", f"-{count}{unit}", f"00{count}{unit}")
    yield from (
        "106751991167d7h12m55s807ms",
        "106751991167d7h12m55s808ms",
        "-106751991167d7h12m55s808ms",
        "-106751991167d7h12m55s809ms",
    )


def _duration(text: str) -> Meaning:
    match = re.fullmatch(r"(-?)(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?(?:([0-9]+)ms)?", text)
    if match is None or not any(match.groups()[1:]):
        return None
    total = sum(
        int(count or 0) * unit for count, unit in zip(match.groups()[1:], UNITS.values(), strict=True)
    )
    signed = -total if match[1] else total
    return (signed,) if MIN <= signed <= MAX else None


def _datetimes() -> Iterator[str]:
    zones = ("Z", "+0000", "-0130", "+2359", "+2400", "-0060", "+010", "z", "")
    bases = (
        "2024-02-29",
        "2024-10-15T11:35:00Z",
        "1969-12-31T23:59:59.999Z",
        "2024-10-15T11:35:00+0100",
        "0000-01-01T00:00:00.000-2359",
    )
    yield from _edited(bases, ("0", "9", "-", ":", "T", "Z", ".", "+", " ", "\u0663"))
    for year, month, day in product(
        ("0000", "0004", "1900", "2000", "2023", "2024", "9999"), range(14), (0, 1, 28, 29, 30, 31, 32)
    ):
        yield f"{year}-{month:02}-{day:02}"
    for hour, minute, second, rest in product(
        (0, 23, 24), (0, 59, 60), (0, 59, 60), ("", ".0", ".007", ".1234")
    ):
        yield from (f"1970-01-01T{hour:02}:{minute:02}:{second:02}{rest}{zone}" for zone in zones)


def _datetime(text: str) -> Meaning:
    match = re.fullmatch(
        r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
        r"(?:T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{3}))?(?:Z|([+-])([0-9]{2})([0-9]{2})))?",
        text,
    )
    if match is None:
        return None
    year, month, day, hour, minute, second, milli = (int(part or 0) for part in match.groups()[:7])
    shift = timedelta(hours=int(match[9] or 0), minutes=int(match[10] or 0))
    if int(match[9] or 0) > 23 or int(match[10] or 0) > 59:
        return None
    later = 400 if year < 400 else 0  # the calendar repeats every 400 years, and Python has no year 0
    try:
        moment = datetime(year + later, month, day, hour, minute, second, milli * 1000, tzinfo=UTC)
    except ValueError:
        return None
    passed = moment - EPOCH - timedelta(days=146_097 if later else 0) - (-shift if match[8] == "-" else shift)
    return (passed // timedelta(milliseconds=1),)


def _addresses() -> Iterator[str]:
    four = ("127.0.0.1", "10.0.0.0/8", "255.255.255.255/32", "1.2.3.4/0")
    six = (
        "::1",
        "1:2:3:4:5:6:7:8",
        "::/0",
        "fe80::1/64",
        "1::8",
        "1:2:3:4:5:6:7::",
        "::ffff:1.2.3.4",
        "ABCD:ef01:2345:6789:abcd:ef01:2345:6789/128",
    )
    yield from _edited(
        (*four, *six),
        ("0", "1", "9", "255", "256", "f", "g", "ffff", ".", ":", "::", "/", "-", " ", "\u0663", "%1"),
    )
    for length in range(131):
        yield from (f"1.2.3.4/{length}", f"::1/{length}", f"::1/0{length}", f"1.2.3.4/0{length}")
    for size in range(10):
        groups = ":".join("1" * size)
        yield from (groups, f"{groups}::", f"::{groups}", f"1::{groups}", f"{groups}:")


def _address(text: str) -> Meaning:
    address, slash, prefix = text.partition("/")
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    if "%" in address or (parsed.version == 6 and "." in address):
        return None  # zones and embedded dotted addresses are none of Cedar's
    width = parsed.max_prefixlen
    if slash and (not re.fullmatch(r"0|[1-9][0-9]{0,2}", prefix) or int(prefix) > width):
        return None
    return parsed.version, int(parsed), int(prefix) if slash else width


READERS = {
    "decimal": Reader(reference_decimal.parse, parse_decimal, _decimal, _decimals),
    "duration": Reader(reference_duration.parse, parse_duration, _duration, _durations),
    "datetime": Reader(reference_datetime.parse, parse_datetime, _datetime, _datetimes),
    "ip": Reader(reference_ipaddr.parse, parse_ip, _address, _addresses),
}  # fmt: skip


THEOREMS = (
    Theorem(
        "Texts of `duration` are read as what they stand for",
        "Both readers accept exactly the well-formed texts in range, and give their value, on all texts that are one edit away"
        f" from well-formed ones, and on all that tell the automaton of their form from others of up to {EXTRA} states more.",
        "Lean Ext: parsing",
        "B",
        lambda: (tried_texts("duration"),),
        (
            Defect("units in any order", "production.language.durations", "        unit += 1\n    else:", "        unit = 0\n    else:"),
            Defect("a sign beside each other total", "production.language.durations", "(negative and total == MAX_MAGNITUDE)", "total == MAX_MAGNITUDE"),
            Defect("a duration of nothing", "reference.extensions.duration", "if all(quantity is None for quantity in quantities):", "if sign and all(quantity is None for quantity in quantities):"),
        ),
        f"exact if a reader has at most {EXTRA} states more than the form's automaton (the W-method), and takes digits alike",
        (
            "reference.extensions.duration.parse", "production.language.durations.parse_duration",
            "production.language.durations._split", "production.language.integers.digits_value",
        ),
    ),
)  # fmt: skip
