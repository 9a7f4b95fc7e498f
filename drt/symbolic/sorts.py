"""Sorts of terms (spec 10 §2): the types of Cedar values, hashable, with optional attributes marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from reference.extensions.ipaddr import IpAddr
from reference.schema import types
from reference.values import EntityUid

NumberKind = Literal["Long", "decimal", "datetime", "duration"]


@dataclass(frozen=True, slots=True)
class BoolSort:
    """True and false."""


@dataclass(frozen=True, slots=True)
class NumberSort:
    """Signed 64-bit integers: Longs, ten-thousandths of a decimal, milliseconds."""

    kind: NumberKind


@dataclass(frozen=True, slots=True)
class StringSort:
    """Sequences of characters."""


@dataclass(frozen=True, slots=True)
class EntitySort:
    """Entity uids of one type."""

    type: str


@dataclass(frozen=True, slots=True)
class IpSort:
    """Addresses with a prefix length."""


@dataclass(frozen=True, slots=True)
class SetSort:
    """Finite sets."""

    element: Sort


@dataclass(frozen=True, slots=True)
class Field:
    """An attribute of a record sort."""

    name: str
    sort: Sort
    required: bool


@dataclass(frozen=True, slots=True)
class RecordSort:
    """Records. INVARIANT: fields ascend by name."""

    fields: tuple[Field, ...]

    def field(self, name: str) -> Field | None:
        """Find the attribute of this name."""
        return next((field for field in self.fields if field.name == name), None)


Sort = BoolSort | NumberSort | StringSort | EntitySort | IpSort | SetSort | RecordSort

BOOL = BoolSort()
LONG = NumberSort("Long")
DECIMAL = NumberSort("decimal")
DATETIME = NumberSort("datetime")
DURATION = NumberSort("duration")
STRING = StringSort()
IP = IpSort()


def sort_of(t: types.Type) -> Sort:
    """Return the sort of the values of a type of a strictly valid expression."""
    match t:
        case types.BoolType() | types.TrueType() | types.FalseType():
            return BOOL
        case types.LongType():
            return LONG
        case types.StringType():
            return STRING
        case types.EntityType(names):
            [name] = names
            return EntitySort(name)
        case types.ExtensionType("ipaddr"):
            return IP
        case types.ExtensionType(name):
            return NumberSort(cast(NumberKind, name))
        case types.SetType(element):
            return SetSort(sort_of(element))
        case types.RecordType(attributes):
            fields = (Field(name, sort_of(one.type), one.required) for name, one in attributes.items())
            return RecordSort(tuple(sorted(fields, key=lambda field: field.name)))
        case types.NeverType() | types.UnknownType():
            raise AssertionError(f"no value of a strictly valid expression has the type {types.describe(t)}")


def default(sort: Sort, members: Mapping[str, tuple[str, ...]]) -> object:
    """Return the value of a term that no assertion mentions; `members` lists the types of known entities."""
    match sort:
        case BoolSort():
            return False
        case NumberSort():
            return 0
        case StringSort():
            return ""
        case EntitySort(name):
            return EntityUid(name, members[name][0] if name in members else "")
        case IpSort():
            return IpAddr(4, 0, 32)
        case SetSort():
            return frozenset()
        case RecordSort(fields):
            return tuple((field.name, default(field.sort, members)) for field in fields if field.required)
