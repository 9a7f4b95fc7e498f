"""Runs ordinary Python on symbols, along every path.

A symbol that is asked for its truth asks the explorer, which takes one side, remembers the other, and runs
the function again for it. The conditions of all paths are proved to cover everything, so nothing is left out.
Code that looks at a symbol in any other way (its hash, its length, as an index) is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

import z3

MOST_PATHS = 4_000
RLIMIT = 20_000_000
"""What Z3 may spend on one query, in its own machine-independent units."""


class Unexplorable(Exception):
    """The code does something with a symbol that cannot be followed; the text says what."""


class Undecided(Exception):
    """Z3 gave up on whether a path exists."""


@dataclass(frozen=True, slots=True)
class Path:
    """One way through a function: its condition, and the value or the exception at its end."""

    condition: Any
    value: Any = None
    error: Exception | None = None


class _Explorer:
    """The paths of one function, found depth first by running it again and again."""

    current: _Explorer | None = None

    def __init__(self, assumptions: tuple[Any, ...]) -> None:
        self.solver = z3.Solver()
        self.solver.set("rlimit", RLIMIT)
        self.solver.add(*assumptions)
        self.trail: list[tuple[bool, bool]] = []
        self.at = 0
        self.condition: list[Any] = []

    def decide(self, formula: Any) -> bool:
        formula = z3.simplify(formula)
        if z3.is_true(formula) or z3.is_false(formula):
            return bool(z3.is_true(formula))
        if self.at == len(self.trail):
            possible = self._possible(formula)
            both = possible and self._possible(z3.Not(formula))
            self.trail.append((possible, both))
        taken = self.trail[self.at][0]
        self.at += 1
        literal = formula if taken else z3.Not(formula)
        self.condition.append(literal)
        self.solver.add(literal)
        return taken

    def _possible(self, formula: Any) -> bool:
        answer = self.solver.check(formula)
        if answer == z3.unknown:
            raise Undecided(self.solver.reason_unknown())
        return bool(answer == z3.sat)

    def run(self, function: Callable[[], Any], errors: tuple[type[Exception], ...]) -> list[Path]:
        paths: list[Path] = []
        while True:
            self.at, self.condition = 0, []
            self.solver.push()
            outer, _Explorer.current = _Explorer.current, self
            value, error = None, None
            try:
                value = function()
            except errors as raised:
                error = raised
            finally:
                _Explorer.current = outer
                self.solver.pop()
            paths.append(Path(_all(self.condition), value, error))
            if len(paths) > MOST_PATHS:
                raise Unexplorable(f"more than {MOST_PATHS} paths")
            while self.trail and not self.trail[-1][1]:
                self.trail.pop()
            if not self.trail:
                return paths
            self.trail[-1] = (not self.trail[-1][0], False)


def explore(
    function: Callable[[], Any], *assumptions: Any, errors: tuple[type[Exception], ...] = ()
) -> list[Path]:
    """Every path of a function without arguments, under assumptions; `errors` are ends like any other.

    The paths' conditions are proved to cover all that the assumptions allow.

    Raises:
        Unexplorable: the function looks into a symbol; or has too many paths.
        Undecided: Z3 cannot tell whether a path exists, or whether they are all.
    """
    paths = _Explorer(assumptions).run(function, errors)
    solver = z3.Solver()
    solver.set("rlimit", RLIMIT)
    solver.add(*assumptions, z3.Not(z3.Or(*(path.condition for path in paths))))
    if solver.check() != z3.unsat:
        raise Undecided("the paths are not shown to cover everything")
    return paths


def summary(function: Callable[[], Any], *assumptions: Any) -> Any:
    """All paths of a predicate merged into one formula."""
    paths = explore(function, *assumptions)
    return z3.Or(*(z3.And(path.condition, formula(path.value)) for path in paths))


def _all(conditions: list[Any]) -> Any:
    return z3.And(*conditions) if conditions else z3.BoolVal(True)


def _refuse(what: str) -> Callable[..., NoReturn]:
    def refuse(*_: Any) -> NoReturn:
        raise Unexplorable(f"the code takes {what} of a symbol")

    return refuse


class Truth:
    """A symbolic boolean."""

    __slots__ = ("term",)

    def __init__(self, term: Any) -> None:
        self.term = term

    def __bool__(self) -> bool:
        if _Explorer.current is None:
            raise Unexplorable("a symbol is asked for its truth outside an exploration")
        return _Explorer.current.decide(self.term)

    def __eq__(self, other: object) -> Truth:  # type: ignore[override]  # the answer is a symbol too
        return Truth(self.term == formula(other))

    def __ne__(self, other: object) -> Truth:  # type: ignore[override]
        return Truth(self.term != formula(other))

    def __and__(self, other: object) -> Truth:
        return Truth(z3.And(self.term, formula(other)))

    def __or__(self, other: object) -> Truth:
        return Truth(z3.Or(self.term, formula(other)))

    __hash__ = _refuse("the hash")
    __len__ = _refuse("the length")
    __index__ = _refuse("the index")


class Number:
    """A symbolic integer of any size, as Python's are; it passes for an `int`."""

    __slots__ = ("term",)

    def __init__(self, term: Any) -> None:
        self.term = term

    __class__ = property(lambda _: int)  # isinstance and `is int` see an integer

    def __add__(self, other: Any) -> Number:
        return Number(self.term + number(other))

    __radd__ = __add__

    def __sub__(self, other: Any) -> Number:
        return Number(self.term - number(other))

    def __rsub__(self, other: Any) -> Number:
        return Number(number(other) - self.term)

    def __mul__(self, other: Any) -> Number:
        return Number(self.term * number(other))

    __rmul__ = __mul__

    def __neg__(self) -> Number:
        return Number(-self.term)

    def __floordiv__(self, other: int) -> Number:
        _positive(other)
        return Number(self.term / number(other))

    def __mod__(self, other: int) -> Number:
        _positive(other)
        return Number(self.term % number(other))

    def __lshift__(self, places: int) -> Number:
        return Number(self.term * (1 << places))

    def __rshift__(self, places: int) -> Number:
        return Number(self.term / (1 << places))

    def __lt__(self, other: Any) -> Truth:
        return Truth(self.term < number(other))

    def __le__(self, other: Any) -> Truth:
        return Truth(self.term <= number(other))

    def __gt__(self, other: Any) -> Truth:
        return Truth(self.term > number(other))

    def __ge__(self, other: Any) -> Truth:
        return Truth(self.term >= number(other))

    def __eq__(self, other: object) -> Truth:  # type: ignore[override]
        return Truth(self.term == number(other))

    def __ne__(self, other: object) -> Truth:  # type: ignore[override]
        return Truth(self.term != number(other))

    def __abs__(self) -> Number:
        return Number(z3.If(self.term < 0, -self.term, self.term))

    __hash__ = _refuse("the hash")
    __index__ = _refuse("the index")
    __bool__ = _refuse("the truth")


def _positive(divisor: object) -> None:
    """Python's floor and Z3's Euclid agree where the divisor is positive, and only there."""
    if type(divisor) is not int or divisor <= 0:
        raise Unexplorable("a symbol is divided by something that is not a positive constant")


def formula(value: object) -> Any:
    """Return a truth as a Z3 term."""
    return value.term if isinstance(value, Truth) else z3.BoolVal(bool(value))


def number(value: Any) -> Any:
    """Return an integer as a Z3 term."""
    return value.term if type(value) is Number else z3.IntVal(int(value))
