"""Readers of decimals, on texts of any length: a sign or none, what comes before the first point, and what comes after.

Owns the part before the point, of which only is known whether it is empty, whether it is digits, and their number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib import import_module
from typing import Any

import z3

from drt.proofs import digits
from drt.proofs.characters import LENGTH, Character, Judged, Text, is_digit, known_text, standing_in
from drt.proofs.defects import Defect
from drt.proofs.explore import explore, summary
from drt.proofs.rewriting import Anything
from drt.proofs.symbols import Number, Truth, decided, fresh, refuse
from drt.proofs.texts import search, tried_texts
from drt.proofs.theorem import Counterexample, Goal, Theorem
from production.errors import EvaluationError as ProductionError
from reference.errors import EvaluationError

MODULES = ("reference.extensions.decimal", "production.language.decimals")
MOST, PLACES = 2**63 - 1, 4
NEGATIVE, POINT, IS_EMPTY, ARE_DIGITS, LONG_DIGITS = z3.Bools(
    "negative point is_empty are_digits long_digits"
)
VALUE, CAPPED = z3.Ints("value capped")
FIELDS = {(0, count): z3.Int(f"n{count}") for count in range(1, PLACES + 1)}
KNOWN = (
    VALUE >= 0, z3.Or(CAPPED == VALUE, z3.And(CAPPED >= digits.GREAT, VALUE >= digits.GREAT)),
    z3.Implies(IS_EMPTY, z3.And(ARE_DIGITS, VALUE == 0)), LENGTH >= 0,
    *(z3.And(term >= 0, term < 10**count) for (_, count), term in FIELDS.items()),
)  # fmt: skip
"""What holds of any text: the reference reads the number, or of a great one some great number."""


def _judged(run: Callable[[Any], Any], all_are: Any) -> Judged:
    """Run a comprehension on one character: refuse another question than whether it is a digit."""
    code = fresh(z3.IntSort())

    def one() -> Any:
        [found] = run([Character(code)])
        return found

    said = summary(one)
    if not _is_valid(said == is_digit(code)):
        refuse("another question about characters")
    return Judged(all_are)


def _is_valid(claim: Any) -> bool:
    solver = z3.Solver()
    return bool(solver.check(z3.Not(claim)) == z3.unsat)


class _Whole(Anything):
    """The text before the point."""

    def __ne__(self, other: object) -> Any:
        return Truth(z3.Not(IS_EMPTY)) if other == "" else refuse("equality")

    def over(self, run: Callable[[Any], Any]) -> Judged:
        """Ask each character whether it is a digit."""
        return _judged(run, ARE_DIGITS)

    def is_empty(self) -> Any:
        """State that it is empty."""
        return IS_EMPTY

    def are_digits(self) -> Any:
        """State that all of it is digits."""
        return ARE_DIGITS

    def number(self) -> Any:
        """Return the number that they denote."""
        return VALUE

    def capped(self) -> Any:
        """Return the number, or as great a one."""
        return CAPPED

    __hash__ = None


class _Fraction(Text):
    """The text after the point: a few characters, or more than a decimal has."""

    def _known(self) -> Text:
        for count in range(PLACES + 1):
            if decided(count == LENGTH):
                return Text(0, count, FIELDS)
        return refuse("the characters of a long fraction")

    def over(self, run: Callable[[Any], Any]) -> Any:
        """Ask each character whether it is a digit."""
        if decided(LENGTH > PLACES):
            return _judged(run, LONG_DIGITS)
        part = self._known()
        return _judged(run, part.are_digits())

    def capped(self) -> Any:
        return self._known().number()

    def are_digits(self) -> Any:
        return self._known().are_digits()

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice) and type(place.stop) is Number:
            place = slice(place.start, place.stop.__index__())
        return super().__getitem__(place)

    __hash__ = None


class _Unsigned(Anything):
    """The text without its sign."""

    def partition(self, separator: Any) -> tuple[Any, str, Any]:
        """Return what comes before the first point, the point, and what comes after."""
        if separator != ".":
            refuse("a partition at another text")
        return (_Whole(), ".", _Fraction(fields=FIELDS)) if decided(POINT) else (_Whole(), "", "")


class _Signed(Anything):
    """Any text, as a sign or none, and the rest."""

    def startswith(self, text: Any) -> Truth:
        """Return whether it has the sign."""
        return Truth(NEGATIVE) if text == "-" else refuse("another start")

    def removeprefix(self, text: Any) -> _Unsigned:
        """Return the rest."""
        return _Unsigned() if text == "-" else refuse("another start")

    def __getitem__(self, place: Any) -> _Unsigned:
        whole = isinstance(place, slice) and place.stop is None and place.step is None
        if not (whole and type(place.start) is Truth and z3.eq(place.start.term, NEGATIVE)):
            refuse("a part")
        return _Unsigned()

    def plain(self, model: Any) -> str:
        """Return the text that it is in a model."""

        def true(term: Any) -> bool:
            return bool(z3.is_true(model.eval(term, model_completion=True)))

        whole = (
            ""
            if true(IS_EMPTY)
            else str(model.eval(VALUE, model_completion=True))
            if true(ARE_DIGITS)
            else "x"
        )
        sign = "-" if true(NEGATIVE) else ""
        if not true(POINT):
            return sign + whole
        fraction = Text().plain(model)
        for count in range(1, PLACES + 1):
            if len(fraction) == count and true(Text(0, count).are_digits()):
                fraction = f"{model.eval(FIELDS[0, count], model_completion=True).as_long():0{count}}"
        if len(fraction) > PLACES:
            fraction = "0" * len(fraction) if true(LONG_DIGITS) else "x" * len(fraction)
        return f"{sign}{whole}.{fraction}"


STAND_INS: Mapping[str, Callable[[Any], Any]] = {
    **digits.TABLES,
    f"{MODULES[0]}.DIGITS": digits.TABLES["reference.integers.DIGITS"],
    f"{MODULES[0]}.from_digits": digits.from_digits,
    f"{MODULES[1]}.digits_value": digits.digits_value,
    f"{MODULES[1]}.fixed_digits": digits.fixed_digits,
}


def _definition() -> tuple[Any, Any]:
    """State that a text stands for a number in range, and give its ten-thousandths (spec 03 §1)."""
    parts = [(count == LENGTH, Text(0, count, FIELDS)) for count in range(1, PLACES + 1)]
    are_digits = z3.Or(*(z3.And(is_long, part.are_digits()) for is_long, part in parts))
    units: Any = VALUE * 10**PLACES
    for count, (is_long, part) in enumerate(parts, 1):
        units = units + z3.If(is_long, part.number() * 10 ** (PLACES - count), 0)
    fits = z3.Or(units <= MOST, z3.And(NEGATIVE, units == MOST + 1))
    return z3.And(POINT, z3.Not(IS_EMPTY), ARE_DIGITS, are_digits, fits), z3.If(NEGATIVE, -units, units)


def _read(parse: Callable[[Any], Any], part: str, text: Any) -> Any:
    with standing_in(STAND_INS):
        return digits.outcome(parse, text, part, (EvaluationError, ProductionError))


def _goals() -> Iterator[Goal]:
    yield tried_texts("decimal")
    yield from digits.goals()
    is_one, value = _definition()
    for module, name, part in zip(
        MODULES, ("parse", "parse_decimal"), ("ten_thousandths", "units"), strict=True
    ):
        read = partial(_read, getattr(import_module(module), name), part)
        paths = explore(read, [_Signed()], assuming=(*KNOWN, *known_text(FIELDS)))
        yield Goal(module, digits.judged(paths, is_one, value), KNOWN, _decode)


def _decode(model: Any) -> Counterexample:
    shown = _Signed().plain(model)
    return search("decimal", shown) or Counterexample(
        f"{shown!r}, which no text that is tried confirms", False
    )


THEOREMS = (
    Theorem(
        "Both readers give every decimal its number",
        "For texts of any length and characters: both readers accept exactly those of spec 03 §1 in range, with their"
        " ten-thousandths. Proved with the promises of the readers of digits, which are proved beside.",
        "Lean Ext: decimal parsing",
        "U",
        _goals,
        (
            Defect("five places", MODULES[1], "1 <= places <= 4", "1 <= places <= 5"),
            Defect("no place", MODULES[1], "1 <= places <= 4", "0 <= places <= 4"),
            Defect("five places in the reference", MODULES[0], "len(fraction) <= FRACTION_DIGITS", "len(fraction) <= 1 + FRACTION_DIGITS"),
            Defect("no whole part", MODULES[0], "_is_digits(whole) and _is_digits(fraction)", "(whole == '' or _is_digits(whole)) and _is_digits(fraction)"),
            Defect("the sign is that of the whole part", MODULES[0], 'if text.startswith("-") else', 'if text.startswith("-") and from_digits(whole) else'),
            Defect("the least decimal is refused", MODULES[1], "(negative and units == MAX_MAGNITUDE)", "(negative and units == MAX_LONG)"),
            Defect("one more than the greatest", MODULES[1], "if units <= MAX_LONG or", "if units <= MAX_MAGNITUDE or"),
            Defect("places are not scaled", MODULES[1], "(10_000, 1_000, 100, 10, 1)[places]", "(10_000, 1_000, 100, 100, 1)[places]"),
            Defect("digits end early", "production.language.integers", "if total > ceiling:", "if total >= ceiling:"),
            Defect("many digits are few", "reference.integers", "if len(significant) > 40:", "if len(significant) > 4:"),
        ),
        functions=(
            "reference.extensions.decimal.parse", "reference.extensions.decimal._is_digits", "reference.integers.from_digits",
            "reference.integers.checked", "production.language.decimals.parse_decimal",
            "production.language.integers.digits_value", "production.language.integers.fixed_digits",
        ),
        search=partial(search, "decimal"),
    ),
)  # fmt: skip
