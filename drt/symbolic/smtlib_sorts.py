"""Sorts in SMT-LIB, declared when they are first needed."""

from __future__ import annotations

from collections.abc import Mapping

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
from drt.symbolic.terms import Symbol

PREFIXES = {4: (32, 5), 6: (128, 7)}
"""For each version of addresses: the bits of an address and of a prefix length."""


def symbol_text(symbol: Symbol) -> str:
    """Describe a function in a comment, on one line of ASCII."""
    parts = [symbol.kind, symbol.owner, *symbol.path, *([symbol.ancestor] if symbol.ancestor else [])]
    return " ".join(ascii(part)[1:-1] for part in parts) + (", present" if symbol.presence else "")


class Sorts:
    """The sorts of one script; `lines` are their declarations."""

    def __init__(self, members: Mapping[str, tuple[str, ...]]) -> None:
        self.members = members
        self.lines: list[str] = []
        self._known: dict[Sort, str] = {}
        self._options: dict[str, str] = {}

    def of(self, sort: Sort) -> str:
        """Return the name of a sort."""
        if sort not in self._known:
            self._known[sort] = self._sort(sort)
        return self._known[sort]

    def member(self, name: str, entity_id: str) -> str:
        """Return the constructor of a member of an enumerated or action type."""
        return f"{self.of(EntitySort(name))}m{self.members[name].index(entity_id)}"

    def option(self, sort: Sort) -> str:
        """Return the name of the sort of an optional value."""
        inner = self.of(sort)
        if inner not in self._options:
            name = self._options[inner] = f"O{len(self._options)}"
            self._datatype(name, f"(none-{name}) (some-{name} (value-{name} {inner}))")
        return self._options[inner]

    def _sort(self, sort: Sort) -> str:
        match sort:
            case BoolSort():
                return "Bool"
            case NumberSort():
                return "(_ BitVec 64)"
            case StringSort():
                return "String"
            case SetSort(element):
                return f"(Array {self.of(element)} Bool)"
            case EntitySort(type_name):
                name = f"E{len(self._known)}"
                self.lines.append(f"; {name} is {type_name}")
                if type_name in self.members:
                    count = len(self.members[type_name])
                    self._datatype(name, " ".join(f"({name}m{number})" for number in range(count)))
                else:
                    self.lines.append(f"(declare-sort {name} 0)")
                return name
            case IpSort():
                self._address()
                return "Ip"
            case RecordSort(fields):
                sorts = [self.of(one.sort) if one.required else self.option(one.sort) for one in fields]
                name = f"R{len(self._known)}"
                parts = " ".join(f"({name}f{number} {one})" for number, one in enumerate(sorts))
                self._datatype(name, f"(make-{name} {parts})")
                return name

    def _address(self) -> None:
        for _, bits in PREFIXES.values():
            self._datatype(f"Prefix{bits}", f"(none{bits}) (some{bits} (length{bits} (_ BitVec {bits})))")
        versions = (
            f"(v{version} (address{version} (_ BitVec {width})) (prefix{version} Prefix{bits}))"
            for version, (width, bits) in PREFIXES.items()
        )
        self._datatype("Ip", " ".join(versions))

    def _datatype(self, name: str, constructors: str) -> None:
        self.lines.append(f"(declare-datatypes (({name} 0)) (({constructors})))")
