"""Partial evaluation form by form (spec 09 §4): each rule takes results on the operands.

Children come first, so a rule never sees an operand that it could decide further. Decisions by type (§4.1)
are made where the term was built; a rule only checks that the operands are free of errors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

from ..errors import EvaluationError
from ..execution.operations import contains_all, contains_any, less, less_equal, long, ranged
from ..language.extensions import FUNCTIONS, call
from ..language.uids import Uid
from ..language.values import Record, SetValue, Value, equal, key, set_of
from ..schema.model import ExternalEntityType, SchemaModel, StandardEntityType
from . import terms as op
from .terms import ERROR, Operand, Term, error_free, rebuilt


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is known of entities: an entity that a map lacks is unknown in that part."""

    model: SchemaModel
    attributes: Mapping[Uid, Record]
    ancestors: Mapping[Uid, frozenset[Uid]]
    tags: Mapping[Uid, Record]


UnaryRule: TypeAlias = Callable[[Operand, Any, Known], Operand]
BinaryRule: TypeAlias = Callable[[Operand, Operand, Any, Known], Operand]
ManyRule: TypeAlias = Callable[[Any, list[Operand]], Operand]


def _free(left: Operand, right: Operand) -> bool:
    """Return whether two operands are free of errors."""
    return (left.__class__ is not Term or left.error_free) and (
        right.__class__ is not Term or right.error_free
    )


# One operand


def _not(operand: Operand, extra: Any, known: Known) -> Operand:
    if operand.__class__ is Term:
        return ERROR if operand is ERROR else Term(op.NOT, None, (operand,))
    return operand is not True


def _neg(operand: Operand, extra: Any, known: Known) -> Operand:
    if isinstance(operand, Term):
        return rebuilt(op.NEG, None, (operand,))
    try:
        return ranged(-long(operand))
    except EvaluationError:
        return ERROR


def _is_empty(operand: Operand, extra: Any, known: Known) -> Operand:
    if isinstance(operand, SetValue):
        return not operand.keys
    return rebuilt(op.IS_EMPTY, None, (operand,))


def _like(operand: Operand, extra: Any, known: Known) -> Operand:
    if isinstance(operand, str):
        matches: bool = extra[1].matches(operand)
        return matches
    return rebuilt(op.LIKE, extra, (operand,))


def _is(operand: Operand, extra: Any, known: Known) -> Operand:
    if operand.__class__ is not Term or operand.error_free:
        decided: bool = extra[1]
        return decided
    return rebuilt(op.IS, extra, (operand,))


def _get(operand: Operand, name: Any, known: Known) -> Operand:
    if operand.__class__ is Uid:
        record = known.attributes.get(operand)
        if record is None:
            return Term(op.GET, name, (operand,))
    elif isinstance(operand, dict):
        record = operand
    else:
        return rebuilt(op.GET, name, (operand,))
    found = record.get(name)
    return ERROR if found is None else found


def _has(operand: Operand, extra: Any, known: Known) -> Operand:
    path, lacks = extra
    if operand.__class__ is Term:
        if lacks and operand.error_free:
            return False
        return rebuilt(op.HAS, extra, (operand,))
    return False if lacks else _walk(cast(Value, operand), path, known)


def _walk(value: Value, path: tuple[str, ...], known: Known) -> Operand:
    """Return `value has path`; it stops at the first entity with unknown attributes (spec 09 §4.4)."""
    for position, name in enumerate(path):
        if isinstance(value, dict):
            record = value
        else:
            assert isinstance(value, Uid)
            found = known.attributes.get(value)
            if found is None:
                if lacks_attribute(known.model, value.type, name):
                    return False
                return Term(op.HAS, (path[position:], False), (value,))
            record = found
        if name not in record:
            return False
        value = record[name]
    return True


def lacks_attribute(model: SchemaModel, entity_type: str, name: str) -> bool:
    """Return whether a declared entity type, no action type, does not declare an attribute."""
    match model.entity_types.get(entity_type):
        case None | ExternalEntityType():
            return False
        case StandardEntityType(shape=shape):
            return name not in shape.attributes
        case _:
            return True


# Two operands


def _eq(left: Operand, right: Operand, apart: Any, known: Known) -> Operand:
    if left.__class__ is not Term and right.__class__ is not Term:
        return equal(cast(Value, left), cast(Value, right))
    if apart and _free(left, right):
        return False
    return rebuilt(op.EQ, apart, (left, right))


def _in(left: Operand, right: Operand, never: Any, known: Known) -> Operand:
    if never and _free(left, right):
        return False
    if not isinstance(left, Uid) or isinstance(right, Term):
        return rebuilt(op.IN, never, (left, right))
    ancestors = known.ancestors.get(left)
    if isinstance(right, Uid):
        if left is right:
            return True
        return Term(op.IN, never, (left, right)) if ancestors is None else right in ancestors
    assert isinstance(right, SetValue)
    if left in right.keys:
        return True
    if ancestors is not None:
        return not right.keys.isdisjoint(ancestors)
    return Term(op.IN, never, (left, right)) if right.keys else False


def _has_tag(left: Operand, right: Operand, lacks: Any, known: Known) -> Operand:
    if lacks and _free(left, right):
        return False
    if isinstance(left, Uid) and isinstance(right, str):
        tags = known.tags.get(left)
        return Term(op.HAS_TAG, lacks, (left, right)) if tags is None else right in tags
    return rebuilt(op.HAS_TAG, lacks, (left, right))


def _get_tag(left: Operand, right: Operand, extra: Any, known: Known) -> Operand:
    if isinstance(left, Uid) and isinstance(right, str):
        tags = known.tags.get(left)
        if tags is None:
            return Term(op.GET_TAG, None, (left, right))
        found = tags.get(right)
        return ERROR if found is None else found
    return rebuilt(op.GET_TAG, None, (left, right))


def _applied(code: int, apply: Callable[[Any, Any], Value]) -> BinaryRule:
    """Return the rule of a form that is applied to two values, and rebuilt otherwise."""

    def rule(left: Operand, right: Operand, extra: Any, known: Known) -> Operand:
        if left.__class__ is Term or right.__class__ is Term:
            return rebuilt(code, None, (left, right))
        try:
            return apply(left, right)
        except EvaluationError:
            return ERROR

    return rule


# Control: the left operand is no value that decides, which the code has jumped over.


def conjunction(left: Operand, right: Operand) -> Operand:
    """Return `left && right`, where left is neither `false` nor the error."""
    if left is True:
        return right
    if right is True:
        return left
    if right is False and error_free(left):
        return False
    return Term(op.AND, None, (left, right))


def disjunction(left: Operand, right: Operand) -> Operand:
    """Return `left || right`, where left is neither `true` nor the error."""
    if left is False:
        return right
    if right is False:
        return left
    if right is True and error_free(left):
        return True
    return Term(op.OR, None, (left, right))


# Many operands


def _set(extra: Any, operands: list[Operand]) -> Operand:
    if any(operand.__class__ is Term for operand in operands):
        return rebuilt(op.SET, None, tuple(operands))
    return set_of(cast("list[Value]", operands))


def _record(names: Any, operands: list[Operand]) -> Operand:
    if any(operand.__class__ is Term for operand in operands):
        return rebuilt(op.RECORD, names, tuple(operands))
    return cast(Record, dict(zip(names, operands, strict=True)))


def _call(function: Any, operands: list[Operand]) -> Operand:
    if any(operand.__class__ is Term for operand in operands):
        return rebuilt(op.CALL, function, tuple(operands))
    try:
        return call(FUNCTIONS[function], cast("list[Value]", operands))
    except EvaluationError:
        return ERROR


UNARY: Final[dict[int, UnaryRule]] = {
    op.NOT: _not,
    op.NEG: _neg,
    op.IS_EMPTY: _is_empty,
    op.LIKE: _like,
    op.IS: _is,
    op.GET: _get,
    op.HAS: _has,
}
BINARY: Final[dict[int, BinaryRule]] = {
    op.EQ: _eq,
    op.IN: _in,
    op.HAS_TAG: _has_tag,
    op.GET_TAG: _get_tag,
    op.LT: _applied(op.LT, less),
    op.LE: _applied(op.LE, less_equal),
    op.ADD: _applied(op.ADD, lambda left, right: ranged(left + right)),
    op.SUB: _applied(op.SUB, lambda left, right: ranged(left - right)),
    op.MUL: _applied(op.MUL, lambda left, right: ranged(left * right)),
    op.CONTAINS: _applied(op.CONTAINS, lambda left, right: key(right) in left.keys),
    op.CONTAINS_ALL: _applied(op.CONTAINS_ALL, contains_all),
    op.CONTAINS_ANY: _applied(op.CONTAINS_ANY, contains_any),
}
MANY: Final[dict[int, ManyRule]] = {op.SET: _set, op.RECORD: _record, op.CALL: _call}
