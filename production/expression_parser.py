"""Expressions from tokens (spec 01 §4): operator precedence with stacks of its own.

Two stacks hold what is unfinished: operands, and above them whatever still waits for one. Brackets and `if` wait at
level 0, operators at the level of their precedence, so depth costs memory and never the caller's stack.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from production.cursor import WORD_START, Cursor
from production.escapes import EscapeError, unescape_pattern
from production.extensions import CONSTRUCTORS, METHODS
from production.integers import MAX_LONG, MAX_MAGNITUDE
from production.names import RESERVED
from production.nodes import (
    VARIABLES,
    Attribute,
    Binary,
    BinaryOp,
    Call,
    Constant,
    Has,
    If,
    Is,
    Like,
    Node,
    SetOf,
    Unary,
    Variable,
    record_of,
)

_OPEN, _OR, _AND, _RELATION, _SUM, _PRODUCT, _PREFIX = 0, 2, 3, 4, 5, 6, 7

_OPERATORS: Final[dict[str, tuple[int, BinaryOp]]] = {
    "||": (_OR, "||"),
    "&&": (_AND, "&&"),
    "==": (_RELATION, "=="),
    "!=": (_RELATION, "!="),
    "<": (_RELATION, "<"),
    "<=": (_RELATION, "<="),
    ">": (_RELATION, ">"),
    ">=": (_RELATION, ">="),
    "in": (_RELATION, "in"),
    "+": (_SUM, "+"),
    "-": (_SUM, "-"),
    "*": (_PRODUCT, "*"),
}
_BINARY_METHODS: Final[dict[str, BinaryOp]] = {
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
_VARIABLE_NODES: Final = {name: Variable(variable) for name, variable in VARIABLES.items()}
_DIGITS: Final = frozenset("0123456789")
_MAX_UNSIGNED: Final = 2**64 - 1

# What comes next in the main loop.
_OPERAND, _AFTER_OPERAND, _DONE = 0, 1, 2

# A waiting operator: its level, its token, and for `is … in` the type.
# A waiting bracket: level 0, its kind, where its operands start, and a name or the keys so far.
_Waiting = tuple[int, str, int, str]
_START: Final[_Waiting] = (_OPEN, "start", 0, "")


class ExpressionParser(Cursor):
    """A cursor that reads expressions."""

    __slots__ = ("keys", "operands", "waiting")

    operands: list[Node]
    waiting: list[_Waiting]
    keys: list[list[str]]

    def expression(self) -> Node:
        """Read one expression; the cursor then stands on the first token that is no part of it."""
        self.operands = []
        self.waiting = [_START]
        self.keys = []
        state = _OPERAND
        while state != _DONE:
            state = self._operand() if state == _OPERAND else self._after_operand()
        return self.operands[0]

    # An operand is wanted.

    def _operand(self) -> int:
        token = self.tokens[self.at]
        variable = _VARIABLE_NODES.get(token)
        if variable is not None and self.tokens[self.at + 1] != "::":
            self.at += 1
            self.operands.append(variable)
            return _AFTER_OPERAND
        first = token[:1]
        if first == '"':
            self.operands.append(Constant(self.string()))
            return _AFTER_OPERAND
        if first in _DIGITS and token:
            return self._number(token)
        opener = _OPENERS.get(token)
        if opener is not None:
            return opener(self)
        if first in WORD_START:
            return self._named()
        if token[:1] == "?":
            self.fail("slots stand in the scope only, never in a condition")
        self.unexpected("an expression")

    def _number(self, token: str) -> int:
        digits = token.lstrip("0")
        value = int(digits or "0") if len(digits) <= 20 else _MAX_UNSIGNED + 1
        level, sign, count, _ = self.waiting[-1]
        if level == _PREFIX and sign == "-" and self.tokens[self.at + 1] not in (".", "["):
            if value > MAX_MAGNITUDE:
                self.fail("an integer below the least 64-bit integer")
            self.waiting.pop()
            if count > 1:
                self.waiting.append((_PREFIX, "-", count - 1, ""))
            value = -value
        elif value > MAX_LONG:
            self.fail("an integer above the greatest 64-bit integer")
        self.at += 1
        self.operands.append(Constant(value))
        return _AFTER_OPERAND

    def _boolean(self) -> int:
        self.operands.append(Constant(self.tokens[self.at] == "true"))
        self.at += 1
        return _AFTER_OPERAND

    def _named(self) -> int:
        """An entity literal or a call of a constructor."""
        word = self.tokens[self.at]
        following = self.tokens[self.at + 1]
        if following == "::" or word in RESERVED:
            self.operands.append(Constant(self.entity("an expression")))
            return _AFTER_OPERAND
        if following == "(" and word in CONSTRUCTORS:
            self.at += 2
            return self._open("call", word, ")")
        if following == "(":
            self.fail(f"`{word}` is not a function" + (", but a method" if word in METHODS else ""))
        self.fail(f"`{word}` is neither a variable, nor an entity, nor a function call")

    def _prefix(self) -> int:
        sign = self.tokens[self.at]
        start = self.at
        while self.tokens[self.at] == sign:
            self.at += 1
        if self.tokens[self.at] in ("!", "-"):
            self.fail("`!` and `-` cannot be mixed without parentheses")
        if self.at - start > 4:
            self.fail(f"more than four `{sign}` in a row", start + 4)
        self.waiting.append((_PREFIX, sign, self.at - start, ""))
        return _OPERAND

    def _if(self) -> int:
        if self.waiting[-1][0] != _OPEN:
            self.fail("`if` as an operand needs parentheses")
        self.nest()
        self.at += 1
        self.waiting.append((_OPEN, "if", 0, ""))
        return _OPERAND

    def _group(self) -> int:
        self.nest()
        self.at += 1
        self.waiting.append((_OPEN, "group", 0, ""))
        return _OPERAND

    def _set(self) -> int:
        self.at += 1
        return self._open("set", "", "]")

    def _open(self, kind: str, name: str, closer: str) -> int:
        """Start a list of operands, which may be empty; the cursor stands behind the bracket."""
        self.nest()
        self.waiting.append((_OPEN, kind, len(self.operands), name))
        return self._finish() if self.tokens[self.at] == closer else _OPERAND

    def _record(self) -> int:
        self.nest()
        self.at += 1
        self.waiting.append((_OPEN, "record", len(self.operands), ""))
        self.keys.append([])
        if self.tokens[self.at] == "}":
            return self._finish()
        return self._key()

    def _key(self) -> int:
        start = self.at
        is_string = self.tokens[start][:1] == '"'
        self.keys[-1].append(self.string() if is_string else self.identifier("an attribute name"))
        if self.tokens[self.at] != ":":
            self.unexpected("`:`")
        self.at += 1
        return _OPERAND

    # An operand has been read.

    def _after_operand(self) -> int:
        tokens = self.tokens
        token = tokens[self.at]
        while token == "." or token == "[":
            if token == ".":
                name = tokens[self.at + 1]
                if tokens[self.at + 2] == "(" and name[:1] in WORD_START:
                    return self._method(name)
                self.at += 1
                self.operands[-1] = Attribute(self.operands[-1], self.identifier("an attribute name"))
            else:
                self.at += 1
                attribute = self.string()
                self.take("]")
                self.operands[-1] = Attribute(self.operands[-1], attribute)
            token = tokens[self.at]
        if self.waiting[-1][0] == _PREFIX:
            self._apply_prefix()
        operator = _OPERATORS.get(token)
        if operator is not None:
            level, op = operator
            if level == _RELATION:
                self._reduce_relation()
            else:
                self._reduce(level)
            self.at += 1
            self.waiting.append((level, op, 0, ""))
            return _OPERAND
        special = _SPECIAL_RELATIONS.get(token)
        if special is None:
            return self._close()
        self._reduce_relation()
        self.at += 1
        return special(self)

    def _apply_prefix(self) -> None:
        _, sign, count, _ = self.waiting.pop()
        for _ in range(count):
            self.operands[-1] = Unary("!" if sign == "!" else "neg", self.operands[-1])

    def _method(self, name: str) -> int:
        if name not in METHODS and name not in _BINARY_METHODS and name != "isEmpty":
            self.at += 1
            self.fail(f"`{name}` is not a method" + (", but a function" if name in CONSTRUCTORS else ""))
        self.at += 3
        return self._open("method", name, ")")

    def _reduce(self, level: int) -> None:
        """Give every operator that binds at least this tightly its right operand."""
        waiting, operands = self.waiting, self.operands
        while waiting[-1][0] >= level:
            _, op, _, type_name = waiting.pop()
            right = operands.pop()
            if op == "is":
                operands[-1] = Is(operands[-1], type_name, right)
            else:
                operands[-1] = Binary(_OPERATORS[op][1], operands[-1], right)

    def _reduce_relation(self) -> None:
        self._reduce(_SUM)
        if self.waiting[-1][0] == _RELATION:
            self.fail("relations do not chain; use parentheses")

    def _has(self) -> int:
        if self.tokens[self.at][:1] == '"':
            path = [self.string()]
        else:
            path = [self.identifier("an attribute name or a string")]
            while self.tokens[self.at] == ".":
                self.at += 1
                path.append(self.identifier("an attribute name"))
        self.operands[-1] = Has(self.operands[-1], tuple(path))
        return self._after_relation()

    def _like(self) -> int:
        token = self.tokens[self.at]
        if token[:1] != '"':
            self.unexpected("a pattern, which is a string literal")
        try:
            self.operands[-1] = Like(self.operands[-1], unescape_pattern(token))
        except EscapeError as error:
            self.fail(str(error))
        self.at += 1
        return self._after_relation()

    def _is(self) -> int:
        type_name = self.name("an entity type")
        if self.tokens[self.at] == "in":
            self.at += 1
            self.waiting.append((_RELATION, "is", 0, type_name))
            return _OPERAND
        self.operands[-1] = Is(self.operands[-1], type_name)
        return self._after_relation()

    def _after_relation(self) -> int:
        """Behind `has`, `like` and `is` only a looser operator or the end of the expression can follow."""
        operator = _OPERATORS.get(self.tokens[self.at])
        if operator is None:
            return self._close()
        level, op = operator
        if level >= _RELATION:
            self.fail("relations do not chain; use parentheses")
        self._reduce(level)
        self.at += 1
        self.waiting.append((level, op, 0, ""))
        return _OPERAND

    # The expression around the cursor ends here.

    def _close(self) -> int:
        self._reduce(_OR)
        waiting = self.waiting
        while waiting[-1][1] == "else":
            waiting.pop()
            self.depth -= 1
            condition, then, otherwise = self.operands[-3:]
            self.operands[-3:] = [If(condition, then, otherwise)]
        kind = waiting[-1][1]
        if kind == "start":
            return _DONE
        token = self.tokens[self.at]
        closer, separator = _CLOSERS[kind]
        if separator and token == ",":
            self.at += 1
            if self.tokens[self.at] != closer:
                return self._key() if kind == "record" else _OPERAND
        elif token != closer:
            if token in _REFUSED:
                self.fail(_REFUSED[token])
            self.unexpected(f"an operator, `,` or `{closer}`" if separator else f"an operator or `{closer}`")
        if kind == "if" or kind == "then":
            self.at += 1
            waiting[-1] = (_OPEN, closer, 0, "")
            return _OPERAND
        return self._finish()

    def _finish(self) -> int:
        """Close the innermost bracket; the cursor stands on its closer."""
        self.at += 1
        self.depth -= 1
        _, kind, base, name = self.waiting.pop()
        operands = self.operands
        if kind == "group":
            return _AFTER_OPERAND
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
        return _AFTER_OPERAND

    def _method_call(self, name: str, receiver: Node, arguments: tuple[Node, ...]) -> Node:
        op = _BINARY_METHODS.get(name)
        if op is not None:
            if len(arguments) != 1:
                self.fail(f"`{name}` takes one argument, not {len(arguments)}", self.at - 1)
            return Binary(op, receiver, arguments[0])
        if name == "isEmpty":
            if arguments:
                self.fail(f"`isEmpty` takes no argument, not {len(arguments)}", self.at - 1)
            return Unary("isEmpty", receiver)
        return Call(name, (receiver, *arguments))


_OPENERS: Final[dict[str, Callable[[ExpressionParser], int]]] = {
    "(": ExpressionParser._group,
    "[": ExpressionParser._set,
    "{": ExpressionParser._record,
    "!": ExpressionParser._prefix,
    "-": ExpressionParser._prefix,
    "if": ExpressionParser._if,
    "true": ExpressionParser._boolean,
    "false": ExpressionParser._boolean,
}
_SPECIAL_RELATIONS: Final[dict[str, Callable[[ExpressionParser], int]]] = {
    "has": ExpressionParser._has,
    "like": ExpressionParser._like,
    "is": ExpressionParser._is,
}
_CLOSERS: Final = {
    "group": (")", False),
    "set": ("]", True),
    "record": ("}", True),
    "call": (")", True),
    "method": (")", True),
    "if": ("then", False),
    "then": ("else", False),
}


def parse_expression(text: str) -> Node:
    """Read a text that is one expression; raises `PolicyError` with the place and what was expected."""
    parser = ExpressionParser(text)
    node = parser.expression()
    if parser.tokens[parser.at]:
        parser.unexpected("an operator or the end of the expression")
    return node
