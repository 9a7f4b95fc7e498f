"""The stacks behind the expression parser, and what takes operands off them (spec 01 §4).

Two stacks hold what is unfinished: operands, and whatever still waits for one. Brackets and `if` wait at
level 0, operators at the level of their precedence, so depth costs memory and never the caller's stack.
"""

from __future__ import annotations

from typing import Final

from ..language.nodes import Binary, BinaryOp, Call, If, Is, Node, SetOf, Unary, record_of
from .cursor import Cursor

OPEN, OR, AND, RELATION, SUM, PRODUCT, PREFIX = 0, 2, 3, 4, 5, 6, 7

OPERATORS: Final[dict[str, tuple[int, BinaryOp]]] = {
    "||": (OR, "||"),
    "&&": (AND, "&&"),
    "==": (RELATION, "=="),
    "!=": (RELATION, "!="),
    "<": (RELATION, "<"),
    "<=": (RELATION, "<="),
    ">": (RELATION, ">"),
    ">=": (RELATION, ">="),
    "in": (RELATION, "in"),
    "+": (SUM, "+"),
    "-": (SUM, "-"),
    "*": (PRODUCT, "*"),
}
BINARY_METHODS: Final[dict[str, BinaryOp]] = {
    "contains": "contains",
    "containsAll": "containsAll",
    "containsAny": "containsAny",
    "getTag": "getTag",
    "hasTag": "hasTag",
}
_REFUSED: Final = {
    "/": "division is not part of Cedar",
    "%": "remainder is not part of Cedar",
    "=": "a single `=` is not an operator; equality is `==`",
}
# What comes next in the main loop.
OPERAND, AFTER_OPERAND, DONE = 0, 1, 2

# A waiting operator: its level, its token, and for `is … in` the type.
# A waiting bracket: level 0, its kind, where its operands start, and a name or the keys so far.
Waiting = tuple[int, str, int, str]
START: Final[Waiting] = (OPEN, "start", 0, "")
_CLOSERS: Final = {
    "group": (")", False),
    "set": ("]", True),
    "record": ("}", True),
    "call": (")", True),
    "method": (")", True),
    "if": ("then", False),
    "then": ("else", False),
}


class ExpressionStacks(Cursor):
    """A cursor with the stacks of an unfinished expression."""

    __slots__ = ("keys", "operands", "waiting")

    operands: list[Node]
    waiting: list[Waiting]
    keys: list[list[str]]

    def _open(self, kind: str, name: str, closer: str) -> int:
        """Start a list of operands, which may be empty; the cursor stands behind the bracket."""
        self.nest()
        self.waiting.append((OPEN, kind, len(self.operands), name))
        return self._finish() if self.tokens[self.at] == closer else OPERAND

    def _key(self) -> int:
        start = self.at
        is_string = self.tokens[start][:1] == '"'
        self.keys[-1].append(self.string() if is_string else self.identifier("an attribute name"))
        if self.tokens[self.at] != ":":
            self.unexpected("`:`")
        self.at += 1
        return OPERAND

    def _reduce(self, level: int) -> None:
        """Give every operator that binds at least this tightly its right operand."""
        waiting, operands = self.waiting, self.operands
        while waiting[-1][0] >= level:
            _, op, _, type_name = waiting.pop()
            right = operands.pop()
            if op == "is":
                operands[-1] = Is(operands[-1], type_name, right)
            else:
                operands[-1] = Binary(OPERATORS[op][1], operands[-1], right)

    def _close(self) -> int:
        self._reduce(OR)
        waiting = self.waiting
        while waiting[-1][1] == "else":
            waiting.pop()
            self.depth -= 1
            condition, then, otherwise = self.operands[-3:]
            self.operands[-3:] = [If(condition, then, otherwise)]
        kind = waiting[-1][1]
        if kind == "start":
            return DONE
        token = self.tokens[self.at]
        closer, separator = _CLOSERS[kind]
        if separator and token == ",":
            self.at += 1
            if self.tokens[self.at] != closer:
                return self._key() if kind == "record" else OPERAND
        elif token != closer:
            if token in _REFUSED:
                self.fail(_REFUSED[token])
            self.unexpected(f"an operator, `,` or `{closer}`" if separator else f"an operator or `{closer}`")
        if kind == "if" or kind == "then":
            self.at += 1
            waiting[-1] = (OPEN, closer, 0, "")
            return OPERAND
        return self._finish()

    def _finish(self) -> int:
        """Close the innermost bracket; the cursor stands on its closer."""
        self.at += 1
        self.depth -= 1
        _, kind, base, name = self.waiting.pop()
        operands = self.operands
        if kind == "group":
            return AFTER_OPERAND
        arguments = tuple(operands[base:])
        del operands[base:]
        if kind == "set":
            operands.append(SetOf(arguments))
        elif kind == "call":
            operands.append(Call(name, arguments))
        elif kind == "record":
            keys = self.keys.pop()
            fields = dict(zip(keys, arguments, strict=True))
            if len(fields) != len(keys):
                self.fail("a record literal has a key twice", self.at - 1)
            operands.append(record_of(fields))
        else:
            operands[-1] = self._method_call(name, operands[-1], arguments)
        return AFTER_OPERAND

    def _method_call(self, name: str, receiver: Node, arguments: tuple[Node, ...]) -> Node:
        op = BINARY_METHODS.get(name)
        if op is not None:
            if len(arguments) != 1:
                self.fail(f"`{name}` takes one argument, not {len(arguments)}", self.at - 1)
            return Binary(op, receiver, arguments[0])
        if name == "isEmpty":
            if arguments:
                self.fail(f"`isEmpty` takes no argument, not {len(arguments)}", self.at - 1)
            return Unary("isEmpty", receiver)
        return Call(name, (receiver, *arguments))
