"""Types of attribute and tag tests and accesses (spec 08 §6.6, §6.7, §12.2).

`known` says whether a capability for the attribute or tag is at hand.
"""

from __future__ import annotations

from reference.schema import Schema, StandardEntityType
from reference.suggest import did_you_mean
from reference.validation.judgement import IllTyped
from reference.validation.lattice import join_all
from reference.validation.types import (
    BOOL,
    EMPTY_RECORD,
    FALSE,
    STRING,
    TRUE,
    EntityType,
    RecordType,
    Type,
    describe,
)


def has_attr_type(operand: Type, attr: str, known: bool, schema: Schema) -> Type:
    """The type of `e has attr`. A result other than False grants the capability."""
    attributes = attributes_of(operand, schema)
    declared = attributes.attributes.get(attr)
    match operand:
        case EntityType() if declared is None and not _declares(operand, attr, schema):
            return FALSE
        case RecordType(open=False) if declared is None:
            return FALSE
        case _ if declared is None:
            return BOOL
        case RecordType() if declared.required:
            return TRUE
        case _:
            # An entity need not be in the store, so that even a required attribute may be missing.
            return TRUE if known else BOOL


def get_attr_type(operand: Type, attr: str, known: bool, schema: Schema) -> Type:
    """The type of `e.attr`."""
    attributes = attributes_of(operand, schema).attributes
    declared = attributes.get(attr)
    if declared is None:
        raise IllTyped(f"{describe(operand)} has no attribute {attr!r}{did_you_mean(attr, attributes)}")
    if not (declared.required or known):
        raise IllTyped(f"the attribute {attr!r} may be missing: test it with `has` first")
    return declared.type


def attributes_of(operand: Type, schema: Schema) -> RecordType:
    """The attributes that a value of this type has in common with all others of the type."""
    match operand:
        case RecordType():
            return operand
        case EntityType(names):
            joined = join_all((_declared(name, schema) for name in sorted(names)), permissive=True)
            return joined if isinstance(joined, RecordType) else EMPTY_RECORD
        case _:
            raise IllTyped(f"expected an entity or a record, found {describe(operand)}")


def has_tag_type(operand: Type, tag: Type, known: bool, schema: Schema) -> Type:
    """The type of `e.hasTag(t)`. A result other than False grants the capability."""
    if not _tag_types(operand, tag, schema):
        return FALSE
    return TRUE if known else BOOL


def get_tag_type(operand: Type, tag: Type, known: bool, schema: Schema, *, permissive: bool) -> Type:
    """The type of `e.getTag(t)`."""
    tags = _tag_types(operand, tag, schema)
    if not tags:
        raise IllTyped(f"{describe(operand)} has no tags")
    if not known:
        raise IllTyped("the tag may be missing: test it with `hasTag` first")
    joined = join_all(tags, permissive=permissive)
    if joined is None:
        raise IllTyped(f"the tags of {describe(operand)} have no common type")
    return joined


def _declared(name: str, schema: Schema) -> RecordType:
    match schema.entity_types.get(name):
        case StandardEntityType(attributes):
            return attributes
        case _:
            return EMPTY_RECORD


def _declares(operand: EntityType, attr: str, schema: Schema) -> bool:
    return any(attr in _declared(name, schema).attributes for name in operand.names)


def _tag_types(operand: Type, tag: Type, schema: Schema) -> list[Type]:
    """The tag types declared by the operand's entity types."""
    if not isinstance(operand, EntityType):
        raise IllTyped(f"expected an entity, found {describe(operand)}")
    if tag != STRING:
        raise IllTyped(f"expected a tag name of type String, found {describe(tag)}")
    declared = (schema.entity_types.get(name) for name in sorted(operand.names))
    return [d.tags for d in declared if isinstance(d, StandardEntityType) and d.tags is not None]
