"""Python data from outside: converted to the exact built-in classes, or refused with its path.

A subclass of `str` or `int` may have an equality, a hash and a text of its own, so none gets past here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from ..errors import ArgumentError
from .arguments import long_of, named
from .views import View, shown_by

_DEEPEST: Final = 1_000

Scalar: TypeAlias = Callable[[Any, str], Any]


def converted(root: object, path: str, scalar: Scalar, *, has_lists: bool = False) -> Any:
    """Return nested data with its dicts copied, other parts as `scalar` makes them; raise `ArgumentError`."""
    made: list[Any] = [None]
    todo: list[tuple[Any, str, Any, Any, int]] = [(root, path, made, 0, 0)]
    while todo:
        value, place, holder, slot, depth = todo.pop()
        if depth > _DEEPEST:
            raise ArgumentError(f"{path}: nested deeper than {_DEEPEST:,} levels")
        if isinstance(value, View):
            value = shown_by(value)
            if not has_lists:
                holder[slot] = value
                continue
        if isinstance(value, dict):
            inner: dict[str, Any] = {}
            for name, part in dict.items(value):
                exact = _string(name, f"{place}: a key") if isinstance(name, str) else None
                if exact is None:
                    raise ArgumentError(f"{place}: a key is a str, not {named(name)}")
                if exact in inner:
                    raise ArgumentError(f"{place}: the key {exact!r} comes twice")
                inner[exact] = None
                todo.append((part, f"{place}.{exact}", inner, exact, depth + 1))
            holder[slot] = inner
        elif has_lists and isinstance(value, list):
            elements: list[Any] = [None] * len(value)
            todo += ((part, f"{place}[{n}]", elements, n, depth + 1) for n, part in enumerate(value))
            holder[slot] = elements
        else:
            holder[slot] = scalar(value, place)
    return made[0]


def plain_scalar(value: Any, place: str) -> bool | int | str:
    """Return a boolean, a long or a string in its exact class; raise `ArgumentError`."""
    if value.__class__ is bool:
        return bool(value)
    if isinstance(value, str):
        return _string(value, place)
    if isinstance(value, int):
        return long_of(value, place)
    if isinstance(value, float):
        raise ArgumentError(f"{place}: {value!r} is not a value: Cedar has no fractions")
    raise ArgumentError(f"{place}: {named(value)} is not a value")


def _string(value: str, place: str) -> str:
    exact = str.__str__(value)
    try:
        exact.encode()
    except UnicodeEncodeError:
        raise ArgumentError(f"{place}: a lone surrogate is not a character") from None
    return exact
