"""Rows of entities, and the attributes that their columns hold."""

from __future__ import annotations

from dataclasses import dataclass

from drt.symbolic.filters.conditions import TRUE, both
from drt.symbolic.filters.layout import EntityRows, Path
from drt.symbolic.filters.sql import UnreadableSql
from reference.schema.schema import Schema, StandardEntityType
from reference.schema.types import Attribute, RecordType, Type
from reference.syntax import Expr, GetAttr, HasAttr, Var

RESOURCE = Var("resource")


@dataclass(frozen=True, slots=True)
class Rows:
    """The row of an entity, where the guard is true; only of the resource is it certain that it exists."""

    alias: str
    rows: EntityRows
    entity: Expr
    guard: Expr

    @property
    def certain(self) -> bool:
        """Whether the entity exists."""
        return self.entity == RESOURCE

    @property
    def type(self) -> str:
        """The entity's type."""
        return self.rows.type


def exists(of: Rows, schema: Schema) -> Expr:
    """Return where the row exists: where the entity has an attribute that its type requires."""
    if of.certain:
        return TRUE
    for name, attribute in _shape(of.type, schema).attributes.items():
        if attribute.required:
            return both(of.guard, HasAttr(of.entity, name))
    raise UnreadableSql(f"no attribute is required of {of.type}, so no condition says that one exists")


def attribute(of: Rows, path: Path, schema: Schema) -> tuple[Expr, Expr, Type]:
    """Return where an attribute is there, the attribute, and its type; raise `UnreadableSql`."""
    guard, value, certain = of.guard, of.entity, of.certain
    type_: Type = _shape(of.type, schema)
    for name in path:
        declared = _declared(type_, name)
        if declared is None:
            raise UnreadableSql(f"the schema declares no `{'.'.join(path)}` of {of.type}")
        if not (certain and declared.required):
            guard = both(guard, HasAttr(value, name))
        value, type_, certain = GetAttr(value, name), declared.type, True
    return guard, value, type_


def _declared(type_: Type, name: str) -> Attribute | None:
    return type_.attributes.get(name) if isinstance(type_, RecordType) else None


def tags(of: str, schema: Schema) -> Type | None:
    """Return the type of the tags of an entity type."""
    declared = schema.entity_types.get(of)
    return declared.tags if isinstance(declared, StandardEntityType) else None


def _shape(name: str, schema: Schema) -> RecordType:
    declared = schema.entity_types.get(name)
    return declared.attributes if isinstance(declared, StandardEntityType) else RecordType()
