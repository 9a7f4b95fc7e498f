"""Typing rules for control (spec 08 §6.2): what is not reached is not checked; what is true may grant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..language.nodes import Binary, If, Node, Unary
from ..schema.types import BOOL, FALSE, TRUE, UNKNOWN, Type, type_text
from .capabilities import Capability, Grants, both, common
from .lattice import BOOLEANS
from .machine import Machine, Rule, left_spine

NEGATION: Final[dict[Type, Type]] = {TRUE: FALSE, FALSE: TRUE, BOOL: BOOL}


def boolean(machine: Machine, type_: Type, node: Node, where: str) -> Type:
    """Return the type of an expression that must be a Boolean; Bool, and reported, where it is none."""
    if type_ in BOOLEANS:
        return type_
    if type_ is not UNKNOWN:
        machine.report("unexpected_type", f"expected a Boolean {where}, found {type_text(type_)}", node)
    return BOOL


def conjunction(machine: Machine, parts: Sequence[tuple[Node, bool]]) -> Rule:
    """Yield the condition of a policy: parts joined by `&&`, right-nested, each with whether it is negated.

    What one grants holds in those after it; one with an error grants nothing, and the others still do.
    """
    result: Type = TRUE
    grants: Grants = None
    added: list[Capability] = []
    for part, negated in parts:
        type_, granted = yield part
        type_ = boolean(machine, type_, part, "condition")
        if negated:
            type_, granted = NEGATION[type_], None
        if type_ is FALSE:
            result, grants = FALSE, None
            break
        if type_ is BOOL:
            result = BOOL
        if granted is not None:
            grants = both(grants, granted)
            added += machine.assumptions.add(granted)
    machine.assumptions.take_back(added)
    return result, grants


def and_(machine: Machine, node: Binary) -> Rule:
    """Yield a left-nested chain: after an operand with an error, nothing granted before holds either.

    Where the first has no type at all, the second does not decide.
    """
    result: Type = TRUE
    grants: Grants = None
    added: list[Capability] = []
    before = machine.faults.count
    untyped = False
    for number, part in enumerate(left_spine(node, "&&")):
        type_, granted = yield part
        if number == 0:
            untyped = type_ is UNKNOWN
        type_ = boolean(machine, type_, part, "as an operand of `&&`")
        if type_ is FALSE and number == 1 and untyped:
            type_ = BOOL
        if type_ is FALSE:
            result, grants = FALSE, None
            break
        if type_ is BOOL:
            result = BOOL
        if machine.faults.count != before:
            machine.assumptions.take_back(added)
            added, grants = [], None
        elif granted is not None:
            grants = both(grants, granted)
            added += machine.assumptions.add(granted)
    machine.assumptions.take_back(added)
    return result, grants


def or_(machine: Machine, node: Binary) -> Rule:
    """Grant what all parts that may be true grant.

    Where the first has no type at all, the second does not decide.
    """
    result: Type = FALSE
    grants: Grants = None
    untyped = False
    for number, part in enumerate(left_spine(node, "||")):
        type_, granted = yield part
        if number == 0:
            untyped = type_ is UNKNOWN
        type_ = boolean(machine, type_, part, "as an operand of `||`")
        if type_ is TRUE and number == 1 and untyped:
            type_ = BOOL
        if type_ is TRUE:
            return TRUE, None
        if type_ is BOOL:
            grants = granted if result is FALSE else common(grants, granted)
            result = BOOL
    return result, grants


def if_(machine: Machine, node: If) -> Rule:
    """Type `if`."""
    condition, granted = yield node.condition
    condition = boolean(machine, condition, node.condition, "as the condition of `if`")
    if condition is FALSE:
        return (yield node.otherwise)
    added = machine.assumptions.add(granted)
    then, then_granted = yield node.then
    machine.assumptions.take_back(added)
    then_granted = both(granted, then_granted)
    if condition is TRUE:
        return then, then_granted
    otherwise, otherwise_granted = yield node.otherwise
    bound = machine.lattice.join(then, otherwise)
    if bound is None:
        message = f"the branches have incompatible types {type_text(then)} and {type_text(otherwise)}"
        machine.report("incompatible_types", message, node)
        return UNKNOWN, None
    return bound, common(then_granted, otherwise_granted)


def not_(machine: Machine, node: Unary) -> Rule:
    """Type `!`."""
    type_, _ = yield node.operand
    return NEGATION[boolean(machine, type_, node.operand, "as the operand of `!`")], None
