"""The evaluator (spec 02 §4): read this first.

The rows are those of `Evaluator.lean` in the Lean Spec, in its order: operators on values, then one row per
form of expression. The last row of an operator is the error, so that whatever no row accepts is an error.
Sugar has rows of its own, each behind the rows that it stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reference import syntax as ast
from reference.entities import Entities
from reference.errors import ErrorKind, EvaluationError
from reference.extension_functions import call
from reference.extensions.datetime import Datetime
from reference.extensions.duration import Duration
from reference.integers import checked
from reference.request import Request
from reference.values import FALSE, Bool, EntityUid, Long, Record, Set, String, Value, boolean
from reference.wildcard import matches


def unary(op: ast.UnaryOp, operand: Value) -> Value:
    """Apply an operator of one operand."""
    match op, operand:
        case "!", Bool(truth):
            return boolean(not truth)
        case "neg", Long(number):
            return Long(checked(-number))
        case "isEmpty", Set(elements):
            return boolean(not elements)
        case _:
            raise EvaluationError("type")


def like(operand: Value, pattern: ast.Pattern) -> Bool:
    """Apply `like`."""
    match operand:
        case String(text):
            return boolean(matches(text, pattern))
        case _:
            raise EvaluationError("type")


def is_type(operand: Value, type_name: str) -> Bool:
    """Apply `is`."""
    match operand:
        case EntityUid(actual, _):
            return boolean(actual == type_name)
        case _:
            raise EvaluationError("type")


def is_in_any(member: EntityUid, elements: frozenset[Value], entities: Entities) -> bool:
    """Return whether the member is in some element; all elements must be entities, even if one matches."""
    for element in elements:
        if not isinstance(element, EntityUid):
            raise EvaluationError("type")
    return member in elements or not entities.ancestors(member).isdisjoint(elements)


def binary(op: ast.BinaryOp, left: Value, right: Value, entities: Entities) -> Value:
    """Apply an operator or built-in method of two operands."""
    match op, left, right:
        case "==", _, _:
            return boolean(left == right)
        case "!=", _, _:
            return unary("!", binary("==", left, right, entities))
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
        case "in", EntityUid(), EntityUid():
            return boolean(entities.is_in(left, right))
        case "in", EntityUid(), Set(elements):
            return boolean(is_in_any(left, elements, entities))
        case "hasTag", EntityUid(), String(tag):
            return boolean(tag in entities.tags_or_empty(left))
        case "getTag", EntityUid(), String(tag):
            return find(tag, entities.tags(left), "tag-missing")
        case _:
            raise EvaluationError("type")


def attributes(operand: Value, lookup: Callable[[EntityUid], Mapping[str, Value]]) -> Mapping[str, Value]:
    """Return the attributes of a record, or of an entity as `lookup` finds them."""
    match operand:
        case Record(fields):
            return fields
        case EntityUid():
            return lookup(operand)
        case _:
            raise EvaluationError("type")


def has_attr(operand: Value, attr: str, entities: Entities) -> Bool:
    """Apply `has`."""
    return boolean(attr in attributes(operand, entities.attrs_or_empty))


def get_attr(operand: Value, attr: str, entities: Entities) -> Value:
    """Apply `.` or `[…]`."""
    return find(attr, attributes(operand, entities.attrs), "attr-missing")


def find(name: str, values: Mapping[str, Value], kind: ErrorKind) -> Value:
    """Return the value of a name, which must be there."""
    if name not in values:
        raise EvaluationError(kind)
    return values[name]


def has_path(operand: Value, path: tuple[str, ...], entities: Entities) -> Bool:
    """Apply `has a.b.c`: test each attribute in turn, up to the first that is missing."""
    for attr in path[:-1]:
        if not has_attr(operand, attr, entities).value:
            return FALSE
        operand = get_attr(operand, attr, entities)
    return has_attr(operand, path[-1], entities)


def truth(value: Value) -> bool:
    """Return the truth of a value, which must be a boolean."""
    match value:
        case Bool(truth):
            return truth
        case _:
            raise EvaluationError("type")


@dataclass(frozen=True)
class Evaluator:
    """The request and the store under which expressions have values."""

    request: Request
    entities: Entities

    def value(self, x: ast.Expr) -> Value:
        """Evaluate an expression, operands from left to right, or raise `EvaluationError`."""
        match x:
            case ast.Lit(literal):
                return literal
            case ast.Var(name):
                return self.request.variable(name)
            case ast.If(condition, then, otherwise):
                return self.value(then) if truth(self.value(condition)) else self.value(otherwise)
            case ast.And(left, right):
                return boolean(truth(self.value(left)) and truth(self.value(right)))
            case ast.Or(left, right):
                return boolean(truth(self.value(left)) or truth(self.value(right)))
            case ast.Unary(op, operand):
                return unary(op, self.value(operand))
            case ast.Like(operand, pattern):
                return like(self.value(operand), pattern)
            case ast.Is(operand, type_name):
                return is_type(self.value(operand), type_name)
            case ast.Binary(operator, left, right):
                return binary(operator, self.value(left), self.value(right), self.entities)
            case ast.IsIn(operand, type_name, ancestor):
                member = self.value(operand)
                is_member = truth(is_type(member, type_name))
                return binary("in", member, self.value(ancestor), self.entities) if is_member else FALSE
            case ast.HasAttr(operand, attr):
                return has_attr(self.value(operand), attr, self.entities)
            case ast.HasPath(operand, path):
                return has_path(self.value(operand), path, self.entities)
            case ast.GetAttr(operand, attr):
                return get_attr(self.value(operand), attr, self.entities)
            case ast.SetOf(elements):
                return Set(frozenset([self.value(element) for element in elements]))
            case ast.RecordOf(fields):
                return Record({key: self.value(part) for key, part in fields})
            case ast.Call(function, arguments):
                return call(function, [self.value(argument) for argument in arguments])
            case ast.Slot():
                raise EvaluationError("unlinked-slot")


def evaluate(expr: ast.Expr, request: Request, entities: Entities) -> Value:
    """Evaluate an expression under a request and a store; see `Evaluator.value`."""
    return Evaluator(request, entities).value(expr)
