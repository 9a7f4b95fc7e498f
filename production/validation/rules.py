"""The table of typing rules: one row a form of expression (spec 08 §6)."""

from __future__ import annotations

from typing import Final

from ..language.nodes import Attribute, Binary, Call, Has, If, Is, Like, RecordOf, SetOf, Unary
from . import attributes, control, operators
from .machine import Machine, Rule, RuleOf

UNARY: Final[dict[str, RuleOf]] = {
    "!": control.not_,
    "neg": operators.negative,
    "isEmpty": operators.is_empty,
}

BINARY: Final[dict[str, RuleOf]] = {
    "&&": control.and_,
    "||": control.or_,
    "==": operators.equality,
    "!=": operators.equality,
    "<": operators.order,
    "<=": operators.order,
    ">": operators.order,
    ">=": operators.order,
    "+": operators.arithmetic,
    "-": operators.arithmetic,
    "*": operators.arithmetic,
    "in": operators.is_in,
    "contains": operators.contains,
    "containsAll": operators.contains_some,
    "containsAny": operators.contains_some,
    "hasTag": attributes.has_tag,
    "getTag": attributes.get_tag,
}


def _unary(machine: Machine, node: Unary) -> Rule:
    return UNARY[node.op](machine, node)


def _binary(machine: Machine, node: Binary) -> Rule:
    return BINARY[node.op](machine, node)


RULES: Final[dict[type, RuleOf]] = {
    If: control.if_,
    Unary: _unary,
    Binary: _binary,
    Attribute: attributes.get_attribute,
    Has: attributes.has,
    Like: operators.like,
    Is: operators.is_type,
    SetOf: operators.set_of,
    RecordOf: operators.record_of,
    Call: operators.call,
}
