"""Candidates by what an attribute holds, for rules whose first guard compares it with a value.

Law (postings): a candidate that a lookup does not find does not satisfy the rule: its attribute is missing,
or the guard does not hold for it. A whole lookup finds exactly those that satisfy the rule.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import ge, gt, le, lt
from typing import Any, Final, Literal, TypeAlias

from ..language import lowering as op
from ..language.lowering import Code
from ..language.uids import Uid
from ..language.values import Record, SetValue, Value

Side: TypeAlias = Literal["principal", "resource"]
How: TypeAlias = Literal["equal", "contains", "order"]
Column: TypeAlias = Sequence[Value | None]
Order: TypeAlias = Callable[[Any, Any], bool]

_POSTED: Final = frozenset({bool, str, Uid})
"""Classes whose values Python compares and hashes as Cedar does, each other's included."""
_LONG: Final = frozenset({int})
_ORDERS: Final[dict[int, Order]] = {op.LT: lt, op.LE: le, op.GT: gt, op.GE: ge}
_MOST_ELEMENTS: Final = 16
"""Sets are posted if a candidate has at most so many elements, on average."""
_MOST_LONGS: Final = 64
"""Longs are posted if there are at most so many: few enough to compare each, and to collide."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """A guard on an attribute of the candidate; it is whole if the rule has no other guard."""

    attribute: str
    how: How
    value: Value
    is_whole: bool
    fits: Callable[[int], bool] | None = None
    """For longs that are ordered: whether the guard holds for one."""


def lookup_of(side: Side, code: Code) -> Lookup | None:
    """Return the lookup that the first guard of a rule is, if it is one."""
    count = len(code.instructions)
    match code.instructions[:5]:
        case ((op.VAR, name), (op.GET, attribute), (op.GUARD, wanted), *_) if name == side:
            return Lookup(attribute, "equal", wanted, count == 3)
        case (
            (op.VAR, name),
            (op.GET, attribute),
            (op.CONST, (number, kind)),
            (test, _),
            (op.GUARD, wanted),
        ) | (
            (op.CONST, (number, kind)),
            (op.VAR, name),
            (op.GET, attribute),
            (test, _),
            (op.GUARD, wanted),
        ) if name == side:
            value, is_whole = code.literals[number], count == 5
            is_second = code.instructions[0][0] == op.CONST
            if kind is int and (order := _ORDERS.get(test)):
                fits = _fits(order, value, wanted=wanted, is_second=is_second)
                return Lookup(attribute, "order", value, is_whole, fits)
            if kind in _POSTED and wanted and (test == op.EQ or (test == op.CONTAINS and not is_second)):
                return Lookup(attribute, "equal" if test == op.EQ else "contains", value, is_whole)
    return None


def _fits(order: Order, value: Value, *, wanted: bool, is_second: bool) -> Callable[[int], bool]:
    """Return whether a guard holds for a long, which is the second operand or the first."""
    if is_second:
        return lambda long: order(value, long) is wanted
    return lambda long: order(long, value) is wanted


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
        self._asked: set[tuple[str, How]] = set()
        self._indexes: dict[tuple[str, How], dict[Any, Selection] | None] = {}
        self._none = Selection((), attributes)

    def found(self, lookup: Lookup) -> Selection | None:
        """Return the candidates that a lookup leaves, or nothing if its attribute has no index."""
        key = (lookup.attribute, lookup.how)
        if key not in self._indexes:
            if key not in self._asked:
                self._asked.add(key)
                return None
            self._indexes[key] = self._made(*key)
        index = self._indexes[key]
        if index is None:
            return None
        if lookup.fits is None:
            return index.get(lookup.value, self._none)
        fitting = [some.uids for long, some in index.items() if lookup.fits(long)]
        return Selection(list(chain.from_iterable(fitting)), self._attributes)

    def _made(self, attribute: str, how: How) -> dict[Any, Selection] | None:
        """Return the index of an attribute, or nothing if it would be large."""
        every, column = self._every.uids, self._every.column(attribute)
        held: Sequence[Collection[Any]] = [(value,) for value in column]
        if how == "contains":
            held = [value.keys if isinstance(value, SetValue) else () for value in column]
            if sum(map(len, held)) > _MOST_ELEMENTS * len(every):
                return None
        classes = _LONG if how == "order" else _POSTED
        posted: dict[Any, list[Uid]] = {}
        for uid, values in zip(every, held, strict=True):
            for value in values:
                if value.__class__ in classes:
                    posted.setdefault(value, []).append(uid)
            if how == "order" and len(posted) > _MOST_LONGS:
                return None
        return {value: Selection(uids, self._attributes) for value, uids in posted.items()}
