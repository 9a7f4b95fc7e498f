"""Typing rules for attributes and tags (spec 08 §6.6, §6.7), with the capabilities that make them safe."""

from __future__ import annotations

from ..language.near_names import near_name
from ..language.nodes import Attribute, Binary, Has, Node
from ..language.strings import quoted
from ..schema.model import StandardEntityType
from ..schema.types import BOOL, FALSE, STRING, TRUE, UNKNOWN, EntityType, RecordType, Type, type_text
from .capabilities import Grants, both
from .machine import Machine, Rule
from .operators import an_entity, expect


def attributes_of(machine: Machine, type_: Type, node: Node) -> RecordType | None:
    """Return the attributes that an expression of this type may have.

    `None`, and reported, for other kinds.
    """
    if isinstance(type_, RecordType):
        return type_
    if not isinstance(type_, EntityType):
        if type_ is not UNKNOWN:
            message = f"expected an entity or a record, found {type_text(type_)}"
            machine.report("unexpected_type", message, node)
        return None
    joined: Type | None = None
    for name in sorted(type_.names):
        declared = machine.model.entity_types.get(name)
        shape = (
            declared.shape if isinstance(declared, StandardEntityType) else machine.lattice.types.record({})
        )
        joined = shape if joined is None else machine.lattice.join(joined, shape)
    assert isinstance(joined, RecordType)
    return joined


def get_attribute(machine: Machine, node: Attribute) -> Rule:
    """Yield a whole chain `e.a.b.c`, from the inside out."""
    spine: list[Attribute] = []
    inner: Node = node
    while isinstance(inner, Attribute):
        spine.append(inner)
        inner = inner.target
    type_, _ = yield inner
    while True:
        step = spine.pop()
        type_ = _attribute(machine, step, type_)
        if not spine:
            return type_, None
        if machine.trace is not None:
            machine.trace.note(step, type_)


def _attribute(machine: Machine, node: Attribute, target: Type) -> Type:
    record = attributes_of(machine, target, node.target)
    if record is None:
        return UNKNOWN
    listed = record.attributes.get(node.name)
    if listed is None:
        hint = near_name(node.name, record.attributes)
        message = f"{type_text(target)} has no attribute {quoted(node.name)}{hint}"
        machine.report("unsafe_attribute_access", message, node)
        return UNKNOWN
    type_, required = listed
    if not required and (machine.numbers(node.target), node.name) not in machine.assumptions:
        message = f"the attribute {quoted(node.name)} of {type_text(target)} is optional"
        machine.report("unsafe_optional_attribute_access", f"{message}; test it with `has` first", node)
    return type_


def has(machine: Machine, node: Has) -> Rule:
    """Type `e has a.b.c`: the tests that it abbreviates, joined by `&&`."""
    type_, _ = yield node.target
    number = machine.numbers(node.target)
    result: Type = TRUE
    grants: Grants = None
    added = []
    operands: list[Type] = []
    for position, name in enumerate(node.path):
        operands.append(type_)
        test, granted, inner = _has(machine, node, type_, number, name)
        if inner is UNKNOWN:
            result = BOOL
            break
        if test is FALSE:
            result, grants = FALSE, None
            break
        if test is BOOL:
            result = BOOL
        grants = both(grants, granted)
        added += machine.assumptions.add(granted)
        if position + 1 == len(node.path):
            break
        if inner is None:
            message = f"{type_text(type_)} does not declare {quoted(name)}, which cannot be read"
            machine.report("unsafe_attribute_access", message, node)
            result = BOOL
            break
        type_, number = inner, machine.numbers.attribute(number, name)
    machine.assumptions.take_back(added)
    if machine.trace is not None:
        machine.trace.note_operands(node, operands)
    return result, grants


def _has(
    machine: Machine, node: Has, type_: Type, number: int, name: str
) -> tuple[Type, Grants, Type | None]:
    """Return the type of one test, what it grants, and the type of the tested attribute, if that is listed.

    `UNKNOWN` for the last, where what is tested has no attributes at all.
    """
    record = attributes_of(machine, type_, node)
    if record is None:
        return BOOL, None, UNKNOWN
    listed = record.attributes.get(name)
    if listed is None:
        if not _may_declare(machine, type_, name):
            return FALSE, None, None
        return BOOL, (number, name), None
    is_there = (number, name) in machine.assumptions or (isinstance(type_, RecordType) and listed[1])
    return (TRUE if is_there else BOOL), (number, name), listed[0]


def _may_declare(machine: Machine, type_: Type, name: str) -> bool:
    """Return whether something of this type may have an attribute that its listed attributes lack."""
    if isinstance(type_, RecordType):
        return type_.open
    assert isinstance(type_, EntityType)
    for entity_type in type_.names:
        declared = machine.model.entity_types.get(entity_type)
        if isinstance(declared, StandardEntityType) and name in declared.shape.attributes:
            return True
    return False


# Tags


def _tag_types(machine: Machine, entity: EntityType) -> list[Type]:
    found = []
    for name in sorted(entity.names):
        declared = machine.model.entity_types.get(name)
        if isinstance(declared, StandardEntityType) and declared.tags is not None:
            found.append(declared.tags)
    return found


def has_tag(machine: Machine, node: Binary) -> Rule:
    """Type `hasTag`."""
    left, _ = yield node.left
    entity = an_entity(machine, left, node.left)
    right, _ = yield node.right
    expect(machine, right, STRING, node.right)
    if entity is None:
        return UNKNOWN, None
    if not _tag_types(machine, entity):
        return FALSE, None
    tag = (machine.numbers(node.left), machine.numbers(node.right))
    return (TRUE if tag in machine.assumptions else BOOL), tag


def get_tag(machine: Machine, node: Binary) -> Rule:
    """Type `getTag`."""
    left, _ = yield node.left
    entity = an_entity(machine, left, node.left)
    right, _ = yield node.right
    expect(machine, right, STRING, node.right)
    if entity is None:
        return UNKNOWN, None
    tag_types = _tag_types(machine, entity)
    if (machine.numbers(node.left), machine.numbers(node.right)) not in machine.assumptions:
        message = "this tag may be missing; test it with `hasTag` first"
        message = message if tag_types else f"{type_text(left)} has no tags"
        machine.report("unsafe_tag_access", message, node)
        return UNKNOWN, None
    joined: Type | None = None
    for type_ in tag_types:
        bound = type_ if joined is None else machine.lattice.join(joined, type_)
        if bound is None:
            message = f"the tags of {type_text(left)} have incompatible types"
            machine.report("incompatible_types", message, node)
            return UNKNOWN, None
        joined = bound
    if joined is None:
        machine.report("unsafe_tag_access", f"{type_text(left)} has no tags", node)
        return UNKNOWN, None
    return joined, None
