"""Capabilities (spec 08 §5.2): what a true expression says about which attributes and tags are there.

Law (identity): two expressions have the same number exactly when their core forms are the same tree (01 §5),
in which an extended `has` is a form of its own (08 §5.2).
Numbers are given bottom-up, each node once, so that comparing long expressions costs nothing.

What an expression grants is a rope, joined in constant time and spread out only where two branches are
intersected; what holds at the moment is one set, to which a chain of `&&` adds and from which it takes back.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator

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

Capability = tuple[int, str | int]
"""The number of an expression, and an attribute name or the number of a tag expression."""

Grants = Capability | list["Grants"] | None
"""A rope: nothing, one capability, or a list of ropes."""


class ExpressionNumbers:
    """Numbers for expressions; equal trees get equal numbers."""

    def __init__(self) -> None:
        self._of_node: dict[int, int] = {}
        self._of_form: dict[Hashable, int] = {}
        self._kept: list[Node] = []

    def form(self, *parts: Hashable) -> int:
        """Return the number of a form given by its operator and the numbers of its operands."""
        return self._of_form.setdefault(parts, len(self._of_form))

    def attribute(self, target: int, name: str) -> int:
        """Return the number of an access to an attribute."""
        return self.form(".", target, name)

    def __call__(self, root: Node) -> int:
        """Return the number of an expression; expressions of the same form share one."""
        known = self._of_node
        if id(root) not in known:
            # Numbers go by address, so the nodes that have them must stay.
            self._kept.append(root)
        todo = [root]
        while todo:
            node = todo[-1]
            if id(node) in known:
                todo.pop()
                continue
            waiting = [child for child in node.children if id(child) not in known]
            if waiting:
                todo.extend(waiting)
            else:
                known[id(node)] = self._number(node, [known[id(child)] for child in node.children])
                todo.pop()
        return known[id(root)]

    def _number(self, node: Node, operands: list[int]) -> int:
        match node:
            case Constant(value):
                return self.form("constant", value.__class__.__name__, value)
            case Variable(name):
                return self.form("variable", name)
            case If():
                return self.form("if", *operands)
            case Unary(op, _):
                return self.form(op, *operands)
            case Binary("!=", _, _):
                return self.form("!", self.form("==", *operands))
            case Binary(">", _, _):
                return self.form("!", self.form("<=", *operands))
            case Binary(">=", _, _):
                return self.form("!", self.form("<", *operands))
            case Binary(op, _, _):
                return self.form(op, *operands)
            case Attribute(_, name):
                return self.attribute(operands[0], name)
            case Has(_, path):
                return self.form("has", operands[0], *path)
            case Like(_, pattern):
                return self.form("like", operands[0], pattern)
            case Is(_, type_name, None):
                return self.form("is", operands[0], type_name)
            case Is(_, type_name, _):
                test = self.form("is", operands[0], type_name)
                return self.form("&&", test, self.form("in", *operands))
            case SetOf():
                return self.form("set", *operands)
            case RecordOf(names, _):
                return self.form("record", names, *operands)
            case Call(function, _):
                return self.form("call", function, *operands)


def granted(grants: Grants) -> Iterator[Capability]:
    """Yield every capability in a rope."""
    todo = [grants]
    while todo:
        rope = todo.pop()
        if isinstance(rope, tuple):
            yield rope
        elif rope is not None:
            todo.extend(rope)


def both(left: Grants, right: Grants) -> Grants:
    """Return what either grants."""
    if left is None or right is None:
        return right if left is None else left
    return [left, right]


def common(left: Grants, right: Grants) -> Grants:
    """Return what both grant."""
    if left is None or right is None:
        return None
    shared = set(granted(left)).intersection(granted(right))
    return list(shared) or None


class Assumptions:
    """The assumptions that hold where the checker is; the innermost are taken back first."""

    def __init__(self) -> None:
        self._held: set[Capability] = set()

    def __contains__(self, capability: Capability) -> bool:
        return capability in self._held

    def add(self, grants: Grants) -> list[Capability]:
        """Add what is granted; return what was new, to be taken back later."""
        new: list[Capability] = []
        for capability in granted(grants):
            if capability not in self._held:
                self._held.add(capability)
                new.append(capability)
        return new

    def take_back(self, added: list[Capability]) -> None:
        """Take back what `add` returned."""
        self._held.difference_update(added)
