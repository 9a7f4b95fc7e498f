"""Values and their equality (spec 02 §1, §2).

Every kind of value has a class of its own, so that 1, true and "1" can never be taken for each other.
Equality is structural and total; on sets and records it is equality of their canonical texts, as comparing
them part by part would recurse on the C stack.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reference.extensions.datetime import Datetime
from reference.extensions.decimal import Decimal
from reference.extensions.duration import Duration
from reference.extensions.ipaddr import IpAddr
from reference.integers import keyed_hash


@dataclass(frozen=True, slots=True)
class Bool:
    """A boolean."""

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
    """Wrap a truth value."""
    return TRUE if truth else FALSE


def canonical(value: Value) -> str:
    """Return the text that two values have in common exactly when they are equal."""
    match value:
        case Bool(truth):
            return "true" if truth else "false"
        case Long(number):
            return f"{number}"
        case String(text):
            return _quoted(text)
        case EntityUid(type_name, entity_id):
            return f"entity {_quoted(type_name)}{_quoted(entity_id)}"
        case Set(elements):
            return f"[{','.join(sorted([canonical(element) for element in elements]))}]"
        case Record(fields):
            return "{" + ",".join([_quoted(key) + canonical(fields[key]) for key in sorted(fields)]) + "}"
        case Decimal(number):
            return f"decimal {number}"
        case IpAddr(version, address, prefix):
            return f"ip {version} {address} {prefix}"
        case Datetime(milliseconds):
            return f"datetime {milliseconds}"
        case Duration(milliseconds):
            return f"duration {milliseconds}"


def _same(left: Set | Record, right: Set | Record) -> bool:
    return hash(left) == hash(right) and canonical(left) == canonical(right)


def _quoted(text: str) -> str:
    # The length marks the end of the text, so that no two sequences of texts are written alike.
    return f"{len(text)}:{text}"
