"""Values of generated Python code, on symbols.

A Python value that is a Cedar value is a term. Beside these there are the views that generated code takes of
the store, values that may be `None`, unbounded results of arithmetic, and objects that the code names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from drt.symbolic.outcomes import Arithmetic
from drt.symbolic.sorts import (
    BOOL,
    DATETIME,
    DECIMAL,
    DURATION,
    IP,
    LONG,
    STRING,
    EntitySort,
    Field,
    RecordSort,
    SetSort,
    Sort,
)
from drt.symbolic.terms import Term, const, truth, uid
from production.language.datetimes import Datetime
from production.language.decimals import Decimal
from production.language.durations import Duration
from production.language.ipaddrs import IpAddress
from production.language.uids import Uid
from production.language.values import SetValue
from production.language.wildcard import Wildcard
from reference.extensions.ipaddr import IpAddr
from reference.syntax import Pattern, Star
from reference.values import EntityUid


class NotUnderstood(Exception):
    """The code has a form that the executor does not know."""


@dataclass(frozen=True, slots=True)
class Maybe:
    """A value, or `None` where it is not present."""

    present: Term
    value: Term


@dataclass(frozen=True, slots=True)
class Exact:
    """An unbounded integer: the result of an operation on Longs before its range is checked."""

    op: Arithmetic
    operands: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Above:
    """The ancestors of an entity, of whatever types."""

    entity: Term


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of an entity."""

    entity: Term


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of a set, which decide membership."""

    of: Term


@dataclass(frozen=True, slots=True)
class Sign:
    """The sign of a difference."""

    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class ClassOf:
    """The class of a value."""

    value: Term


@dataclass(frozen=True, slots=True)
class Object:
    """An object that the code names: a class, a helper, a function, a literal of the policy."""

    value: Any


@dataclass(frozen=True, slots=True)
class Statuses:
    """An integer by the conditions under which it has each of its values."""

    cases: tuple[tuple[int, Term], ...]


PythonValue = Term | Maybe | Exact | Above | Tags | Keys | Sign | ClassOf | Object | Statuses


def class_of(sort: Sort) -> type[Any]:
    """Return the class that production has for the values of a sort."""
    match sort:
        case SetSort():
            return SetValue
        case RecordSort():
            return dict
        case EntitySort():
            return Uid
    plain: dict[Sort, type[Any]] = {
        BOOL: bool,
        LONG: int,
        STRING: str,
        DECIMAL: Decimal,
        DATETIME: Datetime,
        DURATION: Duration,
        IP: IpAddress,
    }
    return plain[sort]


def literal(value: object) -> Term:
    """Return the term of a value of production."""
    match value:
        case bool():
            return truth(value)
        case int():
            return const(LONG, value)
        case str():
            return const(STRING, value)
        case Uid():
            return uid(EntityUid(value.type, value.id))
        case Decimal(number):
            return const(DECIMAL, number)
        case Datetime(milliseconds):
            return const(DATETIME, milliseconds)
        case Duration(milliseconds):
            return const(DURATION, milliseconds)
        case IpAddress():
            return const(IP, IpAddr(4 if value.version == 4 else 6, value.address, value.prefix))
        case SetValue():
            parts = [literal(element) for element in value]
            if not parts:
                raise NotUnderstood("an empty set has no sort")
            return const(SetSort(parts[0].sort), frozenset(part.payload for part in parts))
        case dict():
            named = {name: literal(part) for name, part in sorted(value.items())}
            fields = tuple(Field(name, part.sort, True) for name, part in named.items())
            return const(RecordSort(fields), tuple((name, part.payload) for name, part in named.items()))
    raise NotUnderstood(f"a literal of the class {type(value).__name__}")


def is_literal(value: object) -> bool:
    """Return whether an object is a Cedar value."""
    return isinstance(
        value, bool | int | str | Uid | Decimal | Datetime | Duration | IpAddress | SetValue | dict
    )


def pattern_of(prepared: Wildcard) -> Pattern:
    """Return the pattern that production has prepared."""
    if not prepared.starred:
        return tuple(prepared.prefix)
    middle = [element for piece in prepared.pieces for element in (Star(), *piece)]
    return (*prepared.prefix, *middle, Star(), *prepared.suffix)
