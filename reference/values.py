"""Values, and when two of them are equal (spec 02 §1, §2).

Every kind of value has a class of its own, so that 1, true and "1" can never be taken for each other.
Equality is structural and total; on sets and records it is decided without recursion, as values may be
nested deeply.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from reference.extensions.datetime import Datetime
from reference.extensions.decimal import Decimal
from reference.extensions.duration import Duration
from reference.extensions.ipaddr import IpAddr
from reference.integers import keyed_hash

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Bool:
    value: bool


@dataclass(frozen=True, slots=True)
class Long:
    """A signed integer; INVARIANT: within 64 bits."""

    value: int

    def __hash__(self) -> int:
        return keyed_hash(self.value)


@dataclass(frozen=True, slots=True)
class String:
    """A sequence of Unicode scalar values; INVARIANT: no surrogates."""

    value: str


@dataclass(frozen=True, slots=True)
class EntityUid:
    """A reference to an entity, which need not exist. `type` is a normalized name such as `A::B`."""

    type: str
    id: str


@dataclass(frozen=True, slots=True, eq=False)
class Set:
    """A finite set: any mixture of kinds, no order, no duplicates."""

    elements: frozenset[Value]

    def __hash__(self) -> int:
        return hash(self.elements)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Set) and (self is other or _same(self, other))


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """A finite map from attribute names, which are any strings, to values."""

    fields: Mapping[str, Value]
    _hash: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # Taken once, bottom up: hashing a deep record later needs no recursion.
        object.__setattr__(self, "_hash", hash(frozenset(self.fields.items())))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Record) and (self is other or _same(self, other))


Extension = Decimal | IpAddr | Datetime | Duration
Value = Bool | Long | String | EntityUid | Set | Record | Extension

TRUE = Bool(True)
FALSE = Bool(False)


def boolean(truth: bool) -> Bool:
    return TRUE if truth else FALSE


def fold(
    value: Value,
    leaf: Callable[[Value], T],
    of_set: Callable[[Sequence[T]], T],
    of_record: Callable[[Mapping[str, T]], T],
) -> T:
    """Build a result from the leaves up: `of_set` and `of_record` get the results of the parts.

    Uses an explicit stack, so that the depth of a value costs no recursion.
    """
    todo: list[tuple[bool, Value]] = [(False, value)]
    done: list[T] = []
    while todo:
        parts_done, node = todo.pop()
        match node:
            case Set(elements) if parts_done:
                start = len(done) - len(elements)
                done[start:] = [of_set(done[start:])]
            case Record(fields) if parts_done:
                start = len(done) - len(fields)
                done[start:] = [of_record(dict(zip(fields, done[start:], strict=True)))]
            case Set(elements):
                todo.append((True, node))
                todo.extend((False, element) for element in elements)
            case Record(fields):
                todo.append((True, node))
                todo.extend((False, part) for part in reversed(list(fields.values())))
            case _:
                done.append(leaf(node))
    return done[0]


def canonical(value: Value) -> str:
    """A text that two values have in common exactly when they are equal."""
    return fold(value, _leaf_text, _set_text, _record_text)


def _same(left: Set | Record, right: Set | Record) -> bool:
    return hash(left) == hash(right) and canonical(left) == canonical(right)


def _leaf_text(value: Value) -> str:
    match value:
        case Bool(truth):
            return "true" if truth else "false"
        case Long(number):
            return f"{number}"
        case String(text):
            return _quoted(text)
        case EntityUid(type_name, entity_id):
            return f"entity {_quoted(type_name)}{_quoted(entity_id)}"
        case Decimal(number):
            return f"decimal {number}"
        case IpAddr(version, address, prefix):
            return f"ip {version} {address} {prefix}"
        case Datetime(milliseconds):
            return f"datetime {milliseconds}"
        case Duration(milliseconds):
            return f"duration {milliseconds}"
        case Set() | Record():
            raise AssertionError("a set or a record is not a leaf")


def _set_text(elements: Sequence[str]) -> str:
    return f"[{','.join(sorted(elements))}]"


def _record_text(fields: Mapping[str, str]) -> str:
    return "{" + ",".join(f"{_quoted(key)}{fields[key]}" for key in sorted(fields)) + "}"


def _quoted(text: str) -> str:
    # The length says where the text ends, so no two sequences of texts are written alike.
    return f"{len(text)}:{text}"
