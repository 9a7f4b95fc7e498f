"""Decisions by type (spec 09 §4.1): tests that the types of operands decide, if these cannot err."""

from __future__ import annotations

from collections.abc import Mapping

from reference.partial.residuals import Open, error_free
from reference.schema.schema import EnumeratedEntityType, Schema, StandardEntityType
from reference.schema.types import Attribute, EntityType, RecordType, SetType, StringType, Type
from reference.syntax import Binary, HasAttr, HasPath, Is
from reference.validation.hierarchy import ancestor_types


def decided_by_type(node: Open, schema: Schema) -> bool | None:
    """Return the result of a test that types decide, otherwise None: row by row as in the specification."""
    if not all(error_free(part) for part in node.parts):
        return None
    match node.form, [part.type for part in node.parts]:
        case Is(_, name), [EntityType(names)]:
            return names == {name}
        case Binary("=="), [EntityType(names), EntityType(others)] if names != others:
            return False
        case Binary("in"), [EntityType() as t, EntityType() as group] if _cannot_be_in(t, group, schema):
            return False
        case Binary("in"), [EntityType() as t, SetType(EntityType() as group)] if _cannot_be_in(
            t, group, schema
        ):
            return False
        case Binary("hasTag"), [EntityType() as t, StringType()] if _declares_no_tags(t, schema):
            return False
        case ((HasAttr(_, attr) | HasPath(_, (attr, *_))), [t]) if _declares_no(attr, t, schema):
            return False
        case _:
            return None


def _cannot_be_in(t: EntityType, group: EntityType, schema: Schema) -> bool:
    return all(group.names.isdisjoint(ancestor_types(name, schema)) for name in t.names)


def _declares_no_tags(t: EntityType, schema: Schema) -> bool:
    (name,) = t.names
    match schema.entity_types.get(name):
        case StandardEntityType(tags=None) | EnumeratedEntityType():
            return True
        case _:
            return False


def _declares_no(attr: str, t: Type, schema: Schema) -> bool:
    attributes = _attributes(t, schema)
    return attributes is not None and attr not in attributes


def _attributes(t: Type, schema: Schema) -> Mapping[str, Attribute] | None:
    """Return the attributes of a record type or of a declared entity type; action types are not declared."""
    match t:
        case RecordType(attributes):
            return attributes
        case EntityType(names):
            (name,) = names
            match schema.entity_types.get(name):
                case StandardEntityType(shape):
                    return shape.attributes
                case EnumeratedEntityType():
                    return {}
    return None
