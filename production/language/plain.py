"""Python data from outside: converted to the exact built-in classes, or refused with its path.

A subclass of `str` or `int` may have an equality, a hash and a text of its own, so none gets past here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from ..errors import ArgumentError
from .arguments import is_a, long_of, named
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
        if is_a(value, View):
            value = shown_by(value)
            if not has_lists:
                holder[slot] = value
                continue
        if is_a(value, dict):
            inner: dict[str, Any] = {}
            for name, part in dict.items(value):
                exact = _string(name, f"{place}: a key") if is_a(name, str) else None
                if exact is None:
                    raise ArgumentError(f"{place}: a key is a str, not {named(name)}")
                if exact in inner:
                    raise ArgumentError(f"{place}: the key {exact!r} comes twice")
                inner[exact] = None
                todo.append((part, f"{place}.{exact}", inner, exact, depth + 1))
            holder[slot] = inner
        elif has_lists and is_a(value, list):
            elements: list[Any] = list.copy(value)
            todo += ((part, f"{place}[{n}]", elements, n, depth + 1) for n, part in enumerate(list(elements)))
            holder[slot] = elements
        else:
            holder[slot] = scalar(value, place)
    return made[0]


def plain_scalar(value: Any, place: str) -> bool | int | str:
    """Return a boolean, a long or a string in its exact class; raise `ArgumentError`."""
    if type(value) is bool:
        return bool(value)
    if is_a(value, str):
        return _string(value, place)
    if is_a(value, int):
        return long_of(value, place)
    if is_a(value, float):
        raise ArgumentError(f"{place}: {value!r} is not a value: Cedar has no fractions")
    raise ArgumentError(f"{place}: {named(value)} is not a value")


def _string(value: str, place: str) -> str:
    exact = str.__str__(value)
    try:
        exact.encode()
    except UnicodeEncodeError:
        raise ArgumentError(f"{place}: a lone surrogate is not a character") from None
    return exact
