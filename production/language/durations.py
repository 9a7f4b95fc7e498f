"""The duration type: milliseconds in 64 bits (spec 03 §4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..errors import EvaluationError
from .arguments import long_of
from .integers import MAX_LONG, MAX_MAGNITUDE, digits_value

_UNITS: Final = (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1))


@dataclass(frozen=True, slots=True)
class Duration:
    """A span of time in milliseconds."""

    milliseconds: int
    """Milliseconds, in 64 bits; negative for a span back in time."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "milliseconds", long_of(self.milliseconds, "milliseconds"))

    def __hash__(self) -> int:
        # Bytes hash with the process's secret; integers can be made to collide at will.
        return hash(self.milliseconds.to_bytes(8, "little", signed=True))

    def truncated(self, unit: int) -> int:
        """Return how many whole units of `unit` milliseconds fit, cut towards zero."""
        whole = abs(self.milliseconds) // unit
        return -whole if self.milliseconds < 0 else whole


_new: Final = object.__new__
_set: Final = Duration.__dict__["milliseconds"].__set__


def duration_of(milliseconds: int) -> Duration:
    """Return a span of time of a number that is checked."""
    made = _new(Duration)
    _set(made, milliseconds)
    return made


def _split(text: str) -> list[tuple[str, str]] | None:
    """Return alternating runs of digits and of other characters as pairs.

    `None` if the two do not alternate.
    """
    terms: list[tuple[str, str]] = []
    at, size = 0, len(text)
    while at < size:
        start = at
        while at < size and "0" <= text[at] <= "9":
            at += 1
        middle = at
        while at < size and not "0" <= text[at] <= "9":
            at += 1
        if start == middle or middle == at or len(terms) == len(_UNITS):
            return None
        terms.append((text[start:middle], text[middle:at]))
    return terms or None


def parse_duration(text: str) -> Duration:
    """Read `"-"?` and quantities of d, h, m, s, ms in this order; raises an extension error otherwise.

    All terms carry one sign, so checking the final total is checking every partial one.
    """
    negative = text.startswith("-")
    total, unit = 0, 0
    for digits, name in _split(text[negative:]) or (("", ""),):
        while unit < len(_UNITS) and _UNITS[unit][0] != name:
            unit += 1
        quantity = digits_value(digits, MAX_MAGNITUDE)
        if unit == len(_UNITS) or quantity < 0:
            break
        total += quantity * _UNITS[unit][1]
        unit += 1
    else:
        if total <= MAX_LONG or (negative and total == MAX_MAGNITUDE):
            return duration_of(-total if negative else total)
    raise EvaluationError("extension", "not a duration: quantities of d, h, m, s, ms in this order, 64 bits")
