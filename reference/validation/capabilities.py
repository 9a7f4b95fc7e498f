"""Capabilities (spec 08 §5.2): attributes and tags known to be present because a test was true.

A capability names the expression that was tested. Expressions are compared by number: equal numbers exactly
for expressions that are equal once sugar is expanded, where `has a.b` is no sugar. So no expression is ever
walked twice.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from reference.support.traversal import children
from reference.syntax import (
    And,
    Binary,
    Call,
    Expr,
    GetAttr,
    HasAttr,
    HasPath,
    If,
    Is,
    IsIn,
    Like,
    Lit,
    Or,
    RecordOf,
    SetOf,
    Slot,
    Unary,
    Var,
)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """A set of capabilities; each is one bit, whose place `Expressions` hands out."""

    bits: int = 0

    def __or__(self, other: Capabilities) -> Capabilities:
        return Capabilities(self.bits | other.bits)

    def __and__(self, other: Capabilities) -> Capabilities:
        return Capabilities(self.bits & other.bits)

    def grants(self, wanted: Capabilities) -> bool:
        """Return whether all that is wanted is in this set."""
        return wanted.bits & self.bits == wanted.bits


NONE = Capabilities()

NEGATED = {"!=": "==", ">": "<=", ">=": "<"}
"""The operators that are sugar for the negation of another."""


@dataclass(slots=True)
class Expressions:
    """The numbers of the expressions of one policy, and the capabilities about them."""

    _numbers: dict[Hashable, int] = field(default_factory=dict)
    _known: dict[int, tuple[Expr, int]] = field(default_factory=dict)
    _places: dict[Hashable, int] = field(default_factory=dict)

    def attribute(self, expr: Expr, attr: str) -> Capabilities:
        """Return the capability that `expr has attr` was true."""
        return self.attribute_of(self.number(expr), attr)

    def attribute_of(self, number: int, attr: str) -> Capabilities:
        """Return the capability that `has attr` was true of the expression with this number."""
        return self._capability(("attribute", number, attr))

    def tag(self, expr: Expr, tag: Expr) -> Capabilities:
        """Return the capability that `expr.hasTag(tag)` was true."""
        return self._capability(("tag", self.number(expr), self.number(tag)))

    def access(self, number: int, attr: str) -> int:
        """Return the number of `.attr` of the expression with this number."""
        return self._form("get", attr, number)

    def number(self, expr: Expr) -> int:
        """Return the number of an expression."""
        if id(expr) not in self._known:
            # The node is kept beside its number: its id means nothing once it is gone.
            self._known[id(expr)] = expr, self._of(expr, [self.number(child) for child in children(expr)])
        return self._known[id(expr)][1]

    def _capability(self, key: Hashable) -> Capabilities:
        return Capabilities(1 << self._places.setdefault(key, len(self._places)))

    def _form(self, *key: Hashable) -> int:
        return self._numbers.setdefault(key, len(self._numbers))

    def _of(self, expr: Expr, parts: Sequence[int]) -> int:
        """Return the number of a form by those of its operands; sugar gets that of its expansion."""
        match expr:
            case Lit(value):
                return self._form("literal", value)
            case Var(name) | Slot(name):
                return self._form("variable", name)
            case And() | Or():
                return self._form("and" if isinstance(expr, And) else "or", *parts)
            case Unary(op):
                return self._form("unary", op, *parts)
            case Binary("!=" | ">" | ">=" as op):
                return self._form("unary", "!", self._form("binary", NEGATED[op], *parts))
            case Binary(op):
                return self._form("binary", op, *parts)
            case Like(_, pattern):
                return self._form("like", pattern, *parts)
            case Is(_, type_name):
                return self._form("is", type_name, *parts)
            case IsIn(_, type_name):
                operand, ancestor = parts
                is_type = self._form("is", type_name, operand)
                return self._form("and", is_type, self._form("binary", "in", operand, ancestor))
            case HasAttr(_, attr):
                return self._form("has", attr, *parts)
            case HasPath(_, path):
                return self._form("has path", *path, *parts)
            case GetAttr(_, attr):
                return self.access(parts[0], attr)
            case If() | SetOf():
                return self._form("if" if isinstance(expr, If) else "set", *parts)
            case RecordOf(pairs):
                return self._form("record", *(key for key, _ in pairs), *parts)
            case Call(function):
                return self._form("call", function, *parts)
