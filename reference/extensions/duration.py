"""duration: a signed count of milliseconds (spec 03 §4)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from reference.errors import EvaluationError
from reference.integers import checked, from_digits, keyed_hash

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

FORM = re.compile(r"(-?)(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m(?!s))?(?:([0-9]+)s)?(?:([0-9]+)ms)?")
UNITS = (DAY, HOUR, MINUTE, SECOND, 1)


@dataclass(frozen=True, slots=True)
class Duration:
    """A signed number of milliseconds. INVARIANT: within 64 bits."""

    milliseconds: int

    def __hash__(self) -> int:
        return keyed_hash(self.milliseconds)


def parse(text: str) -> Duration:
    """Read days, hours, minutes, seconds and milliseconds, in this order, at least one of them.

    Raises:
        EvaluationError: kind `extension`, if the text has another form or the total is out of range.
    """
    match = FORM.fullmatch(text)
    if match is None:
        raise EvaluationError("extension")
    sign, *quantities = match.groups()
    if all(quantity is None for quantity in quantities):
        raise EvaluationError("extension")
    total = 0
    for quantity, unit in zip(quantities, UNITS, strict=True):
        total += from_digits(quantity or "0") * unit
    return Duration(checked(-total if sign else total, "extension"))


def canonical(value: Duration) -> str:
    """Write a duration as milliseconds."""
    return f"{value.milliseconds}ms"


def to_milliseconds(value: Duration) -> int:
    """Count milliseconds."""
    return value.milliseconds


def to_seconds(value: Duration) -> int:
    """Count whole seconds, toward zero."""
    return _toward_zero(value.milliseconds, SECOND)


def to_minutes(value: Duration) -> int:
    """Count whole minutes, toward zero."""
    return _toward_zero(value.milliseconds, MINUTE)


def to_hours(value: Duration) -> int:
    """Count whole hours, toward zero."""
    return _toward_zero(value.milliseconds, HOUR)


def to_days(value: Duration) -> int:
    """Count whole days, toward zero."""
    return _toward_zero(value.milliseconds, DAY)


def _toward_zero(number: int, unit: int) -> int:
    # Python's // rounds down, which for a negative number is away from zero.
    return number // unit if number >= 0 else -(-number // unit)
