"""Python data from outside: converted to the exact built-in classes, or refused with its path.

A subclass of `str` or `int` may have an equality, a hash and a text of its own, so none gets past here.
"""

from __future__ import annotations

from typing import Any, Final, cast

from ..documents.json_scanner import Number, Repeated
from ..documents.json_text import MAX_DEPTH
from ..errors import ArgumentError
from .arguments import long_of, named
from .datetimes import Datetime
from .decimals import Decimal
from .durations import Duration
from .ipaddrs import IpAddress
from .uids import Uid
from .values import Record, SetValue, Value
from .views import View, shown_by

_DEEPEST: Final = 1_000
_STR: Final = frozenset({str})
_ATOMS: Final = frozenset({str, bool, int, type(None), Number})
_OBJECTS: Final[frozenset[Any]] = frozenset((dict, Repeated))
_READY: Final = frozenset({bool, Uid, SetValue, Decimal, IpAddress, Datetime, Duration})


def is_exact(node: Any) -> bool:
    """Whether JSON data are of exact built-in classes alone, and not too deep."""
    level: list[Any] = [node]
    for _ in range(MAX_DEPTH + 2):
        inner: list[Any] = []
        for part in level:
            if part.__class__ in _OBJECTS:
                if not _STR.issuperset(map(type, part)):
                    return False
                inner.extend(part.values())
            elif part.__class__ is list:
                inner.extend(part)
            elif part.__class__ not in _ATOMS:
                return False
        if _ATOMS.issuperset(map(type, inner)):
            return True
        level = inner
    return False


def plain_json(node: object, path: str) -> Any:
    """JSON data in exact built-in classes; raises `ArgumentError`, which names the path."""
    return _converted(node, path, is_json=True)


def plain_value(value: Any, path: str) -> Value:
    """A Cedar value in exact classes, its records copied; raises `ArgumentError`, which names the path."""
    if value.__class__ in _READY:
        return cast(Value, value)
    made: Value = _converted(value, path, is_json=False)
    return made


def plain_record(value: object, path: str) -> Record:
    """As `plain_value`, for a record."""
    record = plain_value(value, path)
    if not isinstance(record, dict):
        raise ArgumentError(f"{path} is a dict, not {named(value)}")
    return record


def _converted(root: object, path: str, *, is_json: bool) -> Any:
    made: list[Any] = [None]
    todo: list[tuple[Any, str, Any, Any, int]] = [(root, path, made, 0, 0)]
    while todo:
        value, place, holder, slot, depth = todo.pop()
        if depth > _DEEPEST:
            raise ArgumentError(f"{path}: nested deeper than {_DEEPEST:,} levels")
        if isinstance(value, View):
            value = shown_by(value)
            if not is_json:
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
        elif is_json and isinstance(value, list):
            elements: list[Any] = [None] * len(value)
            todo += ((part, f"{place}[{n}]", elements, n, depth + 1) for n, part in enumerate(value))
            holder[slot] = elements
        else:
            holder[slot] = _scalar(value, place, is_json)
    return made[0]


def _scalar(value: Any, place: str, is_json: bool) -> Any:
    kind = value.__class__
    if kind is bool or kind in (_ATOMS - {str, int, type(None)} if is_json else _READY):
        return value
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
