"""Expressions from tokens (spec 01 §4): operator precedence with stacks of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ..language.arguments import text_of
from ..language.deep_stack import at_any_depth
from ..language.escapes import EscapeError, unescape_pattern
from ..language.extensions import CONSTRUCTORS, METHODS
from ..language.integers import MAX_LONG, MAX_MAGNITUDE
from ..language.names import RESERVED
from ..language.nodes import VARIABLES, Attribute, Constant, Has, Is, Like, Node, Unary, Variable
from .cursor import WORD_START
from .expression_stacks import (
    AFTER_OPERAND,
    BINARY_METHODS,
    DONE,
    OPEN,
    OPERAND,
    OPERATORS,
    PREFIX,
    RELATION,
    START,
    SUM,
    ExpressionStacks,
)

_DIGITS: Final = frozenset("0123456789")
_MAX_UNSIGNED: Final = 2**64 - 1


class ExpressionParser(ExpressionStacks):
    """A cursor that reads expressions."""

    __slots__ = ()

    def expression(self) -> Node:
        """Read one expression; the cursor then stands on the first token that is no part of it."""
        self.operands = []
        self.waiting = [START]
        self.keys = []
        state = OPERAND
        while state != DONE:
            state = self._operand() if state == OPERAND else self._after_operand()
        return self.operands[0]

    # An operand is wanted.

    def _operand(self) -> int:
        token = self.tokens[self.at]
        variable = VARIABLES.get(token)
        if variable is not None and self.tokens[self.at + 1] != "::":
            self.at += 1
            self.operands.append(Variable(variable))
            return AFTER_OPERAND
        first = token[:1]
        if first == '"':
            self.operands.append(Constant(self.string()))
            return AFTER_OPERAND
        if first in _DIGITS and token:
            return self._number(token)
        opener = _OPENERS.get(token)
        if opener is not None:
            return opener(self)
        if first in WORD_START:
            return self._named()
        if token[:1] == "?":
            self.fail("slots stand in the scope only, never in a condition")
        return self.unexpected("an expression")

    def _number(self, token: str) -> int:
        digits = token.lstrip("0")
        value = int(digits or "0") if len(digits) <= 20 else _MAX_UNSIGNED + 1
        level, sign, count, _ = self.waiting[-1]
        if level == PREFIX and sign == "-" and self.tokens[self.at + 1] not in (".", "["):
            if value > MAX_MAGNITUDE:
                self.fail("an integer below the least 64-bit integer")
            self.waiting.pop()
            if count > 1:
                self.waiting.append((PREFIX, "-", count - 1, ""))
            value = -value
        elif value > MAX_LONG:
            self.fail("an integer above the greatest 64-bit integer")
        self.at += 1
        self.operands.append(Constant(value))
        return AFTER_OPERAND

    def _boolean(self) -> int:
        self.operands.append(Constant(self.tokens[self.at] == "true"))
        self.at += 1
        return AFTER_OPERAND

    def _named(self) -> int:
        """Read an entity literal or a call of a constructor."""
        word = self.tokens[self.at]
        following = self.tokens[self.at + 1]
        if following == "::" or word in RESERVED:
            self.operands.append(Constant(self.entity("an expression")))
            return AFTER_OPERAND
        if following == "(" and word in CONSTRUCTORS:
            self.at += 2
            return self._open("call", word, ")")
        if following == "(":
            self.fail(f"`{word}` is not a function" + (", but a method" if word in METHODS else ""))
        return self.fail(f"`{word}` is neither a variable, nor an entity, nor a function call")

    def _prefix(self) -> int:
        sign = self.tokens[self.at]
        start = self.at
        while self.tokens[self.at] == sign:
            self.at += 1
        if self.tokens[self.at] in ("!", "-"):
            self.fail("`!` and `-` cannot be mixed without parentheses")
        if self.at - start > 4:
            self.fail(f"more than four `{sign}` in a row", start + 4)
        self.waiting.append((PREFIX, sign, self.at - start, ""))
        return OPERAND

    def _if(self) -> int:
        if self.waiting[-1][0] != OPEN:
            self.fail("`if` as an operand needs parentheses")
        self.nest()
        self.at += 1
        self.waiting.append((OPEN, "if", 0, ""))
        return OPERAND

    def _group(self) -> int:
        self.nest()
        self.at += 1
        self.waiting.append((OPEN, "group", 0, ""))
        return OPERAND

    def _set(self) -> int:
        self.at += 1
        return self._open("set", "", "]")

    def _record(self) -> int:
        self.nest()
        self.at += 1
        self.waiting.append((OPEN, "record", len(self.operands), ""))
        self.keys.append([])
        if self.tokens[self.at] == "}":
            return self._finish()
        return self._key()

    # An operand has been read.

    def _after_operand(self) -> int:
        tokens, waiting, operands = self.tokens, self.waiting, self.operands
        token = tokens[self.at]
        while token == "." or token == "[":
            self.at += 1
            if token == ".":
                name = tokens[self.at]
                is_word = name[:1] in WORD_START
                if is_word and tokens[self.at + 1] == "(":
                    return self._method(name)
                if not is_word or name in RESERVED:
                    self.identifier("an attribute name")  # It raises the error.
                self.at += 1
                operands[-1] = Attribute(operands[-1], name)
            else:
                attribute = self.string()
                self.take("]")
                operands[-1] = Attribute(operands[-1], attribute)
            token = tokens[self.at]
        if waiting[-1][0] == PREFIX:
            self._apply_prefix()
        operator = OPERATORS.get(token)
        if operator is not None:
            level, op = operator
            if waiting[-1][0] < level:
                pass  # Nothing binds as tightly yet.
            elif level == RELATION:
                self._reduce_relation()
            else:
                self._reduce(level)
            self.at += 1
            waiting.append((level, op, 0, ""))
            return OPERAND
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
        if name not in METHODS and name not in BINARY_METHODS and name != "isEmpty":
            self.fail(f"`{name}` is not a method" + (", but a function" if name in CONSTRUCTORS else ""))
        self.at += 2
        return self._open("method", name, ")")

    def _reduce_relation(self) -> None:
        self._reduce(SUM)
        if self.waiting[-1][0] == RELATION:
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
            self.waiting.append((RELATION, "is", 0, type_name))
            return OPERAND
        self.operands[-1] = Is(self.operands[-1], type_name)
        return self._after_relation()

    def _after_relation(self) -> int:
        """Behind `has`, `like` and `is` only a looser operator or the end of the expression can follow."""
        operator = OPERATORS.get(self.tokens[self.at])
        if operator is None:
            return self._close()
        level, op = operator
        if level >= RELATION:
            self.fail("relations do not chain; use parentheses")
        self._reduce(level)
        self.at += 1
        self.waiting.append((level, op, 0, ""))
        return OPERAND


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


@at_any_depth
def parse_expression(text: str) -> Node:
    """Read a text that is one expression; raises `PolicyError` with the place and what was expected."""
    parser = ExpressionParser(text_of(text, "an expression"))
    node = parser.expression()
    if parser.tokens[parser.at]:
        parser.unexpected("an operator or the end of the expression")
    return node
