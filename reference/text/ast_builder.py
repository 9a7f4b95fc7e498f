"""What every rule of `cedar.lark` builds, with the checks that no grammar can state (spec 01 §4.2)."""

from __future__ import annotations

from typing import Any, cast

from reference.extension_functions import CONSTRUCTORS, METHODS
from reference.integers import MAX_LONG, from_digits
from reference.names import RESERVED, is_action_type
from reference.policies import (
    ActionEquals,
    ActionIn,
    Anything,
    Body,
    Clause,
    Effect,
    Equals,
    OfType,
    OfTypeWithin,
    ScopeConstraint,
    Within,
)
from reference.syntax import (
    And,
    Binary,
    BinaryOp,
    Call,
    Expr,
    GetAttr,
    HasAttr,
    If,
    Is,
    IsIn,
    Like,
    Lit,
    Or,
    Pattern,
    RecordOf,
    SetOf,
    Slot,
    SlotName,
    Unary,
    Var,
    Variable,
    has_path,
)
from reference.text.lalr import Token
from reference.text.strings import EscapeError, unescape, unescape_pattern
from reference.text.uid_text import show
from reference.values import FALSE, TRUE, EntityUid, Long, String

BUILT_IN_METHODS = {"contains": 1, "containsAll": 1, "containsAny": 1, "getTag": 1, "hasTag": 1, "isEmpty": 0}
"""How many arguments they take is a matter of syntax; with extension functions it is one of evaluation."""

Annotation = tuple[Token, str | None]


class Refusal(Exception):
    """What the grammar admits and the language does not; `offset` counts from the start of the token."""

    def __init__(self, message: str, token: Token, offset: int = 0) -> None:
        super().__init__(message)
        self.token = token
        self.offset = offset


class Builder:
    """One method a rule or alias of the grammar: what the parts built comes in, the whole goes out."""

    def policies(self, *bodies: Body) -> tuple[Body, ...]:
        return bodies

    def policy(
        self,
        annotations: tuple[tuple[str, str | None], ...],
        effect: Token,
        principal: ScopeConstraint,
        action: Anything | ActionEquals | ActionIn,
        resource: ScopeConstraint,
        clauses: tuple[Clause, ...],
    ) -> Body:
        return Body(cast(Effect, str(effect)), annotations, principal, action, resource, clauses)

    def annotations(self, *annotations: Annotation) -> tuple[tuple[str, str | None], ...]:
        found: dict[str, str | None] = {}
        for key, value in annotations:
            if key in found:
                raise Refusal(f"the annotation `{key}` is repeated", key)
            found[str(key)] = value
        return tuple(found.items())

    def annotation(self, key: Token, value: Token) -> Annotation:
        return key, text_of(value)

    def bare_annotation(self, key: Token) -> Annotation:
        return key, None

    def conditions(self, *clauses: Clause) -> tuple[Clause, ...]:
        return clauses

    def condition(self, kind: Token, body: Expr) -> Clause:
        return Clause("when" if kind == "when" else "unless", body)

    # Scopes

    def principal(self, variable: Token, constraint: ScopeConstraint) -> ScopeConstraint:
        return with_own_slot(variable, constraint)

    def resource(self, variable: Token, constraint: ScopeConstraint) -> ScopeConstraint:
        return with_own_slot(variable, constraint)

    def action(self, _: Token, constraint: Anything | ActionEquals | ActionIn) -> object:
        return constraint

    def anything(self) -> Anything:
        return Anything()

    def equals(self, target: EntityUid | Slot) -> Equals:
        return Equals(target)

    def within(self, target: EntityUid | Slot) -> Within:
        return Within(target)

    def of_type(self, name: list[Token]) -> OfType:
        return OfType("::".join(name))

    def of_type_within(self, name: list[Token], target: EntityUid | Slot) -> OfTypeWithin:
        return OfTypeWithin("::".join(name), target)

    def slot(self, token: Token) -> Slot:
        if token not in ("?principal", "?resource"):
            raise Refusal(f"there is no slot `{token}`, only `?principal` and `?resource`", token)
        return Slot(cast(SlotName, str(token)))

    def action_equals(self, action: EntityUid) -> ActionEquals:
        return ActionEquals(action)

    def action_in(self, action: EntityUid) -> ActionIn:
        return ActionIn((action,))

    def action_in_list(self, actions: tuple[EntityUid, ...]) -> ActionIn:
        return ActionIn(actions)

    def action_uid(self, name: list[Token], entity_id: Token) -> EntityUid:
        uid = self.entity_uid(name, entity_id)
        if not is_action_type(uid.type):
            raise Refusal(f"{show(uid)} is no action: the name of its type must end in `Action`", name[-1])
        return uid

    # Names and literals

    def name(self, word: Token) -> list[Token]:
        return [identifier(word)]

    def longer_name(self, name: list[Token], word: Token) -> list[Token]:
        name.append(identifier(word))
        return name

    def entity_uid(self, name: list[Token], entity_id: Token) -> EntityUid:
        return EntityUid("::".join(name), text_of(entity_id))

    def entity(self, uid: EntityUid) -> Lit:
        return Lit(uid)

    def variable(self, word: Token) -> Var:
        return Var(cast(Variable, str(word)))

    def boolean(self, word: Token) -> Lit:
        return Lit(TRUE if word == "true" else FALSE)

    def string(self, token: Token) -> Lit:
        return Lit(String(text_of(token)))

    def number(self, digits: Token) -> Lit:
        number = from_digits(digits)
        if number > MAX_LONG:
            raise Refusal(f"the number is greater than {MAX_LONG}", digits)
        return Lit(Long(number))

    def neg_number(self, *tokens: Token) -> Expr:
        """The innermost sign belongs to the literal (spec 01 §2.3)."""
        *signs, digits = tokens
        number = from_digits(digits)
        if number > MAX_LONG + 1:
            raise Refusal(f"the number is less than -{MAX_LONG + 1}", digits)
        return prefixed("neg", len(signs) - 1, Lit(Long(-number)))

    # Operators

    def if_(self, condition: Expr, then: Expr, otherwise: Expr) -> If:
        return If(condition, then, otherwise)

    def or_(self, left: Expr, right: Expr) -> Or:
        return Or(left, right)

    def and_(self, left: Expr, right: Expr) -> And:
        return And(left, right)

    def binary(self, left: Expr, operator: Token, right: Expr) -> Binary:
        return Binary(cast(BinaryOp, str(operator)), left, right)

    def in_(self, left: Expr, right: Expr) -> Binary:
        return Binary("in", left, right)

    def has_string(self, operand: Expr, attr: Token) -> HasAttr:
        return HasAttr(operand, text_of(attr))

    def has_path(self, operand: Expr, path: tuple[Token, ...]) -> Expr:
        return has_path(operand, [str(identifier(attr)) for attr in path])

    def like(self, operand: Expr, pattern: Token) -> Like:
        return Like(operand, pattern_of(pattern))

    def is_type(self, operand: Expr, name: list[Token]) -> Is:
        return Is(operand, "::".join(name))

    def is_in(self, operand: Expr, name: list[Token], ancestor: Expr) -> IsIn:
        return IsIn(operand, "::".join(name), ancestor)

    def not_(self, *parts: Any) -> Expr:
        *signs, operand = parts
        return prefixed("!", len(signs), operand)

    def neg(self, *parts: Any) -> Expr:
        *signs, operand = parts
        return prefixed("neg", len(signs), operand)

    # Accesses, calls and literals with parts

    def get_attr(self, operand: Expr, attr: Token) -> GetAttr:
        return GetAttr(operand, str(identifier(attr)))

    def get_index(self, operand: Expr, attr: Token) -> GetAttr:
        return GetAttr(operand, text_of(attr))

    def method(self, receiver: Expr, name: Token, arguments: tuple[Expr, ...]) -> Expr:
        if name in METHODS:
            return Call(str(name), (receiver, *arguments))
        if name not in BUILT_IN_METHODS:
            raise Refusal(f"there is no method `{name}`", name)
        if len(arguments) != BUILT_IN_METHODS[name]:
            wanted = BUILT_IN_METHODS[name]
            raise Refusal(f"`{name}` takes {wanted} argument(s), not {len(arguments)}", name)
        if not arguments:
            return Unary("isEmpty", receiver)
        return Binary(cast(BinaryOp, str(name)), receiver, arguments[0])

    def function(self, name: list[Token], arguments: tuple[Expr, ...]) -> Call:
        if len(name) != 1 or name[0] not in CONSTRUCTORS:
            raise Refusal(f"there is no function `{'::'.join(name)}`", name[0])
        return Call(str(name[0]), arguments)

    def set_(self, elements: tuple[Expr, ...]) -> SetOf:
        return SetOf(elements)

    def record(self, fields: tuple[tuple[str, Token, Expr], ...]) -> RecordOf:
        found: dict[str, Expr] = {}
        for key, token, value in fields:
            if key in found:
                raise Refusal(f"the key {key!a} is repeated", token)
            found[key] = value
        return RecordOf(tuple(sorted(found.items(), key=lambda item: item[0])))

    def word_field(self, key: Token, value: Expr) -> tuple[str, Token, Expr]:
        return str(identifier(key)), key, value

    def string_field(self, key: Token, value: Expr) -> tuple[str, Token, Expr]:
        return text_of(key), key, value

    def words(self, *words: Token) -> tuple[Token, ...]:
        return words

    def items(self, *items: Any) -> tuple[Any, ...]:
        return items


def identifier(word: Token) -> Token:
    """The word itself, where a reserved one is not allowed."""
    if word in RESERVED:
        raise Refusal(f"`{word}` is a reserved word", word)
    return word


def text_of(token: Token) -> str:
    """The string that a string token denotes."""
    try:
        return unescape(token[1:-1])
    except EscapeError as error:
        raise Refusal(str(error), token, error.offset + 1) from None


def pattern_of(token: Token) -> Pattern:
    """The pattern that a string token denotes."""
    try:
        return unescape_pattern(token[1:-1])
    except EscapeError as error:
        raise Refusal(str(error), token, error.offset + 1) from None


def prefixed(op: Any, times: int, operand: Expr) -> Expr:
    """The operand under a number of equal prefix operators."""
    for _ in range(times):
        operand = Unary(op, operand)
    return operand


def with_own_slot(variable: Token, constraint: ScopeConstraint) -> ScopeConstraint:
    """The constraint, whose slot must be the one of its variable."""
    slot = getattr(constraint, "target", None)
    if isinstance(slot, Slot) and slot.name != f"?{variable}":
        raise Refusal(f"`{slot.name}` cannot stand in the scope of `{variable}`", variable)
    return constraint
