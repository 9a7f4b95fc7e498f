"""Expression trees as the parser and the JSON reader make them (spec 01 §5).

The surface forms `!=`, `>`, `>=`, `is … in` and `has a.b.c` keep a node of their own, because policy JSON and
printing want them back; lowering gives them their meaning. Nodes are never changed once made. They compare by
identity: trees may be 100,000 levels deep, so nothing here recurses, and every pass walks with its own stack.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final, Literal, Self, TypeAlias, cast

from .escapes import Pattern
from .frozen import frozen
from .uids import Uid

VariableName = Literal["principal", "action", "resource", "context"]
ConditionKind = Literal["when", "unless"]
UnaryOp = Literal["!", "neg", "isEmpty"]
BinaryOp = Literal[
    "||",
    "&&",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "in",
    "+",
    "-",
    "*",
    "contains",
    "containsAll",
    "containsAny",
    "getTag",
    "hasTag",
]
"""Operators spelled as the keys of policy JSON (spec 06 §3)."""

VARIABLES: Final[dict[str, VariableName]] = {
    "principal": "principal",
    "action": "action",
    "resource": "resource",
    "context": "context",
}


class Expression:
    """A node of an expression. It is its own copy, and a pickle holds its tree as flat rows."""

    __slots__ = ()

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[object, tuple[object]]:
        return tree_of, (rows_of(cast("Node", self)),)


@frozen()
class Constant(Expression):
    """A boolean, integer, string or entity uid."""

    value: bool | int | str | Uid

    @property
    def children(self) -> tuple[Node, ...]:
        """No operands."""
        return ()


@frozen()
class Variable(Expression):
    """One of the four request variables."""

    name: VariableName

    @property
    def children(self) -> tuple[Node, ...]:
        """No operands."""
        return ()


@frozen()
class If(Expression):
    """`if condition then then else otherwise`."""

    condition: Node
    then: Node
    otherwise: Node

    @property
    def children(self) -> tuple[Node, ...]:
        """The operands, in order."""
        return (self.condition, self.then, self.otherwise)


@frozen()
class Unary(Expression):
    """`!e`, `-e`, `e.isEmpty()`."""

    op: UnaryOp
    operand: Node

    @property
    def children(self) -> tuple[Node, ...]:
        """The operands, in order."""
        return (self.operand,)


@frozen()
class Binary(Expression):
    """A form with a left and a right operand, the short-circuit ones and the built-in methods included."""

    op: BinaryOp
    left: Node
    right: Node

    @property
    def children(self) -> tuple[Node, ...]:
        """The operands, in order."""
        return (self.left, self.right)


@frozen()
class Attribute(Expression):
    """`target.name`, `target["name"]`."""

    target: Node
    name: str

    @property
    def children(self) -> tuple[Node, ...]:
        """The operands, in order."""
        return (self.target,)


@frozen()
class Has(Expression):
    """`target has a.b.c`; `path` holds at least one name."""

    target: Node
    path: tuple[str, ...]

    @property
    def children(self) -> tuple[Node, ...]:
        """The operands, in order."""
        return (self.target,)


@frozen()
class Like(Expression):
    """`target like "pattern"`."""

    target: Node
    pattern: Pattern

    @property
    def children(self) -> tuple[Node, ...]:
        """The operands, in order."""
        return (self.target,)


@frozen()
class Is(Expression):
    """`target is type_name`, or `target is type_name in ancestor`."""

    target: Node
    type_name: str
    ancestor: Node | None = None

    @property
    def children(self) -> tuple[Node, ...]:
        """The operands, in order."""
        return (self.target,) if self.ancestor is None else (self.target, self.ancestor)


@frozen()
class SetOf(Expression):
    """A set literal, elements in source order."""

    elements: tuple[Node, ...]

    @property
    def children(self) -> tuple[Node, ...]:
        """The operands, in order."""
        return self.elements


@frozen()
class RecordOf(Expression):
    """A record literal; `names` ascend by code point, which is also the order of evaluation (spec 02 §4)."""

    names: tuple[str, ...]
    values: tuple[Node, ...]

    @property
    def children(self) -> tuple[Node, ...]:
        """The operands, in order."""
        return self.values


@frozen()
class Call(Expression):
    """An extension function or method; the receiver is argument 0. Arity is not checked here."""

    function: str
    arguments: tuple[Node, ...]

    @property
    def children(self) -> tuple[Node, ...]:
        """The operands, in order."""
        return self.arguments


Node: TypeAlias = (
    Constant | Variable | If | Unary | Binary | Attribute | Has | Like | Is | SetOf | RecordOf | Call
)


ERROR_CALL: Final = Call("error", ())
"""The expression that always errs (spec 09 §5.1): residuals have it, Cedar text and policy JSON have not."""


@frozen()
class Condition:
    """One `when` or `unless` clause of a policy."""

    kind: ConditionKind
    body: Node


def record_of(fields: dict[str, Node]) -> RecordOf:
    """Return a record literal with its fields put in order."""
    names = tuple(sorted(fields))
    return RecordOf(names, tuple(fields[name] for name in names))


def postorder(root: Node) -> Iterator[Node]:
    """Yield every node, operands before the form that they belong to, left to right, in linear time."""
    found: list[Node] = []
    todo = [root]
    while todo:
        node = todo.pop()
        found.append(node)
        todo += node.children
    return reversed(found)


def same_tree(left: Node, right: Node) -> bool:
    """Return whether two trees have the same form; `true` and `1` differ."""
    pending = [(left, right)]
    while pending:
        a, b = pending.pop()
        if a is b:
            continue
        if a.__class__ is not b.__class__ or _label(a) != _label(b):
            return False
        a_children, b_children = a.children, b.children
        if len(a_children) != len(b_children):
            return False
        pending.extend(zip(a_children, b_children, strict=True))
    return True


def _label(node: Node) -> object:
    """Return whatever a node holds beside its operands."""
    match node:
        case Constant():
            return node.value.__class__, node.value
        case Variable():
            return node.name
        case Unary() | Binary():
            return node.op
        case Attribute():
            return node.name
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


Row: TypeAlias = tuple[type[Any], list[Any]]
"""A node's class and fields: `...` stands for an operand, `[n]` for a tuple of so many."""


def rows_of(root: Node) -> list[Row]:
    """Return the flat rows of a tree, operands first: a tree may be deeper than any recursion."""
    return [
        (node.__class__, [_without_operands(getattr(node, name)) for name in node.__match_args__])
        for node in postorder(root)
    ]


def _without_operands(value: Any) -> Any:
    if isinstance(value, Expression):
        return ...
    if isinstance(value, tuple) and value and isinstance(value[0], Expression):
        return [len(value)]
    return value


def tree_of(rows: Sequence[Row]) -> Node:
    """Return the tree of these rows."""
    done: list[Any] = []
    for kind, values in rows:
        base = len(done) - sum(value is ... or (value.__class__ is list and value[0]) for value in values)
        operands = iter(done[base:])
        done[base:] = [kind(*[_with_operands(value, operands) for value in values])]
    return cast("Node", done[0])


def _with_operands(value: Any, operands: Iterator[Any]) -> Any:
    if value is ...:
        return next(operands)
    return tuple(islice(operands, value[0])) if value.__class__ is list else value
