"""The meaning of expressions (spec 02 §4): read this first.

A rule is one row: the form, the shapes of its operands, the value. The last row of a table is the error, so
that an error is whatever no row accepts. `rule` says what a form makes of its operands, which are functions
here: calling one is evaluating it, and rules call from left to right. The other tables are about values.
"""

from __future__ import annotations

from collections.abc import Sequence

from reference.entities import Entities
from reference.errors import EvaluationError
from reference.extensions.datetime import Datetime
from reference.extensions.duration import Duration
from reference.extensions.functions import call
from reference.integers import checked
from reference.meaning import Meaning, Situation, compose, failing
from reference.request import Request
from reference.syntax import (
    And,
    Binary,
    BinaryOp,
    Call,
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
from reference.values import FALSE, TRUE, Bool, EntityUid, Long, Record, Set, String, Value, boolean
from reference.wildcard import matches


def evaluate(expr: Expr, request: Request, entities: Entities) -> Value:
    """The value of an expression.

    Raises:
        EvaluationError: the expression has no value.
    """
    return meaning(expr)(Situation(request, entities))


def meaning(expr: Expr) -> Meaning:
    """What the expression means: its value in every situation."""
    return compose(expr, rule)


def rule(expr: Expr, operands: Sequence[Meaning]) -> Meaning:
    """Every form: operands strictly from left to right, then the tables below."""
    match expr, operands:
        case ((Lit() | Var() | Slot()), _):
            return leaf(expr)
        case And(), (left, right):
            return lambda at: truth(right(at)) if truth(left(at)).value else FALSE
        case Or(), (left, right):
            return lambda at: TRUE if truth(left(at)).value else truth(right(at))
        case If(), (condition, then, otherwise):
            return lambda at: then(at) if truth(condition(at)).value else otherwise(at)
        case Unary(op), (operand,):
            return lambda at: unary(op, operand(at))
        case Binary(operator), (left, right):
            return lambda at: binary(operator, left(at), right(at), at.entities)
        case GetAttr(_, attr), (operand,):
            return lambda at: get_attr(operand(at), attr, at.entities)
        case HasAttr(_, attr), (operand,):
            return lambda at: has_attr(operand(at), attr, at.entities)
        case HasPath(_, path), (operand,):
            return lambda at: has_path(operand(at), path, at.entities)
        case Is(_, type_name), (operand,):
            return lambda at: is_type(operand(at), type_name)
        case IsIn(_, type_name), (operand, ancestor):
            return lambda at: is_type_in(operand(at), type_name, ancestor, at)
        case Like(_, pattern), (operand,):
            return lambda at: like(operand(at), pattern)
        case SetOf(elements), _ if all(isinstance(element, Lit) for element in elements):
            literal = Set(frozenset([element.value for element in elements if isinstance(element, Lit)]))
            return lambda _: literal
        case SetOf(), _:
            return lambda at: Set(frozenset([operand(at) for operand in operands]))
        case RecordOf(fields), _:
            parts = [(key, operand) for (key, _), operand in zip(fields, operands, strict=True)]
            return lambda at: Record({key: operand(at) for key, operand in parts})
        case Call(function), _:
            return lambda at: call(function, [operand(at) for operand in operands])
        case _:
            raise AssertionError("the operands are not those of this form")


def leaf(expr: Leaf) -> Meaning:
    match expr:
        case Lit(value):
            return lambda _: value
        case Var("principal"):
            return lambda at: at.request.principal
        case Var("action"):
            return lambda at: at.request.action
        case Var("resource"):
            return lambda at: at.request.resource
        case Var("context"):
            return lambda at: at.request.context
        case _:
            return failing("unlinked-slot")


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
            return boolean(not truth)
        case "neg", Long(number):
            return Long(checked(-number))
        case "isEmpty", Set(elements):
            return boolean(not elements)
        case _:
            raise EvaluationError("type")


def binary(op: BinaryOp, left: Value, right: Value, entities: Entities) -> Value:
    match op, left, right:
        case "==", _, _:
            return boolean(left == right)
        case "!=", _, _:
            return unary("!", binary("==", left, right, entities))
        case "in", EntityUid(), EntityUid():
            return boolean(entities.is_in(left, right))
        case "in", EntityUid(), Set(elements):
            return boolean(is_in_any(left, elements, entities))
        case ("<", Long(i), Long(j)) | ("<", Datetime(i), Datetime(j)) | ("<", Duration(i), Duration(j)):
            return boolean(i < j)
        case ("<=", Long(i), Long(j)) | ("<=", Datetime(i), Datetime(j)) | ("<=", Duration(i), Duration(j)):
            return boolean(i <= j)
        case ">", _, _:
            return unary("!", binary("<=", left, right, entities))
        case ">=", _, _:
            return unary("!", binary("<", left, right, entities))
        case "+", Long(i), Long(j):
            return Long(checked(i + j))
        case "-", Long(i), Long(j):
            return Long(checked(i - j))
        case "*", Long(i), Long(j):
            return Long(checked(i * j))
        case "contains", Set(elements), _:
            return boolean(right in elements)
        case "containsAll", Set(elements), Set(others):
            return boolean(others <= elements)
        case "containsAny", Set(elements), Set(others):
            return boolean(not elements.isdisjoint(others))
        case "hasTag", EntityUid(), String(tag):
            return has_tag(left, tag, entities)
        case "getTag", EntityUid(), String(tag):
            return get_tag(left, tag, entities)
        case _:
            raise EvaluationError("type")


def is_type_in(member: Value, type_name: str, ancestor: Meaning, at: Situation) -> Value:
    """`is … in`: what has another type is not looked for."""
    return binary("in", member, ancestor(at), at.entities) if is_type(member, type_name).value else FALSE


def is_in_any(member: EntityUid, elements: frozenset[Value], entities: Entities) -> bool:
    """Whether the member is in some element; all elements must be entities, even if one matches."""
    for element in elements:
        if not isinstance(element, EntityUid):
            raise EvaluationError("type")
    return member in elements or not entities.ancestors(member).isdisjoint(elements)


def is_type(value: Value, type_name: str) -> Bool:
    match value:
        case EntityUid(actual, _):
            return boolean(actual == type_name)
        case _:
            raise EvaluationError("type")


def like(value: Value, pattern: Pattern) -> Bool:
    match value:
        case String(text):
            return boolean(matches(text, pattern))
        case _:
            raise EvaluationError("type")


def has_attr(value: Value, attr: str, entities: Entities) -> Bool:
    match value:
        case Record(fields):
            return boolean(attr in fields)
        case EntityUid():
            entity = entities.find(value)
            return FALSE if entity is None else boolean(attr in entity.attrs)
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
    return FALSE if entity is None else boolean(tag in entity.tags)


def get_tag(uid: EntityUid, tag: str, entities: Entities) -> Value:
    entity = entities.find(uid)
    if entity is None:
        raise EvaluationError("entity-missing")
    if tag not in entity.tags:
        raise EvaluationError("tag-missing")
    return entity.tags[tag]
