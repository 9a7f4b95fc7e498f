"""Sorts for Z3: datatypes for finite entity types, records, options and addresses."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any

import z3

from drt.symbolic.sorts import (
    BoolSort,
    EntitySort,
    IpSort,
    NumberSort,
    RecordSort,
    SetSort,
    Sort,
    StringSort,
)
from reference.extensions.ipaddr import IpAddr

_serial = count()
"""Numbers for names: a datatype's name means one datatype in all of Z3."""

WIDTHS = {4: (0, 32, 5), 6: (1, 128, 7)}
"""For each version of addresses: its constructor, the bits of an address and of a prefix length."""


class Sorts:
    """The Z3 sorts of one problem."""

    def __init__(self, members: Mapping[str, tuple[str, ...]], integers: bool) -> None:
        self.members = members
        self._number = z3.IntSort() if integers else z3.BitVecSort(64)
        self._known: dict[Sort, Any] = {}
        self._options: dict[Sort | int, Any] = {}

    def of(self, sort: Sort) -> Any:
        """Return the Z3 sort."""
        if sort not in self._known:
            self._known[sort] = self._sort(sort)
        return self._known[sort]

    def _sort(self, sort: Sort) -> Any:
        match sort:
            case BoolSort():
                return z3.BoolSort()
            case NumberSort():
                return self._number
            case StringSort():
                return z3.StringSort()
            case EntitySort(name) if name in self.members:
                return _datatype([(f"m{index}", []) for index in range(len(self.members[name]))])
            case EntitySort(name):
                return z3.DeclareSort(f"entity {name}")
            case IpSort():
                return _datatype(
                    [
                        (f"v{version}", [("address", z3.BitVecSort(width)), ("prefix", self.prefix(bits))])
                        for version, (_, width, bits) in WIDTHS.items()
                    ]
                )
            case SetSort(element):
                return z3.ArraySort(self.of(element), z3.BoolSort())
            case RecordSort(fields):
                return _datatype(
                    [
                        (
                            "record",
                            [
                                (f"f{index}", self.of(one.sort) if one.required else self.option(one.sort))
                                for index, one in enumerate(fields)
                            ],
                        )
                    ]
                )

    def option(self, sort: Sort) -> Any:
        """Return the sort of an optional value."""
        if sort not in self._options:
            self._options[sort] = _datatype([("none", []), ("some", [("value", self.of(sort))])])
        return self._options[sort]

    def prefix(self, bits: int) -> Any:
        """Return the sort of a prefix length; none is the full length."""
        if bits not in self._options:
            some = ("some", [("value", z3.BitVecSort(bits))])
            self._options[bits] = _datatype([("none", []), some])
        return self._options[bits]

    def member(self, name: str, entity_id: str) -> Any:
        """Return a member of an enumerated or action type."""
        return self.of(EntitySort(name)).constructor(self.members[name].index(entity_id))()

    def address(self, value: IpAddr) -> Any:
        """Return an address as a constant."""
        index, width, bits = WIDTHS[value.version]
        option = self.prefix(bits)
        some = option.constructor(1)(z3.BitVecVal(value.prefix, bits))
        prefix = option.constructor(0)() if value.prefix == width else some
        return self.of(IpSort()).constructor(index)(z3.BitVecVal(value.address, width), prefix)


def _datatype(constructors: list[tuple[str, list[tuple[str, Any]]]]) -> Any:
    number = next(_serial)
    datatype = z3.Datatype(f"d{number}")
    for name, fields in constructors:
        datatype.declare(f"{name}_{number}", *[(f"{field}_{name}_{number}", of) for field, of in fields])
    return datatype.create()
