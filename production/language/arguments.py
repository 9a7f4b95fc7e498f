"""Arguments of the public functions: of the right class, in the exact built-in one, or refused."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TypeGuard, TypeVar

from ..errors import ArgumentError
from .integers import MAX_LONG, MIN_LONG

T = TypeVar("T")


def is_a(value: object, kind: type[T]) -> TypeGuard[T]:
    """Whether an object is made of a class or a subclass; `isinstance` believes what `__class__` claims."""
    return issubclass(type(value), kind)


def text_of(value: object, what: str) -> str:
    """Return a text argument as an exact `str`; raise `ArgumentError`."""
    if is_a(value, str):
        return str.__str__(value)
    raise ArgumentError(f"{what} is a str, not {named(value)}")


def instance_of(value: object, kind: type[T], what: str) -> T:
    """Return an argument of a class; raise `ArgumentError`."""
    if is_a(value, kind):
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
        if type(value) is type(choice) and value == choice:
            return choice
    raise ArgumentError(f"{what} is one of {', '.join(map(repr, choices))}, not {value!r}")


def long_of(value: object, what: str) -> int:
    """Return a 64-bit integer as an exact `int`; raise `ArgumentError`."""
    if is_a(value, int) and not is_a(value, bool):
        exact = int.__int__(value)
        if MIN_LONG <= exact <= MAX_LONG:
            return exact
        raise ArgumentError(f"{what}: an integer beyond 64 bits")
    raise ArgumentError(f"{what} is an int, not {named(value)}")


def named(value: object) -> str:
    """Return the class of a value, as messages name it."""
    name = type(value).__name__
    return "None" if value is None else f"{'an' if name[0] in 'AEIOUaeiou' else 'a'} {name}"
