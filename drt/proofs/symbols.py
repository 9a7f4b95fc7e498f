"""Symbols that ordinary Python computes with: a boolean and an integer of which nothing is known.

Each does what the plain value does, or refuses. A refusal is a `BaseException`, and the explorer remembers it, so
that no `except` of the explored code can hide it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn, Protocol

import z3


class Unexplorable(BaseException):
    """The code does something with a symbol that cannot be followed; the text says what."""


class Undecided(BaseException):
    """Z3 gave up on whether a path exists."""


class Follower(Protocol):
    """What follows the paths: it decides truths and remembers refusals."""

    refused: str | None

    def decide(self, formula: Any) -> bool:
        """Take one side of a formula on this path."""

    def fresh(self, sort: Any) -> Any:
        """Make a constant that is new on this path and the same in every run of it."""

    def identity(self) -> Any:
        """Make the truth that two equal integers are one object."""


class _Now:
    """The follower of the exploration that is under way."""

    follower: Follower | None = None


now = _Now()


def refuse(what: str) -> NoReturn:
    """Refuse a use of a symbol, whatever the code does with the exception."""
    reason = f"the code takes {what} of a symbol"
    if now.follower is not None:
        now.follower.refused = reason
    raise Unexplorable(reason)


def decided(formula: Any) -> bool:
    """Take one side of a formula; outside an exploration there is no path to take."""
    if now.follower is None:
        raise Unexplorable("a symbol is asked for its truth outside an exploration")
    return now.follower.decide(formula)


def fresh(sort: Any) -> Any:
    """Make a new constant, named after its place in the exploration."""
    return z3.FreshConst(sort, "any") if now.follower is None else now.follower.fresh(sort)


def _refusal(name: str) -> Callable[..., NoReturn]:
    return lambda *_, **__: refuse(f"`{name}`")


class Symbol:
    """A value that passes for one of the type `stands_for`; what a subclass does not define, it refuses."""

    __slots__ = ("term",)
    stands_for: type
    __class__ = property(lambda self: self.stands_for)  # `isinstance` and class patterns see it

    def __init__(self, term: Any) -> None:
        self.term = term

    def __init_subclass__(cls) -> None:
        for name in dir(cls.stands_for):
            if name not in _PLAIN and not any(name in each.__dict__ for each in cls.__mro__[:-1]):
                setattr(cls, name, _refusal(name))
        cls.__str__ = cls.__repr__ = cls.__format__ = _refusal("the text")  # type: ignore[method-assign]
        cls.__hash__ = _refusal("the hash")  # type: ignore[method-assign]

    def __reduce__(self) -> NoReturn:
        refuse("a copy")


_PLAIN = frozenset(
    {
        "__new__",
        "__init__",
        "__class__",
        "__doc__",
        "__getattribute__",
        "__setattr__",
        "__delattr__",
        "__dir__",
    }
    | {"__init_subclass__", "__subclasshook__", "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"}
    | {"__str__", "__repr__", "__format__", "__hash__", "__getstate__", "__reduce_ex__"}
)


def _compared(make: Callable[[Any, Any], Any]) -> Callable[[Any, object], Any]:
    return lambda one, other: (
        Truth(make(number(one), number(other))) if _is_number(other) else _unlike(other, NotImplemented)
    )


def _unlike(other: object, answer: Any) -> Any:
    """Answer for a value that is no integer: Python compares it its own way, but a float with the number."""
    if isinstance(other, (float, complex)):
        refuse("a comparison with a float")
    return answer


def _computed(make: Callable[[Any, Any], Any]) -> Callable[[Any, object], Any]:
    return lambda one, other: (
        Number(make(number(one), number(other))) if _is_number(other) else _unlike(other, NotImplemented)
    )


class _Arithmetic:
    """What integers do; booleans do it too."""

    __slots__ = ()
    __lt__ = _compared(lambda one, other: one < other)
    __le__ = _compared(lambda one, other: one <= other)
    __gt__ = _compared(lambda one, other: one > other)
    __ge__ = _compared(lambda one, other: one >= other)
    __add__ = __radd__ = _computed(lambda one, other: one + other)
    __mul__ = __rmul__ = _computed(lambda one, other: one * other)
    __sub__ = _computed(lambda one, other: one - other)
    __rsub__ = _computed(lambda one, other: other - one)

    def __eq__(self, other: object) -> Any:
        return Truth(number(self) == number(other)) if _is_number(other) else _unlike(other, False)

    def __ne__(self, other: object) -> Any:
        return Truth(number(self) != number(other)) if _is_number(other) else _unlike(other, True)

    def __neg__(self) -> Number:
        return Number(-number(self))

    def __pos__(self) -> Number:
        return Number(number(self))

    def __abs__(self) -> Number:
        return Number(z3.If(number(self) < 0, -number(self), number(self)))


SMALL = 64
"""Indexes below are taken apart, a path for each."""


class Truth(_Arithmetic, Symbol):
    """A symbolic boolean."""

    __slots__ = ()
    stands_for = bool

    def __bool__(self) -> bool:
        return decided(self.term)

    def __and__(self, other: object) -> Any:
        return Truth(z3.And(self.term, formula(other))) if _is_truth(other) else refuse("a bitwise `and`")

    def __or__(self, other: object) -> Any:
        return Truth(z3.Or(self.term, formula(other))) if _is_truth(other) else refuse("a bitwise `or`")

    def __invert__(self) -> NoReturn:
        refuse("a bitwise `not`")

    __rand__ = __and__
    __ror__ = __or__


class Number(_Arithmetic, Symbol):
    """A symbolic integer of any size, as Python's are; it passes for an `int`."""

    __slots__ = ()
    stands_for = int

    def __bool__(self) -> bool:
        return decided(self.term != 0)

    def __index__(self) -> int:
        """Take a path for each small number that it may be."""
        for value in range(SMALL):
            if decided(self.term == value):
                return value
        refuse("an index that may be large")

    def __rpow__(self, base: object) -> int:
        return int(base ** self.__index__()) if type(base) is int else refuse("a power")

    def __floordiv__(self, other: object) -> Number:
        return Number(self.term / _positive(other))

    def __mod__(self, other: object) -> Number:
        return Number(self.term % _positive(other))

    def __divmod__(self, other: object) -> tuple[Number, Number]:
        return self // other, self % other

    def __lshift__(self, places: object) -> Number:
        return Number(self.term * (1 << _places(places)))

    def __rshift__(self, places: object) -> Number:
        return Number(self.term / (1 << _places(places)))

    def __and__(self, mask: object) -> Number:
        """Python's `&` with a run of low bits is the remainder, below zero too."""
        if type(mask) is not int or mask < 0 or mask & (mask + 1):
            refuse("a bitwise `and` with something that is not a run of low bits")
        return Number(self.term % (mask + 1))

    __rand__ = __and__

    def __or__(self, other: object) -> Number:
        """Python's `|` is the sum where the one has low bits only, and the other none of them."""
        entails = getattr(now.follower, "entails", lambda _: False)
        low, high = number(other), self.term
        for bits in (4, 8, 16):
            if entails(z3.And(low >= 0, low < 1 << bits, high % (1 << bits) == 0)):
                return Number(high + low)
        refuse("a bitwise `or` of other bits")

    def __ror__(self, other: object) -> Number:
        return Number(self.term) if other == 0 else Number(number(other)) | self


def _positive(divisor: object) -> int:
    """Python's floor and Z3's Euclid agree where the divisor is positive, and only there."""
    if type(divisor) is not int or divisor <= 0:
        refuse("a quotient by something that is not a positive constant")
    return divisor


def _places(places: object) -> int:
    if type(places) is not int or places < 0:
        refuse("a shift by something that is not a constant")
    return places


def _is_truth(value: object) -> bool:
    return type(value) in (bool, Truth)


def _is_number(value: object) -> bool:
    return type(value) in (int, bool, Number, Truth) or isinstance(value, int)


def formula(value: object) -> Any:
    """Return the truth of a value as a Z3 term."""
    if type(value) is Truth:
        return value.term
    if type(value) is Number:
        return value.term != 0
    return z3.BoolVal(bool(value))


def number(value: Any) -> Any:
    """Return an integer as a Z3 term; a truth counts as 0 or 1."""
    if type(value) is Number:
        return value.term
    if type(value) is Truth:
        return z3.If(value.term, z3.IntVal(1), z3.IntVal(0))
    return z3.IntVal(int(value))


def is_number(value: Any, term: Any) -> Any:
    """Return the formula that a value is this integer; it is false of a value of another kind."""
    kind = type(value)
    return number(value) == term if kind in (int, Number) else z3.BoolVal(False)


def is_truth(value: Any, term: Any) -> Any:
    """Return the formula that a value is this boolean; it is false of a value of another kind."""
    return formula(value) == term if _is_truth(value) else z3.BoolVal(False)
