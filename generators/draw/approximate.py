"""An approximation of the value of an expression under the witness, only to aim constants.

It covers the common operators and gives up (`Unknown`) on the rest and on every error, so it is no engine: a
wrong value costs aim, and nothing is ever compared with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from generators.draw.entities import ancestors
from generators.draw.extension_values import DAY, UNITS, datetime_value, duration_value
from generators.draw.syntax import (
    Binary,
    Call,
    Expr,
    ExtV,
    GetAttr,
    Has,
    If,
    Is,
    Like,
    Lit,
    RecordLit,
    RecordV,
    SetLit,
    SetV,
    Uid,
    Unary,
    Value,
    Var,
)
from generators.draw.world import Entity
from generators.language import FUNCTIONS


class Unknown(Exception):
    """An error, or something that the approximation does not cover."""


class Facts(Protocol):
    """The facts that are known: the witness, the entities, and the extension values that were written."""

    entities: dict[Uid, Entity]
    written: dict[tuple[str, str], ExtV]

    def root_value(self, root: Var) -> Value:
        """Return the value of a variable."""
        ...

    def attribute(self, value: Value, attr: str) -> Value | None:
        """Return an attribute of a value; None where it has none."""
        ...

    def tags(self, value: Value | None) -> tuple[tuple[str, Value], ...]:
        """Return the tags of an entity."""
        ...


def truth(facts: Facts, expr: Expr) -> bool | None:
    """Return the truth of a condition; None where it is not known."""
    try:
        value = approximate(facts, expr)
    except Unknown:
        return None
    return value if isinstance(value, bool) else None


def approximate(facts: Facts, expr: Expr) -> Value:
    """Return the value of an expression; raise `Unknown` where it is not known."""
    match expr:
        case GetAttr(left, attr):
            found = facts.attribute(approximate(facts, left), attr)
            if found is None:
                raise Unknown
            return found
        case Var():
            return facts.root_value(expr)
        case Lit(value):
            return value
        case Binary(op, left, right):
            return _binary(facts, op, left, right)
        case Has(left, attrs):
            return _has(facts, approximate(facts, left), attrs)
        case Unary(op, arg):
            return _unary(op, approximate(facts, arg))
        case If(condition, then, otherwise):
            return approximate(facts, then if _boolean(approximate(facts, condition)) else otherwise)
        case Call(name, args):
            return _call(facts, name, args)
        case SetLit(items):
            return SetV(tuple(approximate(facts, item) for item in items))
        case Is(left, type_name, container):
            uid = _uid(approximate(facts, left))
            if uid.type != type_name or container is None:
                return uid.type == type_name
            return _within(facts, uid, approximate(facts, container))
        case Like(left, pattern):
            text = approximate(facts, left)
            if not isinstance(text, str):
                raise Unknown
            return matches(text, pattern)
        case RecordLit(items):
            return RecordV(tuple((name, approximate(facts, item)) for name, item in items))


def equal(a: Value, b: Value) -> bool:
    """Return whether two values are equal (spec 02 §2)."""
    match a, b:
        case (ExtV(kind, _, key), ExtV(other_kind, _, other_key)):
            return kind == other_kind and key == other_key
        case (SetV(items), SetV(others)):
            return _subset(items, others) and _subset(others, items)
        case (RecordV(items), RecordV(others)):
            left, right = dict(items), dict(others)
            return left.keys() == right.keys() and all(equal(left[key], right[key]) for key in left)
        case _:
            return type(a) is type(b) and a == b


def _subset(items: tuple[Value, ...], others: tuple[Value, ...]) -> bool:
    return all(any(equal(item, other) for other in others) for item in items)


def _boolean(value: Value) -> bool:
    if isinstance(value, bool):
        return value
    raise Unknown


def _uid(value: Value) -> Uid:
    if isinstance(value, Uid):
        return value
    raise Unknown


def _set(value: Value) -> tuple[Value, ...]:
    if isinstance(value, SetV):
        return value.items
    raise Unknown


def _number(value: Value) -> int:
    if isinstance(value, ExtV):
        return value.key[0]
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise Unknown


_ORDER: dict[str, Callable[[int, int], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "lessThan": lambda a, b: a < b,
    "lessThanOrEqual": lambda a, b: a <= b,
    "greaterThan": lambda a, b: a > b,
    "greaterThanOrEqual": lambda a, b: a >= b,
}
_ARITHMETIC: dict[str, Callable[[int, int], int]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
}


def _binary(facts: Facts, op: str, left: Expr, right: Expr) -> Value:
    a = approximate(facts, left)
    if op in ("&&", "||"):
        return a if _boolean(a) is (op == "||") else _boolean(approximate(facts, right))
    b = approximate(facts, right)
    match op:
        case "==":
            return equal(a, b)
        case "!=":
            return not equal(a, b)
        case "in":
            return _within(facts, _uid(a), b)
        case "contains":
            return _subset((b,), _set(a))
        case "containsAll":
            return _subset(_set(b), _set(a))
        case "containsAny":
            held = _set(a)
            return any(_subset((item,), held) for item in _set(b))
        case "hasTag":
            return any(name == b for name, _ in facts.tags(a))
        case "getTag":
            found = [value for name, value in facts.tags(a) if name == b]
            if not found:
                raise Unknown
            return found[0]
    if op in _ARITHMETIC:
        return _ARITHMETIC[op](_number(a), _number(b))
    return _ORDER[op](_number(a), _number(b))


def _within(facts: Facts, uid: Uid, container: Value) -> bool:
    targets = container.items if isinstance(container, SetV) else (container,)
    return uid in targets or any(above in targets for above in ancestors(uid, facts.entities))


def _has(facts: Facts, value: Value, attrs: tuple[str, ...]) -> bool:
    for attr in attrs:
        found = facts.attribute(value, attr)
        if found is None:
            return False
        value = found
    return True


def _unary(op: str, value: Value) -> Value:
    match op:
        case "!":
            return not _boolean(value)
        case "neg":
            return -_number(value)
        case _:
            return not _set(value)


def _call(facts: Facts, name: str, args: tuple[Expr, ...]) -> Value:
    if name in FUNCTIONS:
        match args:
            case (Lit(str() as text),) if (name, text) in facts.written:
                return facts.written[name, text]
        raise Unknown
    values = [approximate(facts, arg) for arg in args]
    receiver = values[0]
    if not isinstance(receiver, ExtV):
        raise Unknown
    if receiver.kind == "ipaddr":
        return _address(name, receiver.key, values[1:])
    number = receiver.key[0]
    if name in _ORDER:
        return _ORDER[name](number, _number(values[1]))
    if name in UNITS:
        return abs(number) // UNITS[name] * (1 if number >= 0 else -1)
    match name:
        case "offset":
            return datetime_value(number + _number(values[1]))
        case "durationSince":
            return duration_value(number - _number(values[1]))
        case "toDate":
            return datetime_value(number - number % DAY)
        case "toTime":
            return duration_value(number % DAY)
    raise Unknown


def _address(name: str, key: tuple[int, ...], others: list[Value]) -> bool:
    version = key[0]
    match name:
        case "isIpv4":
            return version == 4
        case "isIpv6":
            return version == 6
        case "isLoopback":
            return _in_range(key, (4, 127 << 24, 8) if version == 4 else (6, 1, 128))
        case "isMulticast":
            return _in_range(key, (4, 224 << 24, 4) if version == 4 else (6, 0xFF << 120, 8))
    match others:
        case [ExtV("ipaddr", _, other)]:
            return _in_range(key, other)
    raise Unknown


def _in_range(key: tuple[int, ...], other: tuple[int, ...]) -> bool:
    shift = (32 if key[0] == 4 else 128) - other[2]
    return key[0] == other[0] and key[2] >= other[2] and key[1] >> shift == other[1] >> shift


def matches(text: str, pattern: tuple[str | None, ...]) -> bool:
    """Return whether a text fits a pattern.

    The first piece is at its start, the last at its end, the rest in between in order.
    """
    pieces: list[str] = [""]
    for piece in pattern:
        if piece is None:
            pieces.append("")
        else:
            pieces[-1] += piece
    if len(pieces) == 1:
        return text == pieces[0]
    first, *middle, last = pieces
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in middle:
        at = text.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True
