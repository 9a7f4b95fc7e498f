"""Arguments of the public functions: of the right class, in the exact built-in one, or refused."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TypeVar

from ..errors import ArgumentError
from .integers import MAX_LONG, MIN_LONG

T = TypeVar("T")


def text_of(value: object, what: str) -> str:
    """Return a text argument as an exact `str`; raise `ArgumentError`."""
    if value.__class__ is str:
        return str(value)
    if isinstance(value, str):
        return str.__str__(value)
    raise ArgumentError(f"{what} is a str, not {named(value)}")


def instance_of(value: object, kind: type[T], what: str) -> T:
    """Return an argument of a class; raise `ArgumentError`."""
    if isinstance(value, kind):
        return value
    raise ArgumentError(f"{what} is of the class {kind.__name__}, not {named(value)}")


def iterable_of(value: Iterable[T], what: str) -> Iterable[T]:
    """Return an argument to go through; raise `ArgumentError`."""
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
        return value
    raise ArgumentError(f"{what} are an iterable, not {named(value)}")


def choice_of(value: T, choices: Collection[T], what: str) -> T:
    """Return an argument that is one of few; raise `ArgumentError`."""
    for choice in choices:
        if value.__class__ is choice.__class__ and value == choice:
            return choice
    raise ArgumentError(f"{what} is one of {', '.join(map(repr, choices))}, not {value!r}")


def long_of(value: object, what: str) -> int:
    """Return a 64-bit integer as an exact `int`; raise `ArgumentError`."""
    if isinstance(value, int) and not isinstance(value, bool):
        exact = int.__int__(value)
        if MIN_LONG <= exact <= MAX_LONG:
            return exact
        raise ArgumentError(f"{what}: an integer beyond 64 bits")
    raise ArgumentError(f"{what} is an int, not {named(value)}")


def named(value: object) -> str:
    """Return the class of a value, as messages name it."""
    name = value.__class__.__name__
    return "None" if value is None else f"{'an' if name[0] in 'AEIOUaeiou' else 'a'} {name}"
