"""Candidates by what an attribute holds, for rules whose first guard asks for one value of it.

Law (postings): a candidate that is not posted under the value of a lookup does not satisfy the rule: its
attribute is missing, equals another value, or is a set without it. Under the value of a whole lookup exactly
those are posted that satisfy the rule.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from ..language.lowering import CONST, CONTAINS, EQ, GET, GUARD, VAR, Code, Instructions
from ..language.uids import Uid
from ..language.values import Record, SetValue, Value

Side: TypeAlias = Literal["principal", "resource"]
Column: TypeAlias = Sequence[Value | None]

_POSTED: Final = frozenset({bool, str, Uid})
"""Classes whose values Python compares and hashes as Cedar does, each other's included."""
_TESTS: Final = ((VAR, GET, CONST, EQ, GUARD), (VAR, GET, CONST, CONTAINS, GUARD))
_MOST_ELEMENTS: Final = 16
"""Sets are posted if a candidate has at most so many elements, on average."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """A guard on the candidate: its attribute is the value, or a set that contains it.

    It is whole if the rule has no other guard.
    """

    attribute: str
    contains: bool
    value: Value
    is_whole: bool


def lookup_of(side: Side, code: Code) -> Lookup | None:
    """Return the lookup that the first guard of a rule is, if it is one."""
    count = len(code.instructions)
    match code.instructions[:5]:
        case ((_, name), (_, attribute), (_, bool(wanted)), *_) as guard if name == side and _opcodes(
            guard[:3]
        ) == (VAR, GET, GUARD):
            return Lookup(attribute, False, wanted, count == 3)
        case ((_, name), (_, attribute), (_, (number, kind)), (test, _), (_, True)) as guard if (
            name == side and _opcodes(guard) in _TESTS and kind in _POSTED
        ):
            return Lookup(attribute, test == CONTAINS, code.literals[number], count == 5)
        case ((_, (number, kind)), (_, name), (_, attribute), _, (_, True)) as guard if (
            name == side and _opcodes(guard) == (CONST, VAR, GET, EQ, GUARD) and kind in _POSTED
        ):
            return Lookup(attribute, False, code.literals[number], count == 5)
    return None


def _opcodes(instructions: Instructions) -> tuple[int, ...]:
    return tuple([opcode for opcode, _ in instructions])


class Selection:
    """Some candidates, with their attributes in columns."""

    __slots__ = ("_attributes", "_columns", "uids")

    def __init__(self, uids: Sequence[Uid], attributes: dict[Uid, Record]) -> None:
        self.uids = uids
        self._attributes = attributes
        self._columns: dict[str, Column] = {}

    def column(self, name: str) -> Column:
        """Return an attribute of each candidate, `None` where it is missing."""
        column = self._columns.get(name)
        if column is None:
            records = map(self._attributes.__getitem__, self.uids)
            column = self._columns[name] = [record.get(name) for record in records]
        return column


class Postings:
    """Selections by the value of an attribute; an attribute is indexed when it is asked about again."""

    __slots__ = ("_asked", "_attributes", "_every", "_indexes", "_none")

    def __init__(self, every: Selection, attributes: dict[Uid, Record]) -> None:
        self._every = every
        self._attributes = attributes
        self._asked: set[tuple[str, bool]] = set()
        self._indexes: dict[tuple[str, bool], dict[Value, Selection] | None] = {}
        self._none = Selection((), attributes)

    def found(self, lookup: Lookup) -> Selection | None:
        """Return the candidates under the value of a lookup, or nothing if its attribute has no index."""
        key = (lookup.attribute, lookup.contains)
        if key not in self._indexes:
            if key not in self._asked:
                self._asked.add(key)
                return None
            self._indexes[key] = self._made(*key)
        index = self._indexes[key]
        return None if index is None else index.get(lookup.value, self._none)

    def _made(self, attribute: str, contains: bool) -> dict[Value, Selection] | None:
        """Return the index of an attribute, of its elements if `contains`; nothing if it would be large."""
        every, column = self._every.uids, self._every.column(attribute)
        held: Sequence[Collection[Any]] = [(value,) for value in column]
        if contains:
            held = [value.keys if isinstance(value, SetValue) else () for value in column]
            if sum(map(len, held)) > _MOST_ELEMENTS * len(every):
                return None
        posted: dict[Any, list[Uid]] = {}
        for uid, values in zip(every, held, strict=True):
            for value in values:
                if value.__class__ in _POSTED:
                    posted.setdefault(value, []).append(uid)
        return {value: Selection(uids, self._attributes) for value, uids in posted.items()}
