"""Wrong rules of the language, each close to the right one; the defects plant them in the reference."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from drt.assess.planted.engines import Patches
from reference import evaluator
from reference import extension_functions as functions
from reference.errors import EvaluationError
from reference.extensions import datetime, decimal, duration, ipaddr
from reference.extensions.datetime import Datetime
from reference.extensions.decimal import Decimal
from reference.extensions.duration import Duration
from reference.extensions.ipaddr import IpAddr
from reference.integers import checked
from reference.policies import Body, Equals, OfTypeWithin, Within
from reference.syntax import IsIn, Slot
from reference.values import TRUE, Bool, EntityUid, Long, Set, String, Value

_binary, _unary, _is_in_any = evaluator.binary, evaluator.unary, evaluator.is_in_any
_value = evaluator.Evaluator.value


def binary(fault: Callable[[str, Any, Any], Value | None]) -> Patches:
    """The operators with one rule changed; `fault` gives None where it leaves them alone."""

    def rule(op: Any, left: Any, right: Any, entities: Any) -> Any:
        found = fault(op, left, right)
        return _binary(op, left, right, entities) if found is None else found

    return {(evaluator, "binary"): rule}


def both(left: Any, right: Any, kind: type[Any]) -> bool:
    return isinstance(left, kind) and isinstance(right, kind)


def contains_all_swapped(op: str, left: Any, right: Any) -> Value | None:
    if op == "containsAll" and both(left, right, Set):
        return Bool(left.elements <= right.elements)
    return None


def contains_any_of_nothing(op: str, left: Any, right: Any) -> Value | None:
    return TRUE if op == "containsAny" and both(left, right, Set) and not right.elements else None


def equal_sizes(op: str, left: Any, right: Any) -> Value | None:
    if op == "==" and both(left, right, Set) and left.elements and right.elements:
        return Bool(len(left.elements) == len(right.elements))
    return None


def datetime_less_swapped(op: str, left: Any, right: Any) -> Value | None:
    if op == "<=" and both(left, right, Datetime):
        return Bool(right.milliseconds <= left.milliseconds)
    return None


def times_zero(op: str, left: Any, right: Any) -> Value | None:
    if op == "*" and both(left, right, Long) and 0 in (left.value, right.value):
        return Long(left.value + right.value)
    return None


def get_tag(op: Any, left: Any, right: Any, entities: Any) -> Value:
    """A tag that is not there errs as an attribute does."""
    try:
        return _binary(op, left, right, entities)
    except EvaluationError as error:
        raise EvaluationError("attr-missing" if error.kind == "tag-missing" else error.kind) from None


def has_tag(op: Any, left: Any, right: Any, entities: Any) -> Value:
    """An attribute counts as a tag."""
    if op == "hasTag" and isinstance(left, EntityUid) and isinstance(right, String):
        return Bool(right.value in {**entities.tags_or_empty(left), **entities.attrs_or_empty(left)})
    return _binary(op, left, right, entities)


def in_any_of_the_entities(member: EntityUid, elements: Any, entities: Any) -> bool:
    """Skip the elements that are no entities."""
    return _is_in_any(member, frozenset(e for e in elements if isinstance(e, EntityUid)), entities)


def is_type_anywhere(self: evaluator.Evaluator, x: Any) -> Value:
    """`is … in` forgets its second half."""
    return evaluator.is_type(self.value(x.operand), x.type) if isinstance(x, IsIn) else _value(self, x)


def negation_of_negatives_only(op: Any, operand: Any) -> Value:
    """Leave positive numbers unchanged."""
    if op == "neg" and isinstance(operand, Long) and operand.value > 0:
        return operand
    return _unary(op, operand)


def is_empty_of_one(op: Any, operand: Any) -> Value:
    if op == "isEmpty" and isinstance(operand, Set):
        return Bool(len(operand.elements) <= 1)
    return _unary(op, operand)


def function(name: str, rule: Callable[..., Value]) -> Patches:
    """An extension function with another rule and the same kinds of arguments."""
    changed = replace(functions.FUNCTIONS[name], rule=rule)
    return {(functions, "FUNCTIONS"): {**functions.FUNCTIONS, name: changed}}


def less_or_equal(left: Decimal, right: Decimal) -> Value:
    return Bool(left.ten_thousandths <= right.ten_thousandths)


def decimal_without_sign_of_zero(text: String) -> Value:
    """`-0.5` is read as `0` and `.5`, both without a sign."""
    found = decimal.parse(text.value)
    return Decimal(-found.ten_thousandths) if text.value.startswith("-0.") else found


def not_in_its_own_range(inner: IpAddr, outer: IpAddr) -> Value:
    return Bool(ipaddr.is_in_range(inner, outer) and inner != outer)


def loopback_of_one_address(value: IpAddr) -> Value:
    return Bool(value.address in (127 << 24 | 1, 1))


def ip_without_prefix(text: String) -> Value:
    """The prefix length is checked and forgotten."""
    found = ipaddr.parse(text.value)
    return replace(found, prefix=found.width)


def date_toward_zero(instant: Datetime) -> Value:
    day = duration.DAY
    since = abs(instant.milliseconds) // day * day
    return Datetime(since if instant.milliseconds >= 0 else -since)


def datetime_without_zone(text: String) -> Value:
    found = datetime.parse(text.value)
    return (
        datetime.parse(text.value[:-5] + "Z")
        if text.value[-5:-4] in ("+", "-") and "T" in text.value
        else found
    )


def hours_downward(value: Duration) -> Value:
    return Long(value.milliseconds // duration.HOUR)


def milliseconds_are_seconds(text: String) -> Value:
    found = duration.parse(text.value)
    match = duration.FORM.fullmatch(text.value)
    if match is None or match[6] is None:
        return found
    return duration.parse(text.value.replace("ms", "s")) if match[5] is None else found


def swapped_since(instant: Datetime, earlier: Datetime) -> Value:
    return datetime.duration_since(earlier, instant)


def offset_backward(instant: Datetime, by: Duration) -> Value:
    """Go back, where both ways lead to an instant: otherwise documents that hold an `offset` are refused too."""
    forward = checked(instant.milliseconds + by.milliseconds, "extension")
    back = instant.milliseconds - by.milliseconds
    return Datetime(back if -(2**63) <= back < 2**63 else forward)


def filled_by_the_other(body: Body, values: Mapping[Any, EntityUid]) -> Body:
    """Swap the values of a template's two slots."""
    other = {"?principal": "?resource", "?resource": "?principal"}

    def fill(constraint: Any) -> Any:
        match constraint:
            case Equals(Slot(name)):
                return Equals(values.get(other[name], values[name]))
            case Within(Slot(name)):
                return Within(values.get(other[name], values[name]))
            case OfTypeWithin(type_name, Slot(name)):
                return OfTypeWithin(type_name, values.get(other[name], values[name]))
            case _:
                return constraint

    return replace(body, principal=fill(body.principal), resource=fill(body.resource))
