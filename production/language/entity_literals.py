"""The entity literals of an expression: counted, and replaced (spec 13 §2).

Law (replacement): an expression without a literal that is replaced stays the same object.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

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
)
from .uids import Uid


def count_literals(body: Node, counts: Counter[Uid]) -> None:
    """Add the literals of an expression. `e is T in a` means `e is T && e in a`, so its `e` counts twice."""
    todo: list[tuple[Node, int]] = [(body, 1)]
    while todo:
        node, times = todo.pop()
        match node:
            case Constant(Uid() as uid):
                counts[uid] += times
            case Is(target, _, ancestor) if ancestor is not None:
                todo += ((target, 2 * times), (ancestor, times))
            case _:
                todo.extend((child, times) for child in node.children)


def replace_literals(root: Node, replacements: Mapping[Uid, Uid]) -> Node:
    """Replace entity literals of an expression, all at once."""
    done: list[Node] = []
    pending: list[tuple[Node, bool]] = [(root, False)]
    while pending:
        node, is_open = pending.pop()
        children = node.children
        if is_open:
            base = len(done) - len(children)
            done[base:] = [_rebuilt(node, tuple(done[base:]))]
        elif children:
            pending.append((node, True))
            pending.extend((child, False) for child in reversed(children))
        elif isinstance(node, Constant) and isinstance(node.value, Uid) and node.value in replacements:
            done.append(Constant(replacements[node.value]))
        else:
            done.append(node)
    return done[0]


def _rebuilt(node: Node, operands: tuple[Node, ...]) -> Node:
    """Return the same form over these operands; the node itself where they are its own."""
    if all(new is old for new, old in zip(operands, node.children, strict=True)):
        return node
    match node:
        case Constant() | Variable():
            return node
        case If():
            return If(*operands)
        case Unary(op):
            return Unary(op, operands[0])
        case Binary(op):
            return Binary(op, operands[0], operands[1])
        case Attribute(name=name):
            return Attribute(operands[0], name)
        case Has(path=path):
            return Has(operands[0], path)
        case Like(pattern=pattern):
            return Like(operands[0], pattern)
        case Is(type_name=type_name):
            return Is(operands[0], type_name, operands[1] if len(operands) == 2 else None)
        case SetOf():
            return SetOf(operands)
        case RecordOf(names=names):
            return RecordOf(names, operands)
        case Call(function=function):
            return Call(function, operands)
