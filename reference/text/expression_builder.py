"""The builder for names and expressions, with the checks that no grammar can state."""

from __future__ import annotations

from typing import Any, cast

from reference import syntax as ast
from reference.desugar import has_path
from reference.extension_functions import CONSTRUCTORS, METHODS
from reference.integers import MAX_LONG, from_digits
from reference.names import RESERVED
from reference.text.lalr import Token
from reference.text.strings import EscapeError, unescape, unescape_pattern
from reference.values import FALSE, TRUE, EntityUid, Long, String

BUILT_IN_METHODS = {"contains": 1, "containsAll": 1, "containsAny": 1, "getTag": 1, "hasTag": 1, "isEmpty": 0}
"""How many arguments they take is a matter of syntax; with extension functions it is one of evaluation."""


class Refusal(Exception):
    """Text that the grammar admits and the language does not; `offset` counts from the start of the token."""

    def __init__(self, message: str, token: Token, offset: int = 0) -> None:
        super().__init__(message)
        self.token = token
        self.offset = offset


class ExpressionBuilder:
    """One method per rule or alias of the grammar: what the parts built comes in, the whole goes out."""

    def name(self, word: Token) -> list[Token]:
        return [identifier(word)]

    def longer_name(self, name: list[Token], word: Token) -> list[Token]:
        name.append(identifier(word))
        return name

    def entity_uid(self, name: list[Token], entity_id: Token) -> EntityUid:
        return EntityUid("::".join(name), text_of(entity_id))

    def entity(self, uid: EntityUid) -> ast.Lit:
        return ast.Lit(uid)

    def variable(self, word: Token) -> ast.Var:
        return ast.Var(cast(ast.Variable, str(word)))

    def boolean(self, word: Token) -> ast.Lit:
        return ast.Lit(TRUE if word == "true" else FALSE)

    def string(self, token: Token) -> ast.Lit:
        return ast.Lit(String(text_of(token)))

    def number(self, digits: Token) -> ast.Lit:
        number = from_digits(digits)
        if number > MAX_LONG:
            raise Refusal(f"the number is greater than {MAX_LONG}", digits)
        return ast.Lit(Long(number))

    def neg_number(self, *tokens: Token) -> ast.Expr:
        """Return the innermost sign belongs to the literal (spec 01 §2.3)."""
        *signs, digits = tokens
        number = from_digits(digits)
        if number > MAX_LONG + 1:
            raise Refusal(f"the number is less than -{MAX_LONG + 1}", digits)
        return prefixed("neg", len(signs) - 1, ast.Lit(Long(-number)))

    # Operators

    def if_(self, condition: ast.Expr, then: ast.Expr, otherwise: ast.Expr) -> ast.If:
        return ast.If(condition, then, otherwise)

    def or_(self, left: ast.Expr, right: ast.Expr) -> ast.Or:
        return ast.Or(left, right)

    def and_(self, left: ast.Expr, right: ast.Expr) -> ast.And:
        return ast.And(left, right)

    def binary(self, left: ast.Expr, operator: Token, right: ast.Expr) -> ast.Binary:
        return ast.Binary(cast(ast.BinaryOp, str(operator)), left, right)

    def in_(self, left: ast.Expr, right: ast.Expr) -> ast.Binary:
        return ast.Binary("in", left, right)

    def has_string(self, operand: ast.Expr, attr: Token) -> ast.HasAttr:
        return ast.HasAttr(operand, text_of(attr))

    def has_path(self, operand: ast.Expr, path: tuple[Token, ...]) -> ast.Expr:
        return has_path(operand, [str(identifier(attr)) for attr in path])

    def like(self, operand: ast.Expr, pattern: Token) -> ast.Like:
        return ast.Like(operand, pattern_of(pattern))

    def is_type(self, operand: ast.Expr, name: list[Token]) -> ast.Is:
        return ast.Is(operand, "::".join(name))

    def is_in(self, operand: ast.Expr, name: list[Token], ancestor: ast.Expr) -> ast.IsIn:
        return ast.IsIn(operand, "::".join(name), ancestor)

    def not_(self, *parts: Any) -> ast.Expr:
        *signs, operand = parts
        return prefixed("!", len(signs), operand)

    def neg(self, *parts: Any) -> ast.Expr:
        *signs, operand = parts
        return prefixed("neg", len(signs), operand)

    # Accesses, calls and literals with parts

    def get_attr(self, operand: ast.Expr, attr: Token) -> ast.GetAttr:
        return ast.GetAttr(operand, str(identifier(attr)))

    def get_index(self, operand: ast.Expr, attr: Token) -> ast.GetAttr:
        return ast.GetAttr(operand, text_of(attr))

    def method(self, receiver: ast.Expr, name: Token, arguments: tuple[ast.Expr, ...]) -> ast.Expr:
        if name in METHODS:
            return ast.Call(str(name), (receiver, *arguments))
        if name not in BUILT_IN_METHODS:
            raise Refusal(f"there is no method `{name}`", name)
        if len(arguments) != BUILT_IN_METHODS[name]:
            wanted = BUILT_IN_METHODS[name]
            raise Refusal(f"`{name}` takes {wanted} argument(s), not {len(arguments)}", name)
        if not arguments:
            return ast.Unary("isEmpty", receiver)
        return ast.Binary(cast(ast.BinaryOp, str(name)), receiver, arguments[0])

    def function(self, name: list[Token], arguments: tuple[ast.Expr, ...]) -> ast.Call:
        if len(name) != 1 or name[0] not in CONSTRUCTORS:
            raise Refusal(f"there is no function `{'::'.join(name)}`", name[0])
        return ast.Call(str(name[0]), arguments)

    def set_(self, elements: tuple[ast.Expr, ...]) -> ast.SetOf:
        return ast.SetOf(elements)

    def record(self, fields: tuple[tuple[str, Token, ast.Expr], ...]) -> ast.RecordOf:
        found: dict[str, ast.Expr] = {}
        for key, token, value in fields:
            if key in found:
                raise Refusal(f"the key {key!a} is repeated", token)
            found[key] = value
        return ast.RecordOf(tuple(sorted(found.items(), key=lambda item: item[0])))

    def word_field(self, key: Token, value: ast.Expr) -> tuple[str, Token, ast.Expr]:
        return str(identifier(key)), key, value

    def string_field(self, key: Token, value: ast.Expr) -> tuple[str, Token, ast.Expr]:
        return text_of(key), key, value

    def words(self, *words: Token) -> tuple[Token, ...]:
        return words

    def items(self, *items: Any) -> tuple[Any, ...]:
        return items


def identifier(word: Token) -> Token:
    """Return the word itself, where a reserved one is not allowed."""
    if word in RESERVED:
        raise Refusal(f"`{word}` is a reserved word", word)
    return word


def text_of(token: Token) -> str:
    """Return the string that a string token denotes."""
    try:
        return unescape(token[1:-1])
    except EscapeError as error:
        raise Refusal(str(error), token, error.offset + 1) from None


def pattern_of(token: Token) -> ast.Pattern:
    """Return the pattern that a string token denotes."""
    try:
        return unescape_pattern(token[1:-1])
    except EscapeError as error:
        raise Refusal(str(error), token, error.offset + 1) from None


def prefixed(op: Any, times: int, operand: ast.Expr) -> ast.Expr:
    """Return the operand under a number of equal prefix operators."""
    for _ in range(times):
        operand = ast.Unary(op, operand)
    return operand
