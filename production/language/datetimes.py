"""The datetime type: milliseconds since 1970 in 64 bits, on a proleptic Gregorian calendar (spec 03 §3).

The calendar is a count of days: no library that knows more, or fewer, spellings of a date than Cedar is
asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..errors import EvaluationError
from .arguments import long_of
from .integers import fixed_digits

DAY: Final = 86_400_000
_MONTH_LENGTHS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAYS_BEFORE: Final = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
_EPOCH_DAY: Final = 719_528
"""Days from 0000-01-01 to 1970-01-01."""


@dataclass(frozen=True, slots=True)
class Datetime:
    """An instant; `milliseconds` since 1970-01-01T00:00:00.000Z."""

    milliseconds: int
    """Milliseconds since 1970-01-01T00:00:00.000Z, in 64 bits."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "milliseconds", long_of(self.milliseconds, "milliseconds"))

    def __hash__(self) -> int:
        # Bytes hash with the process's secret; integers can be made to collide at will.
        return hash(self.milliseconds.to_bytes(8, "little", signed=True))


_new: Final = object.__new__
_set: Final = Datetime.__dict__["milliseconds"].__set__


def datetime_of(milliseconds: int) -> Datetime:
    """Return an instant of a number that is checked."""
    made = _new(Datetime)
    _set(made, milliseconds)
    return made


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _days(year: int, month: int, day: int) -> int:
    """Return days since 1970-01-01; the caller has checked that the date exists."""
    leap_days = (year + 3) // 4 - (year + 99) // 100 + (year + 399) // 400
    after_february = month > 2 and _is_leap(year)
    return year * 365 + leap_days + _DAYS_BEFORE[month - 1] + after_february + day - 1 - _EPOCH_DAY


def _date(text: str) -> int | None:
    """Return the day number of `YYYY-MM-DD` at the start of `text`; `None` if there is no such date."""
    if len(text) < 10 or text[4] != "-" or text[7] != "-":
        return None
    year, month, day = fixed_digits(text, 0, 4), fixed_digits(text, 5, 7), fixed_digits(text, 8, 10)
    if year < 0 or not 1 <= month <= 12 or day < 1:
        return None
    longest = 29 if month == 2 and _is_leap(year) else _MONTH_LENGTHS[month - 1]
    return _days(year, month, day) if day <= longest else None


def _clock(text: str) -> int | None:
    """Return milliseconds of the day of `Thh:mm:ss` at position 10; `None` if malformed."""
    if len(text) < 20 or text[10] != "T" or text[13] != ":" or text[16] != ":":
        return None
    hour, minute, second = fixed_digits(text, 11, 13), fixed_digits(text, 14, 16), fixed_digits(text, 17, 19)
    if not (0 <= hour <= 23 and 0 <= minute <= 59 and 0 <= second <= 59):
        return None
    return ((hour * 60 + minute) * 60 + second) * 1000


def _zone(text: str, at: int) -> int | None:
    """Return milliseconds east of UTC of the zone that `text` ends with from `at`; `None` if malformed."""
    if text[at:] == "Z":
        return 0
    if len(text) != at + 5 or text[at] not in "+-":
        return None
    hour, minute = fixed_digits(text, at + 1, at + 3), fixed_digits(text, at + 3, at + 5)
    if not (0 <= hour <= 23 and 0 <= minute <= 59):
        return None
    offset = (hour * 60 + minute) * 60_000
    return offset if text[at] == "+" else -offset


def _milliseconds(text: str) -> int | None:
    day = _date(text)
    if day is None or len(text) == 10:
        return None if day is None else day * DAY
    clock = _clock(text)
    if clock is None:
        return None
    fraction, at = 0, 19
    if text[19] == ".":
        if len(text) < 24:
            return None
        fraction, at = fixed_digits(text, 20, 23), 23
    zone = _zone(text, at)
    if fraction < 0 or zone is None:
        return None
    return day * DAY + clock + fraction - zone


def parse_datetime(text: str) -> Datetime:
    """Read a date, or a date, time and zone; raises an extension error for anything outside the grammar."""
    milliseconds = _milliseconds(text) if len(text) <= 28 else None
    if milliseconds is None:
        raise EvaluationError(
            "extension", "not a datetime: YYYY-MM-DD, or YYYY-MM-DDThh:mm:ss[.SSS](Z|±hhmm)"
        )
    return datetime_of(milliseconds)
