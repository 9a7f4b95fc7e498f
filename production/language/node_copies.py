"""Expression trees as flat rows, for pickles: trees may be deeper than any recursion.

Law (rows): the tree made of a tree's rows has the same form.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .nodes import (
    Attribute,
    Binary,
    Call,
    Constant,
    Has,
    If,
    Is,
    Like,
    Node,
    RecordOf,
    SetOf,
    Unary,
    Variable,
    postorder,
)

Row = tuple[type[Node], Any, int]
"""The class of a node, what it holds beside its operands, and the number of these."""


def rows_of(root: Node) -> list[Row]:
    """The rows of a tree, operands first."""
    return [(node.__class__, _content(node), len(node.children)) for node in postorder(root)]


def _content(node: Node) -> Any:
    match node:
        case Constant():
            return node.value
        case Variable() | Attribute():
            return node.name
        case Unary() | Binary():
            return node.op
        case Has():
            return node.path
        case Like():
            return node.pattern
        case Is():
            return node.type_name
        case RecordOf():
            return node.names
        case Call():
            return node.function
        case If() | SetOf():
            return None


def tree_of(rows: Sequence[Row]) -> Node:
    """The tree of these rows."""
    done: list[Node] = []
    for kind, content, count in rows:
        base = len(done) - count
        done[base:] = [_node(kind, content, tuple(done[base:]))]
    return done[0]


def _node(kind: Any, content: Any, operands: tuple[Node, ...]) -> Any:
    if kind in (Constant, Variable):
        return kind(content)
    if kind is If:
        return If(*operands)
    if kind in (Unary, Binary):
        return kind(content, *operands)
    if kind is SetOf:
        return SetOf(operands)
    if kind is RecordOf:
        return RecordOf(content, operands)
    if kind is Call:
        return Call(content, operands)
    target, *ancestor = operands
    return kind(target, content, *ancestor)
