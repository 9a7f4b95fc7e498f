"""decimal: fixed-point numbers with four fraction digits (spec 03 §1)."""

from __future__ import annotations

from dataclasses import dataclass

from reference.errors import EvaluationError
from reference.integers import DIGITS, checked, from_digits, keyed_hash

FRACTION_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Decimal:
    """The number `ten_thousandths` / 10,000. INVARIANT: within 64 bits."""

    ten_thousandths: int

    def __hash__(self) -> int:
        return keyed_hash(self.ten_thousandths)


def parse(text: str) -> Decimal:
    """Read `"-"? DIGIT+ "." DIGIT{1,4}`.

    Raises:
        EvaluationError: kind `extension`, if the text has another form or the number is out of range.
    """
    unsigned = text.removeprefix("-")
    whole, point, fraction = unsigned.partition(".")
    if not (point and _is_digits(whole) and _is_digits(fraction) and len(fraction) <= FRACTION_DIGITS):
        raise EvaluationError("extension")
    scaled = from_digits(fraction) * 10 ** (FRACTION_DIGITS - len(fraction))
    magnitude = from_digits(whole) * 10**FRACTION_DIGITS + scaled
    # The sign is that of the text: the whole part of -0.5 has none of its own.
    return Decimal(checked(-magnitude if text.startswith("-") else magnitude, "extension"))


def canonical(value: Decimal) -> str:
    """Return the number with exactly four fraction digits."""
    whole, fraction = divmod(abs(value.ten_thousandths), 10**FRACTION_DIGITS)
    sign = "-" if value.ten_thousandths < 0 else ""
    return f"{sign}{whole}.{fraction:04}"


def less_than(left: Decimal, right: Decimal) -> bool:
    """Compare two decimals by `<`."""
    return left.ten_thousandths < right.ten_thousandths


def less_than_or_equal(left: Decimal, right: Decimal) -> bool:
    """Compare two decimals by `<=`."""
    return left.ten_thousandths <= right.ten_thousandths


def greater_than(left: Decimal, right: Decimal) -> bool:
    """Compare two decimals by `>`."""
    return left.ten_thousandths > right.ten_thousandths


def greater_than_or_equal(left: Decimal, right: Decimal) -> bool:
    """Compare two decimals by `>=`."""
    return left.ten_thousandths >= right.ten_thousandths


def _is_digits(text: str) -> bool:
    return text != "" and all(character in DIGITS for character in text)
