"""The layout of a database as a certificate states it: what the rows of each table say of entities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AttributeColumn:
    """A column with an attribute, or a field of a record: NULL where it is missing."""

    path: Path
    column: str


@dataclass(frozen=True, slots=True)
class AncestorColumn:
    """A column with the only ancestor of a type, or NULL."""

    type: str
    column: str


@dataclass(frozen=True, slots=True)
class SetRows:
    """A table with a row for each element of a set attribute."""

    path: Path
    table: str
    owner: str
    element: str


@dataclass(frozen=True, slots=True)
class AncestorRows:
    """A table with a row for each pair of an entity and an ancestor of a type."""

    type: str
    table: str
    descendant: str
    ancestor: str


@dataclass(frozen=True, slots=True)
class TagRows:
    """A table with a row for each tag."""

    table: str
    owner: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class EntityRows:
    """The table of an entity type, one row per entity, and what belongs to it."""

    type: str
    table: str
    key: str
    key_is: Literal["string", "integer"]
    attributes: tuple[AttributeColumn, ...] = ()
    ancestors: tuple[AncestorColumn, ...] = ()
    sets: tuple[SetRows, ...] = ()
    ancestor_tables: tuple[AncestorRows, ...] = ()
    tags: TagRows | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """The tables of a database."""

    tables: tuple[EntityRows, ...]

    def of_type(self, name: str) -> EntityRows | None:
        """Return the table of an entity type."""
        return next((one for one in self.tables if one.type == name), None)

    def has_integer_keys(self, name: str) -> bool:
        """Return whether references to a type are integers; without a table they are strings."""
        found = self.of_type(name)
        return found is not None and found.key_is == "integer"
