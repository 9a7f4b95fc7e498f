"""The decimal type: a count of ten-thousandths in 64 bits (spec 03 §1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..errors import EvaluationError
from .arguments import long_of
from .integers import MAX_LONG, MAX_MAGNITUDE, digits_value, fixed_digits


@dataclass(frozen=True, slots=True)
class Decimal:
    """A decimal number; `units` counts ten-thousandths."""

    units: int
    """Ten-thousandths, in 64 bits."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "units", long_of(self.units, "units"))

    def __hash__(self) -> int:
        # Bytes hash with the process's secret; integers can be made to collide at will.
        return hash(self.units.to_bytes(8, "little", signed=True))

    def __str__(self) -> str:
        """Return the canonical text: exactly four fraction digits."""
        sign = "-" if self.units < 0 else ""
        whole, fraction = divmod(abs(self.units), 10_000)
        return f"{sign}{whole}.{fraction:04d}"


_new: Final = object.__new__
_set: Final = Decimal.__dict__["units"].__set__


def decimal_of(units: int) -> Decimal:
    """Return a decimal number of a number that is checked."""
    made = _new(Decimal)
    _set(made, units)
    return made


def parse_decimal(text: str) -> Decimal:
    """Read `"-"? DIGIT+ "." DIGIT{1,4}`; raises an extension error for anything else or out of range."""
    negative = text.startswith("-")
    whole_text, dot, fraction_text = text[negative:].partition(".")
    places = len(fraction_text)
    if dot and 1 <= places <= 4:
        whole = digits_value(whole_text, MAX_LONG)
        fraction = fixed_digits(fraction_text, 0, places)
        if whole >= 0 and fraction >= 0:
            units = whole * 10_000 + fraction * (10_000, 1_000, 100, 10, 1)[places]
            if units <= MAX_LONG or (negative and units == MAX_MAGNITUDE):
                return decimal_of(-units if negative else units)
    raise EvaluationError(
        "extension", "not a decimal: one to four fraction digits, 64 bits of ten-thousandths"
    )
