"""The abstract syntax of expressions: one frozen record per form (spec 01 §5).

Operators have their JSON names (spec 06 §3). Sugar that JSON keeps is kept; `reference.desugar` expands it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Literal

from reference.values import Value

Variable = Literal["principal", "action", "resource", "context"]
SlotName = Literal["?principal", "?resource"]
UnaryOp = Literal["!", "neg", "isEmpty"]
BinaryOp = Literal[
    "==", "<", "<=", "+", "-", "*", "in",
    "contains", "containsAll", "containsAny", "hasTag", "getTag",
    "!=", ">", ">=",
]  # fmt: skip


class Tree:
    """Equality and hash of trees by their listing from the root down: recursion would be on the C stack."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Tree):
            return NotImplemented
        return self is other or list(_listing(self)) == list(_listing(other))

    def __hash__(self) -> int:
        return hash(tuple(_listing(self)))


@dataclass(frozen=True, slots=True, eq=False)
class Lit(Tree):
    """A boolean, an integer, a string or an entity."""

    value: Value


@dataclass(frozen=True, slots=True, eq=False)
class Var(Tree):
    """A part of the request."""

    name: Variable


@dataclass(frozen=True, slots=True, eq=False)
class Slot(Tree):
    """A place in a template's scope that a link fills with an entity."""

    name: SlotName


@dataclass(frozen=True, slots=True, eq=False)
class If(Tree):
    """`if condition then then else otherwise`."""

    condition: Expr
    then: Expr
    otherwise: Expr


@dataclass(frozen=True, slots=True, eq=False)
class And(Tree):
    """`left && right`."""

    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Or(Tree):
    """`left || right`."""

    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Unary(Tree):
    """An operator or built-in method of one operand."""

    op: UnaryOp
    operand: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Binary(Tree):
    """An operator or built-in method that evaluates both operands; `!=`, `>` and `>=` are sugar."""

    op: BinaryOp
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Star:
    """The wildcard of a pattern."""


Pattern = tuple[Star | str, ...]
"""A pattern: wildcards and single characters."""


@dataclass(frozen=True, slots=True, eq=False)
class Like(Tree):
    """`operand like pattern`."""

    operand: Expr
    pattern: Pattern


@dataclass(frozen=True, slots=True, eq=False)
class Is(Tree):
    """`operand is type`."""

    operand: Expr
    type: str


@dataclass(frozen=True, slots=True, eq=False)
class IsIn(Tree):
    """`operand is type in ancestor`: sugar."""

    operand: Expr
    type: str
    ancestor: Expr


@dataclass(frozen=True, slots=True, eq=False)
class HasAttr(Tree):
    """`operand has attr`."""

    operand: Expr
    attr: str


@dataclass(frozen=True, slots=True, eq=False)
class HasPath(Tree):
    """`operand has a.b.c`, two attributes or more: sugar."""

    operand: Expr
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class GetAttr(Tree):
    """`operand.attr` or `operand["attr"]`."""

    operand: Expr
    attr: str


@dataclass(frozen=True, slots=True, eq=False)
class SetOf(Tree):
    """A set of the values of expressions."""

    elements: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, eq=False)
class RecordOf(Tree):
    """A record. INVARIANT: keys are distinct and ascending, the order of evaluation (spec 02 §4)."""

    fields: tuple[tuple[str, Expr], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Call(Tree):
    """An extension function or method; the receiver of a method is the first argument."""

    function: str
    arguments: tuple[Expr, ...]


Leaf = Lit | Var | Slot
Compound = (
    If | And | Or | Unary | Binary | Like | Is | IsIn | HasAttr | HasPath | GetAttr | SetOf | RecordOf | Call
)
Expr = Leaf | Compound


def _listing(root: Tree) -> Iterator[object]:
    """Every class, plain field and number of children, from the root down: one listing, one tree."""
    todo: list[object] = [root]
    while todo:
        node = todo.pop()
        if isinstance(node, Tree):
            yield type(node)
            todo.extend(getattr(node, field.name) for field in fields(node))  # type: ignore[arg-type]  # nodes are dataclasses
        elif isinstance(node, tuple):
            yield len(node)
            todo.extend(node)
        else:
            yield node
