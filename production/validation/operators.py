"""Typing rules for comparison, arithmetic, sets, entities, records and calls (spec 08 §6.3–6.5, §6.8–6.9)."""

from __future__ import annotations

from typing import Final

from production.datetimes import Datetime
from production.decimals import Decimal
from production.durations import Duration
from production.errors import EvaluationError
from production.extensions import FUNCTIONS, Function
from production.ipaddrs import IpAddress
from production.nodes import Binary, Call, Constant, Is, Like, Node, RecordOf, SetOf, Unary
from production.schema_types import (
    BOOL,
    DATETIME,
    DECIMAL,
    DURATION,
    FALSE,
    IPADDR,
    LONG,
    NEVER,
    STRING,
    TRUE,
    EntityType,
    PrimitiveType,
    SetType,
    Type,
    type_text,
)
from production.uids import Uid
from production.validation.control import NEGATION
from production.validation.machine import Machine, Rule, chain
from production.validation.problems import IllTyped

_ORDERED: Final = (LONG, DATETIME, DURATION)
_ARITHMETIC: Final = frozenset({"+", "-", "*"})
_TYPE_OF: Final[dict[type, PrimitiveType]] = {
    bool: BOOL,
    int: LONG,
    str: STRING,
    Decimal: DECIMAL,
    IpAddress: IPADDR,
    Datetime: DATETIME,
    Duration: DURATION,
}


def expect(found: Type, expected: Type, node: Node) -> None:
    """Raises `IllTyped` unless the expression has exactly the expected type."""
    if found is not expected:
        raise IllTyped(f"expected {type_text(expected)}, found {type_text(found)}", node)


def equality(machine: Machine, node: Binary) -> Rule:
    left, _ = yield node.left
    right, _ = yield node.right
    result = _equality(machine, node, left, right)
    return (NEGATION[result] if node.op == "!=" else result), None


def _equality(machine: Machine, node: Binary, left: Type, right: Type) -> Type:
    if isinstance(left, EntityType) and isinstance(right, EntityType) and left.names.isdisjoint(right.names):
        return FALSE
    a, b = machine.literal(node.left), machine.literal(node.right)
    if a is not None and b is not None:
        return TRUE if a.__class__ is b.__class__ and a == b else FALSE
    if machine.lattice.comparable(left, right):
        return BOOL
    raise IllTyped(f"{type_text(left)} and {type_text(right)} are never equal", node)


def order(machine: Machine, node: Binary) -> Rule:
    left, _ = yield node.left
    right, _ = yield node.right
    if left not in _ORDERED:
        raise IllTyped(f"expected Long, datetime or duration, found {type_text(left)}", node.left)
    expect(right, left, node.right)
    return BOOL, None


def arithmetic(machine: Machine, node: Binary) -> Rule:
    for operand in chain(node, _ARITHMETIC):
        type_, _ = yield operand
        expect(type_, LONG, operand)
    return LONG, None


def negative(machine: Machine, node: Unary) -> Rule:
    type_, _ = yield node.operand
    expect(type_, LONG, node.operand)
    return LONG, None


# Sets


def set_of(machine: Machine, node: SetOf) -> Rule:
    if not node.elements:
        if machine.lattice.empty_set is None:
            raise IllTyped("an empty set literal has no type", node)
        return machine.lattice.empty_set, None
    bound, _ = yield node.elements[0]
    for element in node.elements[1:]:
        type_, _ = yield element
        joined = machine.lattice.join(bound, type_)
        if joined is None:
            raise IllTyped(f"elements of incompatible types {type_text(bound)} and {type_text(type_)}", node)
        bound = joined
    return machine.lattice.types.set_of(bound), None


def a_set(type_: Type, node: Node) -> SetType:
    if isinstance(type_, SetType):
        return type_
    raise IllTyped(f"expected a set, found {type_text(type_)}", node)


def contains(machine: Machine, node: Binary) -> Rule:
    left, _ = yield node.left
    element = a_set(left, node.left).element
    right, _ = yield node.right
    if not machine.lattice.comparable(element, right):
        raise IllTyped(f"a set of {type_text(element)} never contains {type_text(right)}", node)
    return BOOL, None


def contains_some(machine: Machine, node: Binary) -> Rule:
    """`containsAll`, `containsAny`."""
    left, _ = yield node.left
    right, _ = yield node.right
    element, other = a_set(left, node.left).element, a_set(right, node.right).element
    if not machine.lattice.comparable(element, other):
        raise IllTyped(f"sets of {type_text(element)} and {type_text(other)} have nothing in common", node)
    return BOOL, None


def is_empty(machine: Machine, node: Unary) -> Rule:
    type_, _ = yield node.operand
    a_set(type_, node.operand)
    return BOOL, None


# Entities


def an_entity(type_: Type, node: Node) -> EntityType:
    if isinstance(type_, EntityType):
        return type_
    raise IllTyped(f"expected an entity, found {type_text(type_)}", node)


def is_in(machine: Machine, node: Binary) -> Rule:
    left, _ = yield node.left
    right, _ = yield node.right
    return _is_in(machine, node.left, left, node.right, right), None


def _is_in(machine: Machine, left_node: Node, left: Type, right_node: Node, right: Type) -> Type:
    below = an_entity(left, left_node)
    above = right.element if isinstance(right, SetType) else right
    if not isinstance(above, EntityType) and above is not NEVER:
        raise IllTyped(f"expected an entity or a set of entities, found {type_text(right)}", right_node)
    action = machine.literal(left_node)
    if isinstance(action, Uid) and action.type in machine.model.action_types:
        listed = right_node.elements if isinstance(right_node, SetOf) else (right_node,)
        others = [machine.literal(element) for element in listed]
        uids = [other for other in others if isinstance(other, Uid)]
        if len(uids) == len(others):
            return TRUE if machine.hierarchy.action_is_in(action, uids) else FALSE
    if not isinstance(above, EntityType):
        return BOOL
    can_be_in = machine.hierarchy.can_be_in
    return BOOL if any(can_be_in(low, high) for low in below.names for high in above.names) else FALSE


def is_type(machine: Machine, node: Is) -> Rule:
    """`e is T`, and `e is T in a`, whose second half is reached only where the first may be true."""
    type_, _ = yield node.target
    names = an_entity(type_, node.target).names
    if node.type_name not in names:
        return FALSE, None
    result: Type = TRUE if len(names) == 1 else BOOL
    if node.ancestor is not None:
        above, _ = yield node.ancestor
        within = _is_in(machine, node.target, type_, node.ancestor, above)
        if within is not TRUE:
            result = within
    return result, None


def like(machine: Machine, node: Like) -> Rule:
    type_, _ = yield node.target
    expect(type_, STRING, node.target)
    return BOOL, None


# Records and calls


def record_of(machine: Machine, node: RecordOf) -> Rule:
    fields: dict[str, tuple[Type, bool]] = {}
    for name, value in zip(node.names, node.values, strict=True):
        type_, _ = yield value
        fields[name] = (type_, True)
    return machine.lattice.types.record(fields), None


def call(machine: Machine, node: Call) -> Rule:
    function = FUNCTIONS.get(node.function)
    if function is None:
        raise IllTyped(f"no extension function {node.function}", node)
    if len(node.arguments) != len(function.parameters):
        raise IllTyped(
            f"{node.function} takes {len(function.parameters)} arguments, not {len(node.arguments)}", node
        )
    for argument, parameter in zip(node.arguments, function.parameters, strict=True):
        type_, _ = yield argument
        expect(type_, _TYPE_OF[parameter], argument)
    if function.is_constructor:
        _check_constructor(machine, node, function)
    return _TYPE_OF[function.result], None


def _check_constructor(machine: Machine, node: Call, function: Function) -> None:
    argument = node.arguments[0]
    if isinstance(argument, Constant):
        try:
            function.apply(argument.value)
        except EvaluationError as error:
            raise IllTyped(f"not a text that {node.function} takes: {error}", node) from None
    elif not machine.lattice.computed_constructors:
        raise IllTyped(f"{node.function} takes a string literal only", node)
