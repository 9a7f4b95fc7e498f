"""Extension values with their numbers, and how to write one near another.

Owns just enough arithmetic on decimals, addresses and instants to place a constant at a boundary.
"""

from __future__ import annotations

from generators.draw.literals import (
    DATETIME_TEXTS,
    DECIMAL_TEXTS,
    DURATION_TEXTS,
    EXTREME_DURATION_TEXTS,
    IP_TEXTS,
    LONG_MAX,
    LONG_MIN,
)
from generators.draw.syntax import ExtV

DAY = 86_400_000
UNITS = {"toMilliseconds": 1, "toSeconds": 1000, "toMinutes": 60_000, "toHours": 3_600_000, "toDays": DAY}
"""Milliseconds of the unit that a method of durations counts in."""

FIRST_INSTANT, LAST_INSTANT = -62167219200000, 253402300799999
"""The instants that `datetime` can write with the zone `Z`."""


def decimal_number(text: str) -> int:
    """Return the ten-thousandths of a decimal text in good form."""
    whole, _, fraction = text.lstrip("-").partition(".")
    number = int(whole) * 10_000 + int(fraction.ljust(4, "0"))
    return -number if text.startswith("-") else number


def decimal_value(number: int) -> ExtV:
    """Return the decimal of so many ten-thousandths, without trailing zeros but for one digit."""
    sign = "-" if number < 0 else ""
    whole, fraction = divmod(abs(number), 10_000)
    digits = f"{fraction:04d}".rstrip("0") or "0"
    return ExtV("decimal", f"{sign}{whole}.{digits}", (number,))


def duration_value(milliseconds: int) -> ExtV:
    """Return the duration of so many milliseconds."""
    return ExtV("duration", f"{milliseconds}ms", (milliseconds,))


def datetime_value(milliseconds: int) -> ExtV:
    """Return an instant; without text where no constructor literal in `Z` can write it."""
    if not FIRST_INSTANT <= milliseconds <= LAST_INSTANT:
        return ExtV("datetime", "", (milliseconds,))
    days, rest = divmod(milliseconds, DAY)
    year, month, day = _civil(days)
    date = f"{year:04d}-{month:02d}-{day:02d}"
    if rest == 0:
        return ExtV("datetime", date, (milliseconds,))
    seconds, millis = divmod(rest, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    fraction = f".{millis:03d}" if millis else ""
    return ExtV("datetime", f"{date}T{hour:02d}:{minute:02d}:{second:02d}{fraction}Z", (milliseconds,))


def _civil(days: int) -> tuple[int, int, int]:
    """Return year, month and day of a day counted from 1970-01-01, in the proleptic Gregorian calendar."""
    shifted = days + 719_468  # days since 0000-03-01, so that a leap day ends its year
    era, day_of_era = divmod(shifted, 146_097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    from_march = (5 * day_of_year + 2) // 153
    month = from_march + 3 if from_march < 10 else from_march - 9
    return era * 400 + year_of_era + (month <= 2), month, day_of_year - (153 * from_march + 2) // 5 + 1


def ip_value(text: str) -> ExtV:
    """Return an ipaddr from a text in good form."""
    address, _, prefix = text.partition("/")
    if ":" not in address:
        number = 0
        for octet in address.split("."):
            number = number << 8 | int(octet)
        return ExtV("ipaddr", text, (4, number, int(prefix) if prefix else 32))
    head, gap, tail = address.partition("::")
    left = [int(group, 16) for group in head.split(":") if group]
    right = [int(group, 16) for group in tail.split(":") if group]
    groups = left + [0] * (8 - len(left) - len(right)) + right if gap else left
    number = 0
    for group in groups:
        number = number << 16 | group
    return ExtV("ipaddr", text, (6, number, int(prefix) if prefix else 128))


def ip_of(version: int, number: int, prefix: int) -> ExtV:
    """Return an ipaddr from its parts; a full prefix is not written."""
    width = 32 if version == 4 else 128
    number &= (1 << width) - 1
    if version == 4:
        text = ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))
    else:
        text = ":".join(f"{number >> shift & 0xFFFF:x}" for shift in range(112, -16, -16))
    return ExtV("ipaddr", text if prefix == width else f"{text}/{prefix}", (version, number, prefix))


DECIMALS = tuple(ExtV("decimal", text, (decimal_number(text),)) for text in DECIMAL_TEXTS)
IPS = tuple(ip_value(text) for text in IP_TEXTS)
DATETIMES = tuple(ExtV("datetime", text, (number,)) for text, number in DATETIME_TEXTS)
DURATIONS = tuple(ExtV("duration", text, (number,)) for text, number in DURATION_TEXTS)
EXTREME_DURATIONS = tuple(ExtV("duration", text, (number,)) for text, number in EXTREME_DURATION_TEXTS)

EXTREME_DATETIMES = tuple(datetime_value(at) for at in (LONG_MAX, LONG_MIN, LONG_MAX - 1, LONG_MIN + DAY))
EXTREMES = {"duration": EXTREME_DURATIONS, "datetime": EXTREME_DATETIMES}
"""Values at the ends of a range that the other lists leave out."""


def extension_near(kind: str, number: int) -> ExtV | None:
    """Return the value of an ordered extension type with this number, if it can be written."""
    if not LONG_MIN <= number <= LONG_MAX:
        return None
    match kind:
        case "decimal":
            return decimal_value(number)
        case "duration":
            return duration_value(number)
        case _:
            return datetime_value(number)
