"""64-bit arithmetic: the exact result first, then the check of its range (spec 02 §4.2)."""

from __future__ import annotations

from reference.errors import ErrorKind, EvaluationError

MIN_LONG = -(2**63)
MAX_LONG = 2**63 - 1


def in_range(number: int) -> bool:
    """Return whether `number` is a Cedar Long."""
    return MIN_LONG <= number <= MAX_LONG


def checked(number: int, kind: ErrorKind = "overflow") -> int:
    """Return `number` itself, if it is within 64 bits.

    Raises:
        EvaluationError: of `kind`, if it is not.
    """
    if number < MIN_LONG or number > MAX_LONG:
        raise EvaluationError(kind)
    return number


def keyed_hash(number: int) -> int:
    """Compute a hash that inputs cannot be made to collide in.

    Python's hash of an integer is the integer modulo 2^61 - 1, known to everyone; that of bytes has a secret
    key, new for every process. Takes what fits 136 bits with a sign: Longs and addresses.
    """
    return hash(number.to_bytes(17, "little", signed=True))


def from_digits(digits: str) -> int:
    """Return the number that a text of ASCII digits denotes; it must hold nothing else.

    More than forty significant digits, which is far outside every range of the language, give a power of
    ten that is no larger than the number, so that reading costs linear time.
    """
    significant = digits.lstrip("0")
    if len(significant) > 40:
        return 10**40
    number = 0
    for digit in significant:
        number = number * 10 + DIGITS[digit]
    return number


DIGITS = {"0": 0, "1": 1, "2": 2, "3": 3, "4": 4, "5": 5, "6": 6, "7": 7, "8": 8, "9": 9}
"""The ASCII digits: no other character is a digit anywhere in Cedar."""
