"""The declared mapping from entity types, attributes, ancestors, tags and sets to tables and columns.

The mapping states how a database holds a store that fits the schema: a row for every entity of a type, and
for an attribute that may be missing a column that is NULL where it is. Strings are compared by their
characters, so their columns have a binary collation, and hold no NUL, where a pattern of SQLite ends a text.
A mapping is checked against the schema.
"""

from __future__ import annotations

from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from sqlalchemy import Boolean, Column, Integer, String
from sqlalchemy.sql.schema import Table

from ..errors import CedarError
from ..language.arguments import choice_of
from ..schema.model import SchemaModel, StandardEntityType
from ..schema.types import (
    BOOL,
    DATETIME,
    DECIMAL,
    DURATION,
    LONG,
    STRING,
    EntityType,
    RecordType,
    SetType,
    Type,
    type_text,
)


class MappingError(CedarError):
    """A mapping does not fit the schema or the tables."""


@dataclass(frozen=True, slots=True, eq=False)
class Scaled:
    """A column of integers for a `decimal` (ten-thousandths), a `datetime` or a `duration` (milliseconds)."""

    column: Column[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Nested:
    """A record whose fields have columns of their own."""

    fields: AbstractMapping[str, Attribute]


@dataclass(frozen=True, slots=True, eq=False)
class SetTable:
    """A set attribute: one row for each element, with the owner's key."""

    owner: Column[Any]
    element: Column[Any]


@dataclass(frozen=True, slots=True, eq=False)
class TagTable:
    """The tags of a type: one row for each tag, with the owner's key, the name and the value."""

    owner: Column[Any]
    name: Column[Any]
    value: Column[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Linked:
    """The ancestors of one type: one row for each pair of an entity and an ancestor, however far above."""

    descendant: Column[Any]
    ancestor: Column[Any]


Dialect: TypeAlias = Literal["sqlite", "postgresql"]
Attribute: TypeAlias = Column[Any] | Scaled | Nested | SetTable
Ancestors: TypeAlias = Column[Any] | Linked
"""A column of the entity's own table that refers to its only ancestor of a type, or a table of pairs."""


@dataclass(frozen=True, slots=True, eq=False)
class EntityTable:
    """The table of an entity type: `key` holds the id, as a string or as an integer."""

    key: Column[Any]
    attributes: AbstractMapping[str, Attribute] = field(default_factory=dict)
    ancestors: AbstractMapping[str, Ancestors] = field(default_factory=dict)
    tags: TagTable | None = None

    @property
    def table(self) -> Table:
        """The table of the key."""
        return self.key.table


class Mapping:
    """Tables by entity type. A type without a table, and a part without a column, cannot be filtered by."""

    __slots__ = ("_tables", "dialect")

    dialect: Dialect
    """The database that filters are for."""

    def __init__(self, tables: AbstractMapping[str, EntityTable], *, dialect: Dialect) -> None:
        """Take tables by the full names of entity types."""
        self.dialect = choice_of(dialect, ("sqlite", "postgresql"), "dialect")
        for name, table in tables.items():
            if not isinstance(table, EntityTable):
                raise MappingError(f"{name}: expected an EntityTable, not {type(table).__name__}")
        self._tables = dict(tables)

    @property
    def tables(self) -> AbstractMapping[str, EntityTable]:
        """The tables by entity type."""
        return MappingProxyType(self._tables)

    def table(self, entity_type: str) -> EntityTable | None:
        """Return the table of an entity type."""
        return self._tables.get(entity_type)

    def check(self, model: SchemaModel) -> None:
        """Raise `MappingError` for what does not fit a schema, with the place in the mapping."""
        for name, table in self._tables.items():
            declared = model.entity_types.get(name)
            if declared is None:
                raise MappingError(f"{name}: the schema declares no such entity type")
            _check_column(table.key, (String, Integer), f"{name}.key", required=True)
            if not isinstance(declared, StandardEntityType):
                if table.attributes or table.ancestors or table.tags:
                    raise MappingError(f"{name}: an enumerated type has a key only")
                continue
            self._check_attributes(table, table.attributes, declared.shape, name)
            for ancestor, place in table.ancestors.items():
                if ancestor not in model.entity_ancestors.of(name):
                    raise MappingError(f"{name}: a {name} cannot be in a {ancestor}")
                if isinstance(place, Column) and place.table is not table.table:
                    raise MappingError(f"{name}: the column of {ancestor} is of another table")
            if table.tags is not None:
                if declared.tags is None:
                    raise MappingError(f"{name}: the schema declares no tags")
                self._check_element(table.tags.value, declared.tags, f"{name}.tags")

    def _check_attributes(
        self,
        table: EntityTable,
        attributes: AbstractMapping[str, Attribute],
        shape: RecordType,
        place: str,
    ) -> None:
        for name, target in attributes.items():
            where = f"{place}.{name}"
            if name not in shape.attributes:
                raise MappingError(f"{where}: the schema declares no such attribute")
            type_, required = shape.attributes[name]
            match target:
                case SetTable():
                    if not isinstance(type_, SetType) or not required:
                        raise MappingError(f"{where}: a table of elements is for a required set")
                    self._check_element(target.element, type_.element, where)
                case Nested():
                    if not isinstance(type_, RecordType) or not required:
                        raise MappingError(f"{where}: columns for fields are for a required record")
                    self._check_attributes(table, target.fields, type_, where)
                case Scaled():
                    if type_ not in (DECIMAL, DATETIME, DURATION):
                        message = f"{where}: a scaled integer is no {type_text(type_)}"
                        raise MappingError(message)
                    _check_column(target.column, (Integer,), where, required=required)
                case Column():
                    _check_column(target, self._kinds(type_, where), where, required=required)
            column = target.column if isinstance(target, Scaled) else target
            if isinstance(column, Column) and column.table is not table.table:
                raise MappingError(f"{where}: the column is of another table")

    def _check_element(self, column: Column[Any], type_: Type, where: str) -> None:
        """Check the column of elements or of tags; numbers of extension types are scaled there."""
        kinds = (Integer,) if type_ in (DECIMAL, DATETIME, DURATION) else self._kinds(type_, where)
        _check_column(column, kinds, where, required=False)

    def _kinds(self, type_: Type, where: str) -> tuple[type, ...]:
        """Return the classes of columns that can hold a type; references have the class of the key."""
        if type_ is BOOL:
            return (Boolean,)
        if type_ is LONG:
            return (Integer,)
        if type_ is STRING:
            return (String,)
        if isinstance(type_, EntityType):
            referred = self._tables.get(type_.name)
            is_integer = referred is not None and isinstance(referred.key.type, Integer)
            return (Integer,) if is_integer else (String,)
        raise MappingError(f"{where}: no column holds a {type_text(type_)}")


def _check_column(column: Column[Any], kinds: tuple[type, ...], where: str, *, required: bool) -> None:
    """Check the class of a column, and that one of a required attribute is never NULL."""
    if not isinstance(column, Column):
        raise MappingError(f"{where}: expected a column, not {type(column).__name__}")
    if not isinstance(column.type, kinds):
        expected = " or ".join(kind.__name__ for kind in kinds)
        raise MappingError(f"{where}: expected a column of type {expected}, not {column.type!r}")
    if required and column.nullable:
        raise MappingError(f"{where}: the column of a required attribute is NOT NULL")
