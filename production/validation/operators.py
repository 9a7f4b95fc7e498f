"""Typing rules for comparison, arithmetic, sets, entities, records and calls (spec 08 §6.3–6.5, §6.8–6.9)."""

from __future__ import annotations

from typing import Final

from ..errors import EvaluationError
from ..language.datetimes import Datetime
from ..language.decimals import Decimal
from ..language.durations import Duration
from ..language.extensions import FUNCTIONS, Function
from ..language.ipaddrs import IpAddress
from ..language.nodes import Binary, Call, Constant, Is, Like, Node, RecordOf, SetOf, Unary
from ..language.uids import Uid
from ..schema.types import (
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
    UNKNOWN,
    EntityType,
    PrimitiveType,
    SetType,
    Type,
    type_text,
)
from .control import NEGATION
from .machine import Machine, Rule, chain

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


def expect(machine: Machine, found: Type, expected: Type, node: Node) -> None:
    """Report an expression that has another type than the expected one."""
    if found is not expected and found is not UNKNOWN:
        message = f"expected {type_text(expected)}, found {type_text(found)}"
        machine.report("unexpected_type", message, node)


def equality(machine: Machine, node: Binary) -> Rule:
    """Type `==` and `!=`."""
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
    message = f"{type_text(left)} and {type_text(right)} are never equal"
    machine.report("incompatible_types", message, node)
    return BOOL


def order(machine: Machine, node: Binary) -> Rule:
    """Type comparisons."""
    left, _ = yield node.left
    right, _ = yield node.right
    if left is UNKNOWN or right is UNKNOWN:
        return BOOL, None
    if left in _ORDERED:
        expect(machine, right, left, node.right)
    else:
        message = f"expected Long, datetime or duration, found {type_text(left)}"
        machine.report("unexpected_type", message, node.left)
    return BOOL, None


def arithmetic(machine: Machine, node: Binary) -> Rule:
    """Type `+`, `-` and `*`."""
    for operand in chain(node, _ARITHMETIC):
        type_, _ = yield operand
        expect(machine, type_, LONG, operand)
    return LONG, None


def negative(machine: Machine, node: Unary) -> Rule:
    """Type unary minus."""
    type_, _ = yield node.operand
    expect(machine, type_, LONG, node.operand)
    return LONG, None


# Sets


def set_of(machine: Machine, node: SetOf) -> Rule:
    """Type a set literal."""
    if not node.elements:
        if machine.lattice.empty_set is None:
            machine.report("empty_set", "an empty set literal has no type", node)
            return UNKNOWN, None
        return machine.lattice.empty_set, None
    found: dict[Type, None] = {}
    for element in node.elements:
        type_, _ = yield element
        found[type_] = None
    if UNKNOWN in found:
        return UNKNOWN, None
    bound, *others = found
    for type_ in others:
        joined = machine.lattice.join(bound, type_)
        if joined is None:
            message = f"elements of incompatible types {type_text(bound)} and {type_text(type_)}"
            machine.report("incompatible_types", message, node)
            return UNKNOWN, None
        bound = joined
    return machine.lattice.types.set_of(bound), None


def element_of(machine: Machine, type_: Type, node: Node) -> Type:
    """Return the type of the elements of an expression that must be a set."""
    if isinstance(type_, SetType):
        return type_.element
    if type_ is not UNKNOWN:
        machine.report("unexpected_type", f"expected a set, found {type_text(type_)}", node)
    return UNKNOWN


def contains(machine: Machine, node: Binary) -> Rule:
    """Type `contains`."""
    left, _ = yield node.left
    element = element_of(machine, left, node.left)
    right, _ = yield node.right
    if not machine.lattice.comparable(element, right):
        message = f"a set of {type_text(element)} never contains {type_text(right)}"
        machine.report("incompatible_types", message, node)
    return BOOL, None


def contains_some(machine: Machine, node: Binary) -> Rule:
    """Type `containsAll` and `containsAny`."""
    left, _ = yield node.left
    right, _ = yield node.right
    element = element_of(machine, left, node.left)
    other = element_of(machine, right, node.right)
    if not machine.lattice.comparable(element, other):
        message = f"sets of {type_text(element)} and {type_text(other)} have nothing in common"
        machine.report("incompatible_types", message, node)
    return BOOL, None


def is_empty(machine: Machine, node: Unary) -> Rule:
    """Type `isEmpty`."""
    type_, _ = yield node.operand
    element_of(machine, type_, node.operand)
    return BOOL, None


# Entities


def an_entity(machine: Machine, type_: Type, node: Node) -> EntityType | None:
    """Return the type of an expression that must be an entity; `None`, and reported, if it is none."""
    if isinstance(type_, EntityType):
        return type_
    if type_ is not UNKNOWN:
        machine.report("unexpected_type", f"expected an entity, found {type_text(type_)}", node)
    return None


def is_in(machine: Machine, node: Binary) -> Rule:
    """Type `in`."""
    before = machine.faults.count
    left, _ = yield node.left
    right, _ = yield node.right
    within = _is_in(machine, node.left, left, node.right, right)
    return within if machine.faults.count == before else BOOL, None


def _is_in(machine: Machine, left_node: Node, left: Type, right_node: Node, right: Type) -> Type:
    below = an_entity(machine, left, left_node)
    above = right.element if isinstance(right, SetType) else right
    if not isinstance(above, EntityType) and above not in (NEVER, UNKNOWN):
        message = f"expected an entity or a set of entities, found {type_text(right)}"
        machine.report("unexpected_type", message, right_node)
    if below is None or above is UNKNOWN:
        return BOOL
    action = machine.literal(left_node)
    if isinstance(action, Uid) and (action.type, action.id) in machine.model.actions:
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
    """Type `e is T`, and `e is T in a`, whose second half is reached only where the first may be true."""
    before = machine.faults.count
    type_, _ = yield node.target
    entity = an_entity(machine, type_, node.target)
    if entity is not None and node.type_name not in entity.names:
        return FALSE, None
    result: Type = TRUE if entity is not None and len(entity.names) == 1 else BOOL
    if node.ancestor is not None:
        above, _ = yield node.ancestor
        within = _is_in(machine, node.target, type_, node.ancestor, above)
        if machine.faults.count != before:
            result = BOOL
        elif within is not TRUE:
            result = within
    return result, None


def like(machine: Machine, node: Like) -> Rule:
    """Type `like`."""
    type_, _ = yield node.target
    expect(machine, type_, STRING, node.target)
    return BOOL, None


# Records and calls


def record_of(machine: Machine, node: RecordOf) -> Rule:
    """Type a record literal."""
    fields: dict[str, tuple[Type, bool]] = {}
    for name, value in zip(node.names, node.values, strict=True):
        type_, _ = yield value
        fields[name] = (type_, True)
    if any(type_ is UNKNOWN for type_, _ in fields.values()):
        return UNKNOWN, None
    return machine.lattice.types.record(fields), None


def call(machine: Machine, node: Call) -> Rule:
    """Yield a call of an extension function; one that does not exist cannot be parsed (spec 06 §3).

    What the arguments are is not compared where they are too many, too few, or not the literals that strict
    mode wants (spec 08 §13).
    """
    function = FUNCTIONS[node.function]
    comparable = len(node.arguments) == len(function.parameters)
    if not comparable:
        message = f"{node.function} takes {len(function.parameters)} arguments, not {len(node.arguments)}"
        machine.report("wrong_number_of_arguments", message, node)
    literal = all(isinstance(argument, Constant) for argument in node.arguments)
    if function.is_constructor and not literal and not machine.lattice.computed_constructors:
        machine.report("non_literal_constructor", f"{node.function} takes a string literal only", node)
        comparable = False
    for number, argument in enumerate(node.arguments):
        type_, _ = yield argument
        if comparable:
            expect(machine, type_, _TYPE_OF[function.parameters[number]], argument)
    if function.is_constructor:
        _check_literal(machine, node, function)
    return _TYPE_OF[function.result], None


def _check_literal(machine: Machine, node: Call, function: Function) -> None:
    """Check that a literal argument is one that the constructor takes, in either mode."""
    match node.arguments:
        case (Constant(str() as text),):
            try:
                function.apply(text)
            except EvaluationError as error:
                message = f"not a text that {node.function} takes: {error}"
                machine.report("function_argument", message, node)
