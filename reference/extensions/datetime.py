"""datetime: milliseconds since 1970-01-01T00:00:00.000Z, proleptic Gregorian calendar (spec 03 §3)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from reference.errors import EvaluationError
from reference.extensions.duration import DAY, HOUR, MINUTE, SECOND, Duration
from reference.integers import checked, from_digits, keyed_hash

DATE = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
TIME = r"([0-9]{2}):([0-9]{2}):([0-9]{2})"
ZONE = r"(?:Z|([+-])([0-9]{2})([0-9]{2}))"
FORM = re.compile(rf"{DATE}(?:T{TIME}(?:\.([0-9]{{3}}))?{ZONE})?")


@dataclass(frozen=True, slots=True)
class Datetime:
    """An instant. INVARIANT: within 64 bits. Years outside 0000 to 9999 have no text."""

    milliseconds: int

    def __hash__(self) -> int:
        return keyed_hash(self.milliseconds)


def parse(text: str) -> Datetime:
    """Read a date, or a date and a time with its zone.

    Raises:
        EvaluationError: kind `extension`, if the text has another form or names no real date, time or zone.
    """
    match = FORM.fullmatch(text)
    if match is None:
        raise EvaluationError("extension")
    sign = match[8]
    year, month, day, hours, minutes, seconds, milliseconds, zone_hours, zone_minutes = (
        from_digits(match[group] or "0") for group in (1, 2, 3, 4, 5, 6, 7, 9, 10)
    )
    real_date = 1 <= month <= 12 and 1 <= day <= _days_in_month(year, month)
    real_time = hours <= 23 and minutes <= 59 and seconds <= 59
    if not (real_date and real_time and zone_hours <= 23 and zone_minutes <= 59):
        raise EvaluationError("extension")
    days = _days_before_year(year) + sum(_days_in_month(year, m) for m in range(1, month)) + day - 1
    local = (days - EPOCH_DAYS) * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND + milliseconds
    zone = zone_hours * HOUR + zone_minutes * MINUTE
    return Datetime(local + zone if sign == "-" else local - zone)


def offset(instant: Datetime, by: Duration) -> Datetime:
    """Add a duration to an instant."""
    return Datetime(checked(instant.milliseconds + by.milliseconds, "extension"))


def duration_since(instant: Datetime, earlier: Datetime) -> Duration:
    """Compute the duration from an earlier instant to this one."""
    return Duration(checked(instant.milliseconds - earlier.milliseconds, "extension"))


def to_date(instant: Datetime) -> Datetime:
    """Return the midnight at or before the instant."""
    return Datetime(checked(instant.milliseconds - instant.milliseconds % DAY, "extension"))


def to_time(instant: Datetime) -> Duration:
    """Return the time since that midnight; Python's % is the floor modulus, never negative."""
    return Duration(instant.milliseconds % DAY)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _days_in_month(year: int, month: int) -> int:
    if month == 2:
        return 29 if _is_leap(year) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def _days_before_year(year: int) -> int:
    """Days from 0000-01-01 to the first day of `year`; the year 0 is a leap year."""
    before = year - 1
    leap_years = before // 4 - before // 100 + before // 400 + 1
    return year * 365 + leap_years


EPOCH_DAYS = _days_before_year(1970)
