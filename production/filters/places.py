"""What a mapping has for scalars, sets, tags and ancestors; what it lacks is refused."""

from __future__ import annotations

from collections.abc import Mapping as AbstractMapping
from typing import Any

from sqlalchemy import Column

from ..errors import CedarError
from .formulas import Entity
from .mapping import Ancestors, Attribute, EntityTable, Mapping, Nested, Scaled, SetTable, TagTable


class Untranslated(CedarError):
    """A part of a condition that has no formula; the message says why."""


class Places:
    """The columns and tables of a mapping."""

    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self.dialect = mapping.dialect

    def table(self, entity_type: str) -> EntityTable:
        """Return the table of an entity type."""
        found = self._mapping.table(entity_type)
        if found is None:
            raise Untranslated(f"the mapping has no table for {entity_type}")
        return found

    def key_is_integer(self, entity_type: str) -> bool:
        """Return whether references to a type are integers; without a table they are strings."""
        found = self._mapping.table(entity_type)
        return found is not None and found.key.type.python_type is int

    def attribute(self, entity: Entity, path: tuple[str, ...]) -> Attribute:
        """Return what an attribute, or a field of a record, is mapped to."""
        attributes: AbstractMapping[str, Attribute] = self.table(entity.entity_type).attributes
        found: Attribute | None = None
        for position, name in enumerate(path):
            found = attributes.get(name)
            if found is None:
                place = ".".join(path[: position + 1])
                raise Untranslated(f"the mapping has nothing for `{place}` of {entity.entity_type}")
            attributes = found.fields if isinstance(found, Nested) else {}
        assert found is not None
        return found

    def column(self, entity: Entity, path: tuple[str, ...]) -> Column[Any]:
        """Return the column of a scalar attribute."""
        found = self.attribute(entity, path)
        if isinstance(found, Scaled):
            return found.column
        if not isinstance(found, Column):
            raise Untranslated(f"`{'.'.join(path)}` of {entity.entity_type} has no column of its own")
        return found

    def elements(self, entity: Entity, path: tuple[str, ...]) -> SetTable:
        """Return the table of a set attribute."""
        found = self.attribute(entity, path)
        if not isinstance(found, SetTable):
            raise Untranslated(f"`{'.'.join(path)}` of {entity.entity_type} has no table of elements")
        return found

    def tags(self, entity_type: str) -> TagTable:
        """Return the table of the tags of a type."""
        found = self.table(entity_type).tags
        if found is None:
            raise Untranslated(f"the mapping has no tags for {entity_type}")
        return found

    def ancestors(self, entity_type: str, ancestor_type: str) -> Ancestors:
        """Return where the ancestors of one type are found."""
        found = self.table(entity_type).ancestors.get(ancestor_type)
        if found is None:
            raise Untranslated(f"the mapping has no {ancestor_type} ancestors for {entity_type}")
        return found
