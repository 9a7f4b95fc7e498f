"""The 64-bit range, and reading ASCII digits by hand.

`int()` accepts signs, underscores, blanks and foreign digits, so no text of a user ever reaches it unchecked.
"""

from __future__ import annotations

from typing import Final

MIN_LONG: Final = -(2**63)
MAX_LONG: Final = 2**63 - 1
MAX_MAGNITUDE: Final = 2**63

_DIGIT_VALUES: Final = {digit: value for value, digit in enumerate("0123456789")}


def digits_value(text: str, ceiling: int) -> int:
    """Return the number of a non-empty run of ASCII digits; -1 if it is not one or is above `ceiling`.

    Stops as soon as the ceiling is passed, so a run of any length costs linear time at most.
    """
    if not text:
        return -1
    total = 0
    for character in text:
        digit = _DIGIT_VALUES.get(character, -1)
        if digit < 0:
            return -1
        total = total * 10 + digit
        if total > ceiling:
            return -1
    return total


def fixed_digits(text: str, start: int, stop: int) -> int:
    """Return the number written by the digits `text[start:stop]`; -1 if any of them is not an ASCII digit."""
    total = 0
    for index in range(start, stop):
        digit = _DIGIT_VALUES.get(text[index], -1)
        if digit < 0:
            return -1
        total = total * 10 + digit
    return total
