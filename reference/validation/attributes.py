"""Types of attribute and tag tests and accesses (spec 08 §6.6, §6.7, §12.2).

`known` says whether a capability for the attribute or tag is at hand.
"""

from __future__ import annotations

from reference.schema.lattice import join_all
from reference.schema.schema import Schema, StandardEntityType
from reference.schema.types import (
    BOOL,
    EMPTY_RECORD,
    FALSE,
    TRUE,
    UNKNOWN,
    EntityType,
    RecordType,
    Type,
    describe,
)
from reference.syntax import Expr
from reference.validation.judgement import ENTITY, OBJECT, TEXT, Checker, Typed


def has_attr_type(operand: Typed, attr: str, known: bool, check: Checker, place: Expr | None = None) -> Type:
    """Compute the type of `e has attr`. A result other than False grants the capability.

    A wrong operand is reported at `place`, if it is not written itself.
    """
    whole = check.expect(operand, OBJECT, place)
    declared = attributes_of(whole, check.schema).attributes.get(attr)
    match whole:
        case EntityType() if declared is None and not _declares(whole, attr, check.schema):
            return FALSE
        case RecordType(open=False) if declared is None:
            return FALSE
        case RecordType() if declared is not None and declared.required:
            return TRUE
        case _:
            # An entity need not be in the store, so that even a required attribute may be missing.
            return TRUE if known and declared is not None else BOOL


def get_attr_type(
    expr: Expr, operand: Typed, attr: str, known: bool, check: Checker, place: Expr | None = None
) -> Type:
    """Compute the type of `e.attr`, which is or stands in `expr`; `place` as for `has_attr_type`."""
    whole = check.expect(operand, OBJECT, place)
    if not isinstance(whole, EntityType | RecordType):
        return UNKNOWN
    attributes = attributes_of(whole, check.schema).attributes
    declared = attributes.get(attr)
    if declared is None:
        message = f"{describe(whole)} has no attribute {attr!r}"
        return check.report("unsafe_attribute_access", message, expr)
    if not (declared.required or known):
        message = f"the attribute {attr!r} may be missing: test it with `has` first"
        check.report("unsafe_optional_attribute_access", message, expr)
    return declared.type


def attributes_of(operand: Type, schema: Schema) -> RecordType:
    """Return the attributes that a value of this type has in common with all others of the type."""
    match operand:
        case RecordType():
            return operand
        case EntityType(names):
            joined = join_all([_declared(name, schema) for name in sorted(names)], permissive=True)
            return joined if isinstance(joined, RecordType) else EMPTY_RECORD
        case _:
            return EMPTY_RECORD


def has_tag_type(operand: Typed, tag: Typed, known: bool, check: Checker) -> Type:
    """Compute the type of `e.hasTag(t)`. A result other than False grants the capability."""
    whole = check.expect(operand, ENTITY)
    check.expect(tag, TEXT)
    if not isinstance(whole, EntityType):
        return UNKNOWN
    if not _tag_types(whole, check.schema):
        return FALSE
    return TRUE if known else BOOL


def get_tag_type(expr: Expr, operand: Typed, tag: Typed, known: bool, check: Checker) -> Type:
    """Compute the type of `e.getTag(t)`."""
    whole = check.expect(operand, ENTITY)
    check.expect(tag, TEXT)
    if not isinstance(whole, EntityType):
        return UNKNOWN
    tags = _tag_types(whole, check.schema)
    if not tags:
        return check.report("unsafe_tag_access", f"{describe(whole)} has no tags", expr)
    if not known:
        message = "the tag may be missing: test it with `hasTag` first"
        return check.report("unsafe_tag_access", message, expr)
    joined = join_all(tags, permissive=check.permissive)
    if joined is None:
        message = f"the tags of {describe(whole)} have no common type"
        return check.report("incompatible_types", message, expr)
    return joined


def _declared(name: str, schema: Schema) -> RecordType:
    match schema.entity_types.get(name):
        case StandardEntityType(attributes):
            return attributes
        case _:
            return EMPTY_RECORD


def _declares(operand: EntityType, attr: str, schema: Schema) -> bool:
    return any(attr in _declared(name, schema).attributes for name in operand.names)


def _tag_types(operand: EntityType, schema: Schema) -> list[Type]:
    """Return the tag types declared by the operand's entity types."""
    declared = (schema.entity_types.get(name) for name in sorted(operand.names))
    return [d.tags for d in declared if isinstance(d, StandardEntityType) and d.tags is not None]
