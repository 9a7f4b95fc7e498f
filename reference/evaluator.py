"""The meaning of expressions (spec 02 §4): read this first.

A rule is one row: the form, the shapes of its operands, the value. The last row of a table is the error, so
that an error is whatever no row accepts. `forms` says which operands are evaluated, and in which order:
`yield e` is the value of `e`. The other tables are about values alone.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from reference.entities import Entities
from reference.errors import EvaluationError
from reference.extensions.datetime import Datetime
from reference.extensions.duration import Duration
from reference.extensions.functions import call
from reference.integers import checked
from reference.request import Request
from reference.syntax import (
    And,
    Binary,
    BinaryOp,
    Call,
    Compound,
    Expr,
    GetAttr,
    HasAttr,
    HasPath,
    If,
    Is,
    IsIn,
    Leaf,
    Like,
    Lit,
    Or,
    Pattern,
    RecordOf,
    SetOf,
    Slot,
    Unary,
    UnaryOp,
    Var,
)  # fmt: skip
from reference.values import FALSE, TRUE, Bool, EntityUid, Long, Record, Set, String, Value
from reference.wildcard import matches


def evaluate(expr: Expr, request: Request, entities: Entities) -> Value:
    """The value of an expression.

    Forms wait for their operands on a list, not on the interpreter's stack: depth is bounded by memory alone.

    Raises:
        EvaluationError: the expression has no value.
    """
    waiting: list[Generator[Expr, Value, Value]] = []
    value: Any
    while True:
        match expr:
            case Lit() | Var() | Slot():
                value = leaf(expr, request)
            case _:
                waiting.append(forms(expr, entities))
                value = None
        while waiting:
            try:
                expr = waiting[-1].send(value)
                break
            except StopIteration as finished:
                waiting.pop()
                value = finished.value
        else:
            result: Value = value
            return result


def leaf(expr: Leaf, request: Request) -> Value:
    match expr:
        case Lit(value):
            return value
        case Var("principal"):
            return request.principal
        case Var("action"):
            return request.action
        case Var("resource"):
            return request.resource
        case Var("context"):
            return request.context
        case _:
            raise EvaluationError("unlinked-slot")


def forms(expr: Compound, entities: Entities) -> Generator[Expr, Value, Value]:
    """Every compound form: operands strictly from left to right, then the rule."""
    match expr:
        case And(left, right):
            return truth((yield right)) if truth((yield left)).value else FALSE
        case Or(left, right):
            return TRUE if truth((yield left)).value else truth((yield right))
        case If(condition, then, otherwise):
            return (yield then) if truth((yield condition)).value else (yield otherwise)
        case Unary(op, operand):
            return unary(op, (yield operand))
        case Binary(op, left, right):
            return binary(op, (yield left), (yield right), entities)
        case GetAttr(operand, attr):
            return get_attr((yield operand), attr, entities)
        case HasAttr(operand, attr):
            return has_attr((yield operand), attr, entities)
        case HasPath(operand, path):
            return has_path((yield operand), path, entities)
        case Is(operand, type_name):
            return is_type((yield operand), type_name)
        case IsIn(operand, type_name, ancestor):
            member = yield operand
            of_type = is_type(member, type_name)
            return binary("in", member, (yield ancestor), entities) if of_type.value else FALSE
        case Like(operand, pattern):
            return like((yield operand), pattern)
        case SetOf(elements):
            return Set(frozenset((yield from in_order(elements))))
        case RecordOf(pairs):
            keys = [key for key, _ in pairs]
            values = yield from in_order([part for _, part in pairs])
            return Record(dict(zip(keys, values, strict=True)))
        case Call(function, arguments):
            return call(function, (yield from in_order(arguments)))


def in_order(exprs: Sequence[Expr]) -> Generator[Expr, Value, list[Value]]:
    values = []
    for expr in exprs:
        value = yield expr
        values.append(value)
    return values


def truth(value: Value) -> Bool:
    """The value itself, which must be a boolean."""
    match value:
        case Bool():
            return value
        case _:
            raise EvaluationError("type")


def unary(op: UnaryOp, operand: Value) -> Value:
    match op, operand:
        case "!", Bool(truth):
            return Bool(not truth)
        case "neg", Long(number):
            return Long(checked(-number))
        case "isEmpty", Set(elements):
            return Bool(not elements)
        case _:
            raise EvaluationError("type")


def binary(op: BinaryOp, left: Value, right: Value, entities: Entities) -> Value:
    match op, left, right:
        case "==", _, _:
            return Bool(left == right)
        case "in", EntityUid(), EntityUid():
            return Bool(entities.is_in(left, right))
        case "in", EntityUid(), Set(elements):
            return Bool(is_in_any(left, elements, entities))
        case ("<", Long(i), Long(j)) | ("<", Datetime(i), Datetime(j)) | ("<", Duration(i), Duration(j)):
            return Bool(i < j)
        case ("<=", Long(i), Long(j)) | ("<=", Datetime(i), Datetime(j)) | ("<=", Duration(i), Duration(j)):
            return Bool(i <= j)
        case "+", Long(i), Long(j):
            return Long(checked(i + j))
        case "-", Long(i), Long(j):
            return Long(checked(i - j))
        case "*", Long(i), Long(j):
            return Long(checked(i * j))
        case "contains", Set(elements), _:
            return Bool(right in elements)
        case "containsAll", Set(elements), Set(others):
            return Bool(others <= elements)
        case "containsAny", Set(elements), Set(others):
            return Bool(not elements.isdisjoint(others))
        case "hasTag", EntityUid(), String(tag):
            return has_tag(left, tag, entities)
        case "getTag", EntityUid(), String(tag):
            return get_tag(left, tag, entities)
        case "!=", _, _:
            return unary("!", binary("==", left, right, entities))
        case ">", _, _:
            return unary("!", binary("<=", left, right, entities))
        case ">=", _, _:
            return unary("!", binary("<", left, right, entities))
        case _:
            raise EvaluationError("type")


def is_in_any(member: EntityUid, elements: frozenset[Value], entities: Entities) -> bool:
    """Whether the member is in some element; all elements must be entities, even if one matches."""
    if not all(isinstance(element, EntityUid) for element in elements):
        raise EvaluationError("type")
    return member in elements or not entities.ancestors(member).isdisjoint(elements)


def is_type(value: Value, type_name: str) -> Bool:
    match value:
        case EntityUid(actual, _):
            return Bool(actual == type_name)
        case _:
            raise EvaluationError("type")


def like(value: Value, pattern: Pattern) -> Bool:
    match value:
        case String(text):
            return Bool(matches(text, pattern))
        case _:
            raise EvaluationError("type")


def has_attr(value: Value, attr: str, entities: Entities) -> Bool:
    match value:
        case Record(fields):
            return Bool(attr in fields)
        case EntityUid():
            entity = entities.find(value)
            return FALSE if entity is None else Bool(attr in entity.attrs)
        case _:
            raise EvaluationError("type")


def get_attr(value: Value, attr: str, entities: Entities) -> Value:
    match value:
        case Record(fields) if attr in fields:
            return fields[attr]
        case Record():
            raise EvaluationError("attr-missing")
        case EntityUid():
            entity = entities.find(value)
            if entity is None:
                raise EvaluationError("entity-missing")
            if attr not in entity.attrs:
                raise EvaluationError("attr-missing")
            return entity.attrs[attr]
        case _:
            raise EvaluationError("type")


def has_path(value: Value, path: tuple[str, ...], entities: Entities) -> Bool:
    """`has a.b.c`: each attribute in turn, up to the first that is missing."""
    for attr in path[:-1]:
        if not has_attr(value, attr, entities).value:
            return FALSE
        value = get_attr(value, attr, entities)
    return has_attr(value, path[-1], entities)


def has_tag(uid: EntityUid, tag: str, entities: Entities) -> Bool:
    entity = entities.find(uid)
    return FALSE if entity is None else Bool(tag in entity.tags)


def get_tag(uid: EntityUid, tag: str, entities: Entities) -> Value:
    entity = entities.find(uid)
    if entity is None:
        raise EvaluationError("entity-missing")
    if tag not in entity.tags:
        raise EvaluationError("tag-missing")
    return entity.tags[tag]
