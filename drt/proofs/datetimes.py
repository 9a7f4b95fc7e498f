"""Readers of datetimes, on texts of any length with symbolic characters: each gives what the text stands for.

Owns the definition, as formulas over characters and the numbers of fields.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from importlib import import_module
from typing import Any

import z3

from drt.proofs import digits
from drt.proofs.characters import LENGTH, Matcher, Text, character, known_text, standing_in
from drt.proofs.defects import Defect
from drt.proofs.explore import explore
from drt.proofs.rewriting import Anything
from drt.proofs.symbols import Number, Truth, decided, formula, number, refuse
from drt.proofs.texts import search, tried_texts
from drt.proofs.theorem import Counterexample, Goal, Theorem
from production.errors import EvaluationError as ProductionError
from reference.errors import EvaluationError

Term = Any
PLACES = (
    (0, 4),
    (5, 7),
    (8, 10),
    (11, 13),
    (14, 16),
    (17, 19),
    (20, 23),
    (20, 22),
    (22, 24),
    (24, 26),
    (26, 28),
)
FIELDS = {place: z3.Int(f"n{place[0]}_{place[1]}") for place in PLACES}
BOUNDS = tuple(z3.And(term >= 0, term < 10 ** (stop - start)) for (start, stop), term in FIELDS.items())
year, month, day, hour, minute, second = (FIELDS[place] for place in PLACES[:6])
DAY, EPOCH = 86_400_000, 719_528
MODULES = ("reference.extensions.datetime", "production.language.datetimes")
Decode = Callable[[Any], Counterexample]


LEAP, BEFORE = z3.Bool("leap"), z3.Int("before")
"""Whether the year is a leap year, and the days from 1970-01-01 to its first day; lemmas say that both engines know."""


def _is_leap(of: Term) -> Term:
    return z3.And(of % 4 == 0, z3.Or(of % 100 != 0, of % 400 == 0))


def _before(of: Term) -> Term:
    return of * 365 + (of + 3) / 4 - (of + 99) / 100 + (of + 399) / 400 - EPOCH


@cache
def _days_in(of: Term) -> Term:
    short = z3.Or(*(of == each for each in (4, 6, 9, 11)))
    return z3.If(
        of == 2, z3.If(LEAP, z3.IntVal(29), z3.IntVal(28)), z3.If(short, z3.IntVal(30), z3.IntVal(31))
    )


@cache
def _whole_months(of: Term) -> Term:
    """Return the days from 1970-01-01 to the first of a month."""
    return BEFORE + z3.Sum([z3.If(of > each, _days_in(z3.IntVal(each)), 0) for each in range(1, 12)])


def _digits(*places: tuple[int, int]) -> Term:
    return z3.And(*(Text(*place).are_digits() for place in places))


def _is(place: int, one: str) -> Term:
    return z3.Or(*(character(place) == ord(each) for each in one))


def _definition() -> tuple[Term, Term]:
    """State that a text stands for a moment, and give its milliseconds (spec 03 §3)."""
    date = z3.And(
        LENGTH >= 10, _digits(*PLACES[:3]), _is(4, "-"), _is(7, "-"),
        month >= 1, month <= 12, day >= 1, day <= _days_in(month),
    )  # fmt: skip
    clock = z3.And(
        date, LENGTH >= 20, _is(10, "T"), _digits(*PLACES[3:6]), _is(13, ":"), _is(16, ":"),
        hour <= 23, minute <= 59, second <= 59,
    )  # fmt: skip
    fraction = z3.And(_is(19, "."), _digits((20, 23)))

    def zone(at: int) -> tuple[Term, Term]:
        hours, minutes = FIELDS[at + 1, at + 3], FIELDS[at + 3, at + 5]
        given = z3.And(
            at + 5 == LENGTH,
            _is(at, "+-"),
            _digits((at + 1, at + 3), (at + 3, at + 5)),
            hours <= 23,
            minutes <= 59,
        )
        shift = (hours * 60 + minutes) * 60_000
        return z3.Or(z3.And(at + 1 == LENGTH, _is(at, "Z")), given), z3.If(
            _is(at, "Z"), 0, z3.If(_is(at, "+"), shift, -shift)
        )

    (plain, shift), (precise, precise_shift) = zone(19), zone(23)
    exact = z3.And(fraction, precise)
    is_one = z3.Or(z3.And(date, LENGTH == 10), z3.And(clock, z3.Or(plain, exact)))
    midnight = (_whole_months(month) + day - 1) * DAY
    time = midnight + ((hour * 60 + minute) * 60 + second) * 1000
    value = z3.If(
        LENGTH == 10, midnight, z3.If(_is(19, "."), time + FIELDS[20, 23] - precise_shift, time - shift)
    )
    return is_one, value


def _of_year(real: Callable[..., Any], found: Any) -> Callable[..., Any]:
    """Return the contract of a function of the year."""

    def contract(of: Any, *others: Any) -> Any:
        if type(of) is not Number:
            return real(of, *others)
        return found(*others) if of.term.eq(year) else refuse("another year")

    return contract


class Row(Anything):
    """A shipped row of numbers."""

    def __init__(self, held: tuple[int, ...]) -> None:
        self.held = held

    def __getitem__(self, place: Any) -> Any:
        if type(place) is not Number:
            return self.held[place]
        if not decided(z3.And(place.term >= 0, place.term < len(self.held))):
            refuse("an element from the end")
        chosen = z3.IntVal(self.held[-1])
        for at, each in enumerate(self.held[:-1]):
            chosen = z3.If(place.term == at, z3.IntVal(each), chosen)
        return Number(chosen)


STAND_INS: Mapping[str, Callable[[Any], Any]] = {
    "reference.extensions.datetime.FORM": Matcher,
    "reference.extensions.datetime.from_digits": digits.from_digits,
    "reference.extensions.datetime._days_in_month": lambda real: _of_year(
        real, lambda of: Number(_days_in(number(of)))
    ),
    "reference.extensions.datetime._days_before_year": lambda real: _of_year(
        real, lambda: Number(BEFORE + EPOCH)
    ),
    "production.language.datetimes.fixed_digits": digits.fixed_digits,
    "production.language.datetimes._is_leap": lambda real: _of_year(real, lambda: Truth(LEAP)),
    "production.language.datetimes._days": lambda real: _of_year(
        real, lambda of, on: Number(_whole_months(number(of)) + number(on) - 1)
    ),
    "production.language.datetimes._MONTH_LENGTHS": Row,
}
KNOWN = (_is_leap(year) == LEAP, _before(year) == BEFORE)


def _calendar(decode: Decode) -> Iterator[Goal]:
    """Yield the lemmas about functions of the year, the month and the day."""
    reference, production = (import_module(name) for name in MODULES)
    of_year, of_date = (*BOUNDS, *KNOWN), (*BOUNDS, *KNOWN, month >= 1, month <= 12)

    def always(
        name: str, run: Callable[..., Any], right: Callable[[Any], Term], assumed: tuple[Term, ...]
    ) -> Goal:
        paths = explore(run, (year, month, day), assuming=assumed)
        claim = z3.And(*(z3.Implies(path.condition, right(path.value)) for path in paths))
        return Goal(name, claim, assumed, decode)

    for one in (reference, production):
        yield always(
            f"leap years of {one.__name__}",
            lambda of, *_, is_leap=one._is_leap: is_leap(of),
            lambda found: formula(found) == LEAP,
            of_year,
        )
    before = reference._days_before_year
    yield always(
        "days before a year",
        lambda of, *_: before(of),
        lambda found: number(found) == BEFORE + EPOCH,
        of_year,
    )
    length = reference._days_in_month
    yield always(
        "days of a month",
        lambda of, in_, _: length(of, in_),
        lambda found: number(found) == _days_in(month),
        of_date,
    )
    rows = {f"{MODULES[1]}._DAYS_BEFORE": Row}

    def days(*date: Any) -> Any:
        with standing_in(rows):
            return production._days(*date)

    yield always(
        "days before a date", days, lambda found: number(found) == _whole_months(month) + day - 1, of_date
    )


def _goals() -> Iterator[Goal]:
    yield tried_texts("datetime")
    yield from digits.goals()
    yield from _calendar(_decode)
    is_one, value = _definition()
    readers = import_module(MODULES[0]).parse, import_module(MODULES[1]).parse_datetime

    def read(parse: Callable[[Any], Any], text: Any) -> Any:
        with standing_in(STAND_INS):
            return digits.outcome(parse, text, "milliseconds", (EvaluationError, ProductionError))

    for parse in readers:
        known = (*known_text(FIELDS), *BOUNDS, *KNOWN)
        paths = explore(partial(read, parse), [Text(fields=FIELDS)], assuming=known)
        yield Goal(parse.__module__, digits.judged(paths, is_one, value), BOUNDS, _decode)


def _decode(model: Any) -> Counterexample:
    shown = Text().plain(model)
    without = [place for place in PLACES if place != (20, 23)]
    texts = [_with_numbers(shown, places, model) for places in (without, PLACES[:7] + PLACES[9:])]
    texts += [_with_numbers("2000-01-01", PLACES[:count], model) for count in (1, 2, 3)]
    return search("datetime", *texts) or Counterexample(
        f"{shown!r}, which no text that is tried confirms", False
    )


def _with_numbers(text: str, places: Sequence[tuple[int, int]], model: Any) -> str:
    """Return a text with the numbers that fields have in a model."""
    for start, stop in places:
        if stop <= len(text):
            found = model.eval(FIELDS[start, stop], model_completion=True).as_long()
            text = text[:start] + f"{found:0{stop - start}}" + text[stop:]
    return text


THEOREMS = (
    Theorem(
        "Both readers give every datetime its moment",
        "For texts of any length and characters: both readers accept exactly those of spec 03 §3, with the calendar's own"
        " milliseconds. Proved with the promises of the readers of digits and of the calendar, which are proved beside.",
        "Lean Ext: datetime parsing",
        "U",
        _goals,
        (
            Defect("no leap years", MODULES[1], "% 400", "% 401"),
            Defect("an hour of 24", MODULES[1], "if not (0 <= hour <= 23 and 0 <= minute <= 59 and 0 <= second", "if not (0 <= hour <= 24 and 0 <= minute <= 59 and 0 <= second"),
            Defect("zones the wrong way", MODULES[0], 'if sign == "-"', 'if sign == "+"'),
            Defect("a second of 60", MODULES[0], "seconds <= 59", "seconds <= 60"),
            Defect("any sign", MODULES[1], 'text[at] not in "+-"', 'text[at] not in "+-,"'),
            Defect("a text after the date", MODULES[1], "if day is None or len(text) == 10:", "if day is None or len(text) <= 11:"),
            Defect("a fraction without a check", MODULES[1], "if fraction < 0 or zone is None", "if zone is None"),
            Defect("years of 365 days", MODULES[0], "return year * 365 + leap_years", "return year * 365 + leap_years - before // 400"),
        ),
        functions=(
            "reference.extensions.datetime.parse", "reference.extensions.datetime._is_leap",
            "reference.extensions.datetime._days_in_month", "reference.extensions.datetime._days_before_year",
            "reference.integers.from_digits", "production.language.integers.fixed_digits", "production.language.integers.digits_value",
            "production.language.datetimes.parse_datetime", "production.language.datetimes._milliseconds",
            "production.language.datetimes._date", "production.language.datetimes._clock", "production.language.datetimes._zone",
            "production.language.datetimes._days", "production.language.datetimes._is_leap",
        ),
        search=partial(search, "datetime"),
    ),
)  # fmt: skip
