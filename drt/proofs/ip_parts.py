"""Readers of the parts of addresses, on texts of any length: small numbers and groups by their characters.

Owns what they promise, which stands in for them where a whole address is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib import import_module
from typing import Any

import z3

from drt.proofs import digits
from drt.proofs.characters import LENGTH, Judged, Table, Text, character, known_text, standing_in
from drt.proofs.explore import Path, explore
from drt.proofs.folds import Returned, each
from drt.proofs.rewriting import Anything
from drt.proofs.symbols import Number, decided, refuse
from drt.proofs.theorem import Counterexample, Goal
from production.errors import EvaluationError as ProductionError
from reference.errors import EvaluationError

REFERENCE, PRODUCTION = "reference.extensions.ipaddr", "production.language.ipaddrs"
REFUSALS = (EvaluationError, ProductionError)
SHORT = 4
SMALL = {255: 3, 32: 2, 128: 3}
"""The greatest of small numbers, with their digits: one digit more makes no difference."""
LONG, IS_EMPTY = z3.Bools("long is_empty")
LONG_VALUE = z3.Int("long_value")
HEX = "0123456789abcdef"
KNOWN = (
    *known_text({(0, SHORT): z3.Int("n")})[:-1],
    z3.Implies(z3.And(LONG, character(0) != ord("0")), LONG_VALUE >= 10**SHORT),
)
"""What holds of any part: more digits than a few, the first of which is not zero, make a great number."""


class _Part(Text):
    """A text of a few characters, or a longer one of which little is known."""

    def _known(self) -> Text:
        for count in range(SHORT + 1):
            if decided(count == LENGTH):
                return Text(0, count)
        return refuse("the characters of a long text")

    def __iter__(self) -> Any:
        if decided(LENGTH > SHORT):
            return self
        known = self._known()
        return iter([known[place] for place in range(len(known))])

    def over(self, run: Callable[[Any], Any]) -> Any:
        """Ask each character; of a long text nothing is known of the answer."""
        return Judged(LONG)

    def are_digits(self) -> Any:
        return LONG if decided(LENGTH > SHORT) else self._known().are_digits()

    def capped(self) -> Any:
        return LONG_VALUE if decided(LENGTH > SHORT) else self._known().number()

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice) and type(place.stop) is Number:
            place = slice(place.start, place.stop.__index__())
        return super().__getitem__(place)

    __hash__ = None


def _right(paths: list[Path], is_one: Any, value: Any) -> Any:
    """State of all paths that they refuse what is none, and give the value of what is one."""
    found = [Path(path.condition, None if _is_refused(path.value) else path.value) for path in paths]
    return digits.judged(found, is_one, value)


def _is_refused(value: Any) -> bool:
    return value is None or (type(value) is int and value < 0)


def tried(read: Callable[..., Any], *arguments: Any) -> Any:
    """Return what a reader gives, or None if it refuses."""
    try:
        return read(*arguments)
    except REFUSALS as error:
        return None if error.kind == "extension" else str(error.kind)


def _number(length: int) -> Any:
    return Text(0, length).number()


def _small(most: int) -> tuple[Any, Any]:
    """Define a small number: no zero before other digits, and not too great."""
    ways = [
        z3.And(length == LENGTH, Text(0, length).are_digits(), z3.Or(length == 1, character(0) != ord("0")), _number(length) <= most)
        for length in range(1, SHORT)
    ]  # fmt: skip
    return z3.Or(*ways), z3.If(LENGTH == 1, _number(1), z3.If(LENGTH == 2, _number(2), _number(3)))


def _hex(place: int) -> Any:
    """Return the value of a hexadecimal digit; -1 of another character."""
    value, code = z3.IntVal(-1), character(place)
    for at, digit in enumerate(HEX):
        value = z3.If(z3.Or(code == ord(digit), code == ord(digit.upper())), z3.IntVal(at), value)
    return value


def _group() -> tuple[Any, Any]:
    """Define a group: one to four hexadecimal digits."""
    ways, value = [], z3.IntVal(0)
    for length in range(1, SHORT + 1):
        held = [_hex(place) for place in range(length)]
        ways.append(z3.And(length == LENGTH, *(one >= 0 for one in held)))
        value = z3.If(
            length == LENGTH,
            sum((one * 16 ** (length - 1 - at) for at, one in enumerate(held)), z3.IntVal(0)),
            value,
        )
    return z3.Or(*ways), value


PART_STAND_INS: Mapping[str, Callable[[Any], Any]] = {
    f"{REFERENCE}.DIGITS": Table, f"{REFERENCE}.HEX_DIGITS": Table, f"{PRODUCTION}._HEX": Table,
    f"{REFERENCE}.from_digits": digits.from_digits, f"{PRODUCTION}.fixed_digits": digits.fixed_digits,
}  # fmt: skip


def parts(decode: Callable[[Any], Counterexample]) -> Iterator[Goal]:
    """Yield what readers of parts promise."""
    reference, production, part = import_module(REFERENCE), import_module(PRODUCTION), _Part()
    with standing_in(PART_STAND_INS):
        for most, longest in SMALL.items():
            readers = [partial(tried, reference._number, part, most)]
            readers += [
                partial(tried, production._small, part, long, most) for long in (longest, longest + 1)
            ]
            for read in readers:
                yield Goal(
                    f"numbers up to {most}",
                    _right(explore(read, assuming=KNOWN), *_small(most)),
                    KNOWN,
                    decode,
                )
        paths = explore(lambda: tried(reference._group, part), assuming=KNOWN)
        yield Goal("a group of the reference", _right(paths, *_group()), KNOWN, decode)
        loop = each(PRODUCTION, "_groups", "text.split(':')")
        if loop.carried != ("groups",):
            refuse(f"the state {loop.carried}")
        ends: list[Path] = []
        for path in explore(lambda: loop.turn(None, [], part), assuming=KNOWN):
            match path.value:
                case Returned(None):
                    ends.append(Path(path.condition, None))
                case ([found],):
                    ends.append(Path(path.condition, found))
                case _:
                    ends.append(Path(path.condition, "another state"))
        yield Goal("a group of production", _right(ends, *_group()), KNOWN, decode)
        yield Goal("no group, then one for each part", z3.BoolVal(_are_for_each(loop)), (), decode)


class _Colons(Anything):
    """A text, cut at its colons by a reader of groups."""

    def __bool__(self) -> bool:
        return not decided(IS_EMPTY)

    def split(self, separator: Any) -> _Colons:
        """Return the parts."""
        return self if separator == ":" else refuse("a cut at another text")

    def over(self, run: Callable[[Any], Any]) -> Any:
        """Run a comprehension on one part."""
        return ("each", *run([ONE]))


ONE = object()


def _are_for_each(loop: Any) -> bool:
    """Return whether a text without characters has no groups, and others one for each part."""
    begins = explore(lambda: loop.before(_Colons()))
    plain = all(
        path.value in (Returned([]), ([],)) and isinstance(path.value, Returned) == _holds(path, IS_EMPTY)
        for path in begins
    )
    rows = {f"{REFERENCE}._group": lambda real: lambda one: ("group", one)}
    with standing_in(rows):
        groups = explore(lambda: import_module(REFERENCE)._groups(_Colons()))
    same = all(path.value == ([] if _holds(path, IS_EMPTY) else ("each", ("group", ONE))) for path in groups)
    held = [1, 2]
    return plain and same and loop.after(None, held) is held


def _holds(path: Path, asked: Any) -> bool:
    solver = z3.Solver()
    return bool(solver.check(path.condition, z3.Not(asked)) == z3.unsat)
