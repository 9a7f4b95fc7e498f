"""Formulas to conditions of SQL, by SQLAlchemy Core.

A condition may be NULL where its formula is not true. A negation takes NULL for false first, and `WHERE` lets
no such row through.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, TypeAlias

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    String,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.sql.expression import FromClause

from ..errors import CedarError
from ..language.datetimes import Datetime
from ..language.decimals import Decimal
from ..language.durations import Duration
from ..language.escapes import Pattern
from ..language.integers import MAX_LONG, MIN_LONG
from ..language.uids import Uid
from ..language.values import Value
from . import formulas as f
from .mapping import Linked
from .places import Places

Sql: TypeAlias = ColumnElement[Any]
_MOST_NODES: Final = 20_000


class FilterSizeError(CedarError):
    """A filter is too large for a database."""


class SqlWriter:
    """A writer of formulas over the tables of a mapping."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._written = 0

    def condition(self, formula: f.Formula) -> Sql:
        """Return the condition of a formula; raise `FilterSizeError`."""
        self._written += 1
        if self._written > _MOST_NODES:
            raise FilterSizeError(f"the filter has more than {_MOST_NODES:,} parts")
        match formula:
            case f.Constant(value):
                return true() if value else false()
            case f.All(parts):
                return and_(*map(self.condition, parts))
            case f.Some(parts):
                return or_(*map(self.condition, parts))
            case f.No(inner):
                return not_(func.coalesce(self.condition(inner), false(), type_=Boolean()))
            case f.Present(scalar):
                return self._scalar(scalar).is_not(null())
            case f.Exists(entity):
                key = self._places.table(entity.entity_type).key
                return self._of_entity(entity, key).is_not(null())
            case f.Equal(left, right, negated):
                a, b = self._scalar(left), self._scalar(right)
                return a != b if negated else a == b
            case f.Less(left, right, or_equal):
                a, b = self._scalar(left), self._scalar(right)
                return a <= b if or_equal else a < b
            case f.Matches(scalar, pattern, negated):
                found = self._matches(self._scalar(scalar), pattern)
                return not_(found) if negated else found
            case f.OneOf(scalar, values, negated):
                return self._one_of(scalar, values, negated=negated)
            case _:
                return self._related(formula)

    def _matches(self, text: Sql, pattern: Pattern) -> Sql:
        """Return whether a string matches by exact characters; SQLite's `LIKE` takes `a` for `A`."""
        if self._places.dialect == "sqlite":
            glob = "".join("*" if run is None else _glob(run) for run in pattern)
            return text.op("GLOB", is_comparison=True)(literal(glob, String()))
        like = "".join("%" if run is None else _like(run) for run in pattern)
        return text.like(literal(like, String()), escape="\\")

    def _one_of(self, scalar: f.Scalar, values: Iterable[Value], *, negated: bool) -> Sql:
        held = self._held(values)
        written = self._scalar(scalar)
        if not held:
            return written.is_not(null()) if negated else false()
        return written.not_in(held) if negated else written.in_(held)

    def _related(self, formula: f.Formula) -> Sql:
        """Return a condition on rows of other tables."""
        match formula:
            case f.Below(entity, ancestors, ancestor_type):
                return self._below(entity, ancestors, ancestor_type)
            case f.HasElement(elements, wanted):
                table = self._places.elements(elements.entity, elements.path)
                rows, columns = _aliased(table.owner, table.element)
                return self._any_row(
                    rows, columns[0] == self._key(elements.entity), self._is_one(columns[1], wanted)
                )
            case f.HasAnyElement(elements):
                table = self._places.elements(elements.entity, elements.path)
                rows, columns = _aliased(table.owner)
                return self._any_row(rows, columns[0] == self._key(elements.entity))
            case f.HasTag(entity, name):
                tags = self._places.tags(entity.entity_type)
                rows, columns = _aliased(tags.owner, tags.name)
                return self._any_row(
                    rows, columns[0] == self._key(entity), columns[1] == literal(name, String())
                )
            case _:
                raise AssertionError(formula)

    def _below(self, entity: f.Entity, ancestors: f.Scalar | tuple[Uid, ...], ancestor_type: str) -> Sql:
        place = self._places.ancestors(entity.entity_type, ancestor_type)
        if isinstance(place, Linked):
            rows, columns = _aliased(place.descendant, place.ancestor)
            return self._any_row(rows, columns[0] == self._key(entity), self._is_one(columns[1], ancestors))
        return self._is_one(self._of_entity(entity, place), ancestors)

    @staticmethod
    def _any_row(rows: FromClause, *conditions: Sql) -> Sql:
        return exists(select(literal(1)).select_from(rows).where(*conditions).correlate_except(rows))

    def _is_one(self, column: Sql, wanted: f.Scalar | tuple[Value, ...]) -> Sql:
        if not isinstance(wanted, tuple):
            return column == self._scalar(wanted)
        held = self._held(wanted)
        return column.in_(held) if held else false()

    # Scalars: NULL where there is no value

    def _scalar(self, scalar: f.Scalar) -> Sql:
        match scalar:
            case f.Literal(value):
                held = self._held((value,))
                return held[0] if held else null()
            case f.Reference(entity):
                return self._key(entity)
            case f.Field(entity, path):
                return self._of_entity(entity, self._places.column(entity, path))
            case f.Tag(entity, name):
                tags = self._places.tags(entity.entity_type)
                rows, columns = _aliased(tags.owner, tags.name, tags.value)
                query = select(columns[2]).where(
                    columns[0] == self._key(entity), columns[1] == literal(name, String())
                )
                return query.correlate_except(rows).scalar_subquery()
            case f.Choice(then, first, otherwise, second):
                return case(
                    (self.condition(then), self._scalar(first)),
                    (self.condition(otherwise), self._scalar(second)),
                    else_=null(),
                )

    def _key(self, entity: f.Entity) -> Sql:
        """Return the key of an entity as it is referred to, whether it exists or not."""
        if isinstance(entity, f.Resource):
            return self._places.table(entity.entity_type).key
        return self._scalar(entity.key)

    def _of_entity(self, entity: f.Entity, column: Column[Any]) -> Sql:
        """Return a column of the row of an entity, NULL if there is none."""
        if isinstance(entity, f.Resource):
            return column
        rows, columns = _aliased(self._places.table(entity.entity_type).key, column)
        query = select(columns[1]).where(columns[0] == self._key(entity))
        return query.correlate_except(rows).scalar_subquery()

    def _held(self, values: Iterable[Value]) -> list[Sql]:
        """Return those values that a column can hold, as they are held."""
        return [held for value in values if (held := self._literal(value)) is not None]

    def _literal(self, value: Value) -> Sql | None:
        match value:
            case bool():
                return literal(value, Boolean())
            case int():
                return literal(value, BigInteger())
            case str():
                return literal(value, String())
            case Decimal():
                return literal(value.units, BigInteger())
            case Datetime() | Duration():
                return literal(value.milliseconds, BigInteger())
            case Uid() if not self._places.key_is_integer(value.type):
                return literal(value.id, String())
            case Uid():
                number = _canonical_integer(value.id)
                return None if number is None else literal(number, BigInteger())
            case _:
                raise AssertionError(value)


def _glob(run: str) -> str:
    return "".join(f"[{character}]" if character in "*?[" else character for character in run)


def _like(run: str) -> str:
    return "".join(f"\\{character}" if character in "%_\\" else character for character in run)


def _canonical_integer(text: str) -> int | None:
    """Return the integer that an id is the only spelling of."""
    if len(text) > 20 or not text.isascii():
        return None
    try:
        number = int(text)
    except ValueError:
        return None
    return number if str(number) == text and MIN_LONG <= number <= MAX_LONG else None


def _aliased(*columns: Column[Any]) -> tuple[FromClause, list[Sql]]:
    """Return an alias of the table of some columns, and these columns of it."""
    rows = columns[0].table.alias()
    return rows, [rows.c[column.key] for column in columns]
