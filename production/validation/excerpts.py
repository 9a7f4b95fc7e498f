"""A short text for an expression in a message: as written in Cedar, cut where it gets long."""

from __future__ import annotations

from ..language.extensions import CONSTRUCTORS
from ..language.names import is_identifier
from ..language.nodes import (
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
from ..language.strings import pattern_text, quoted
from ..language.uids import Uid

LIMIT = 120
_METHODS = frozenset({"contains", "containsAll", "containsAny", "getTag", "hasTag"})
_ATOMS = (Constant, Variable, Attribute, SetOf, RecordOf, Call)

Piece = str | Node


def excerpt(root: Node) -> str:
    """Return the expression in Cedar syntax, up to about `LIMIT` characters; `…` stands for the rest."""
    pieces: list[str] = []
    todo: list[Piece] = [root]
    length = 0
    while todo and length <= LIMIT:
        piece = todo.pop()
        if isinstance(piece, str):
            pieces.append(piece)
            length += len(piece)
        elif isinstance(piece, Attribute):
            todo += reversed(_accesses(piece))
        else:
            todo += reversed(_pieces(piece))
    text = "".join(pieces)
    return text if not todo and len(text) <= 2 * LIMIT else text[: 2 * LIMIT] + "…"


def _accesses(node: Attribute) -> list[Piece]:
    """Return a chain of accesses; of a long one the last few, so that a chain of errors costs linear time."""
    names: list[str] = []
    inner: Node = node
    while isinstance(inner, Attribute) and len(names) < LIMIT:
        names.append(inner.name)
        inner = inner.target
    shown = [f".{name}" if is_identifier(name) else f"[{quoted(name)}]" for name in reversed(names)]
    return ["…", *shown] if isinstance(inner, Attribute) else [*_operand(inner), *shown]


def _operand(node: Node) -> list[Piece]:
    return [node] if isinstance(node, _ATOMS) else ["(", node, ")"]


def _listed(nodes: tuple[Node, ...]) -> list[Piece]:
    pieces: list[Piece] = []
    for number, node in enumerate(nodes[:LIMIT]):
        pieces += [", ", node] if number else [node]
    return pieces


def _path(name: str) -> str:
    return name if is_identifier(name) else quoted(name)


def _pieces(node: Node) -> list[Piece]:
    match node:
        case Constant(value):
            return [_constant(value)]
        case Variable(name):
            return [name]
        case If(condition, then, otherwise):
            return ["if ", condition, " then ", then, " else ", otherwise]
        case Unary("isEmpty", operand):
            return [*_operand(operand), ".isEmpty()"]
        case Unary(op, operand):
            return ["-" if op == "neg" else "!", *_operand(operand)]
        case Binary(op, left, right) if op in _METHODS:
            return [*_operand(left), f".{op}(", right, ")"]
        case Binary(op, left, right):
            return [*_operand(left), f" {op} ", *_operand(right)]
        case Has(target, path):
            return [*_operand(target), " has ", ".".join(map(_path, path[:LIMIT]))]
        case Like(target, pattern):
            text = "".join("*" if part is None else pattern_text(part) for part in pattern)
            return [*_operand(target), f' like "{text}"']
        case Is(target, type_name, ancestor):
            within = [] if ancestor is None else [" in ", *_operand(ancestor)]
            return [*_operand(target), f" is {type_name}", *within]
        case SetOf(elements):
            return ["[", *_listed(elements), "]"]
        case _:
            return _compound(node)


def _compound(node: Node) -> list[Piece]:
    if isinstance(node, RecordOf):
        pieces: list[Piece] = []
        for name, value in zip(node.names[:LIMIT], node.values[:LIMIT], strict=True):
            pieces += [f"{', ' if pieces else ''}{_path(name)}: ", value]
        return ["{", *pieces, "}"]
    assert isinstance(node, Call)
    if node.function in CONSTRUCTORS or not node.arguments:
        return [f"{node.function}(", *_listed(node.arguments), ")"]
    receiver, *others = node.arguments
    return [*_operand(receiver), f".{node.function}(", *_listed(tuple(others)), ")"]


def _constant(value: bool | int | str | Uid) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return quoted(value) if isinstance(value, str) else repr(value)
