"""Runtime values, and equality between them (spec 02 §1, §2).

Booleans, longs, strings are Python's own; a record is a plain `dict` that nobody changes; an entity is its
interned uid. Python takes `True` for 1, so whatever compares or hashes a value goes through `equal` or `key`.

Law (keys): two values are equal exactly when their keys are equal. A key is flat: a set or a record is
represented by a 256-bit digest of its members' keys, so neither depth nor hostile nesting can make a
comparison expensive. Python hashes an integer without a secret, so a long that is not small is represented by
its bytes: nobody can choose longs that collide.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain
from struct import iter_unpack, pack
from typing import Any, Final, TypeAlias, Union, cast

from ..errors import ArgumentError
from .arguments import named
from .datetimes import Datetime
from .decimals import Decimal
from .durations import Duration
from .ipaddrs import IpAddress
from .plain import converted, plain_scalar
from .uids import Uid


class _BoolKey:
    """The key of a boolean among set keys, where Python would mix it up with 0 and 1."""

    __slots__ = ("value",)

    def __init__(self, value: bool) -> None:
        self.value = value

    def __reduce__(self) -> str:
        return "_TRUE_KEY" if self.value else "_FALSE_KEY"


_set: Final = object.__setattr__
_TRUE_KEY: Final = _BoolKey(True)
_FALSE_KEY: Final = _BoolKey(False)

Extension: TypeAlias = Decimal | IpAddress | Datetime | Duration
Key: TypeAlias = int | str | bytes | Uid | Extension | _BoolKey
Value: TypeAlias = Union[bool, int, str, Uid, "SetValue", dict[str, "Value"], Extension]
Record: TypeAlias = dict[str, Value]

_PLAIN: Final = frozenset({int, str, Uid, Decimal, IpAddress, Datetime, Duration})
_KEYLESS: Final = _PLAIN - {int}
_SCALAR: Final = _PLAIN | {bool}
_READY: Final = _SCALAR - {int, str}
_LONG: Final = frozenset({int})
_SMALL: Final = 2**8


class _OpenSet:
    """A set that is still being made: its slots take values faster than those of an immutable object."""

    __slots__ = ("_digest", "_elements", "_members", "keys")

    keys: frozenset[Any]
    """One hashable per member, by which sets compare."""
    _members: Collection[Value]
    _elements: Sequence[Value]
    _digest: bytes | None

    def hold(self, elements: Sequence[Value]) -> None:
        """Take over elements that are checked."""
        self._digest = None
        if _KEYLESS.issuperset(map(type, elements)):
            self.keys = self._members = frozenset(elements)
        elif _LONG.issuperset(map(type, elements)):
            self._hold_longs(cast("Sequence[int]", elements))
        elif all(map(_is_flat_record, elements)):
            self._elements = elements
        else:
            members = _by_key(elements)
            self.keys, self._members = frozenset(members), tuple(members.values())

    def _hold_longs(self, longs: Sequence[int]) -> None:
        if min(longs) >= -_SMALL and max(longs) <= _SMALL:
            self.keys = self._members = frozenset(longs)
            return
        packed = chain.from_iterable(iter_unpack("8s", pack(f"<{len(longs)}q", *longs)))
        keys = (long if -_SMALL <= long <= _SMALL else key for long, key in zip(longs, packed, strict=True))
        members = dict(zip(keys, longs, strict=True))
        self._members = tuple(members.values())
        self.keys = frozenset(members)


def _by_key(elements: Iterable[Value]) -> dict[Key, Value]:
    members: dict[Key, Value] = {}
    for element in elements:
        members.setdefault(key(element), element)
    return members


class SetValue(_OpenSet):
    """A Cedar set: `keys` decide membership, iterating gives the values, each once. Immutable.

    Law (lazy keys): a set of records that hold plain values alone makes its keys when first asked for them;
    no answer depends on it.
    """

    __slots__ = ()

    def __new__(cls, values: Iterable[Value] = ()) -> SetValue:
        """Make a set of these; raise `ArgumentError` for what is no Cedar value."""
        if isinstance(values, (str, bytes, dict)) or not isinstance(values, Iterable):
            raise ArgumentError(f"a set is made of an iterable of values, not {named(values)}")
        return set_of([plain_value(value, f"[{number}]") for number, value in enumerate(values)])

    def __init_subclass__(cls) -> None:
        raise TypeError("sets have no subclasses")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a set is immutable")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("a set is immutable")

    def __getattr__(self, name: str) -> Any:
        # Python comes here only while a slot is empty.
        if name not in ("keys", "_members"):
            raise AttributeError(name)
        members = _by_key(self._elements)
        _set(self, "_members", tuple(members.values()))
        _set(self, "keys", frozenset(members))
        return getattr(self, name)

    def __iter__(self) -> Iterator[Value]:
        return map(thawed, self._members)

    def __len__(self) -> int:
        return len(self.keys)

    def __contains__(self, value: Value) -> bool:
        return key(value) in self.keys

    def __eq__(self, other: object) -> bool:
        return self.keys == other.keys if isinstance(other, SetValue) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.keys)

    def __repr__(self) -> str:
        return f"<set of {len(self.keys)}>"

    def __copy__(self) -> SetValue:
        return self

    def __deepcopy__(self, memo: object) -> SetValue:
        return self

    def __reduce__(self) -> tuple[object, tuple[tuple[Value, ...]]]:
        # Keys are objects of this process; the values make new ones.
        return set_of, (tuple(self._members),)

    def digest(self) -> bytes:
        """Return the digest that stands for this set among another set's keys."""
        if self._digest is None:
            parts = sorted(map(_encoded, self.keys))
            _set(self, "_digest", _digest_of(b"S" + b"".join(parts)))
        return cast(bytes, self._digest)


def _digest_of(data: bytes) -> bytes:
    from hashlib import blake2b  # Few values need it, and it loads OpenSSL.

    return blake2b(data, digest_size=32).digest()


def plain_value(value: Any, path: str) -> Value:
    """Return a Cedar value in exact classes, its records copied.

    Raises `ArgumentError`, which names the path.
    """
    if type(value) in _READY or type(value) is SetValue:
        return cast(Value, value)
    made: Value = converted(value, path, _scalar)
    return made


def plain_record(value: object, path: str) -> Record:
    """Return a record as `plain_value` does."""
    record = plain_value(value, path)
    if type(record) is not dict:
        raise ArgumentError(f"{path} is a dict, not {named(value)}")
    return record


def _scalar(value: Any, place: str) -> Any:
    return value if type(value) in _READY or type(value) is SetValue else plain_scalar(value, place)


def set_of(elements: Sequence[Value]) -> SetValue:
    """Return a set of values that are checked; it takes them over."""
    made = _OpenSet()
    made.hold(elements)
    made.__class__ = SetValue
    return cast(SetValue, made)


def thawed(value: Value) -> Value:
    """Return a value that may be given away: its records are copies."""
    if not isinstance(value, dict):
        return value
    made: Record = dict(value)
    todo = [made]
    while todo:
        record = todo.pop()
        for name, inner in record.items():
            if isinstance(inner, dict):
                record[name] = copied = dict(inner)
                todo.append(copied)
    return made


def _is_flat_record(value: Value) -> bool:
    return value.__class__ is dict and _SCALAR.issuperset(map(type, value.values()))


def long_key(value: int) -> int | bytes:
    """Return the hashable that stands for a long among set keys."""
    return value if -_SMALL <= value <= _SMALL else value.to_bytes(8, "little", signed=True)


def key(value: Value) -> Key:
    """Return the hashable that stands for `value` among set keys."""
    if isinstance(value, bool):
        return _TRUE_KEY if value else _FALSE_KEY
    if isinstance(value, int):
        return long_key(value)
    if isinstance(value, SetValue):
        return value.digest()
    if isinstance(value, dict):
        return record_digest(value)
    return value


def _encoded(key_: Key) -> bytes:
    """Return an injective, self-delimiting spelling of a key."""
    match key_:
        case bytes() if len(key_) == 8:
            return b"i%d;" % int.from_bytes(key_, "little", signed=True)
        case bytes():
            return b"#" + key_
        case _BoolKey():
            return b"T" if key_.value else b"F"
        case int():
            return b"i%d;" % key_
        case str():
            text = key_.encode("utf-8", "surrogatepass")
            return b"s%d:%b" % (len(text), text)
        case Uid():
            return b"e" + _encoded(key_.type) + _encoded(key_.id)
        case Decimal():
            return b"n%d;" % key_.units
        case IpAddress():
            return b"a%d,%d,%d;" % (key_.version, key_.address, key_.prefix)
        case Datetime():
            return b"t%d;" % key_.milliseconds
        case Duration():
            return b"d%d;" % key_.milliseconds


def record_digest(record: Record) -> bytes:
    """Return the digest that stands for a record; records inside it are done first, without recursion."""
    finished: dict[int, bytes] = {}
    pending = [record]
    while pending:
        current = pending[-1]
        inner = [v for v in current.values() if isinstance(v, dict) and id(v) not in finished]
        if inner:
            pending.extend(inner)
            continue
        pending.pop()
        parts = [b"R"]
        for name in sorted(current):
            value = current[name]
            part: Key = finished[id(value)] if isinstance(value, dict) else key(value)
            parts += (_encoded(name), _encoded(part))
        finished[id(current)] = _digest_of(b"".join(parts))
    return finished[id(record)]


def equal(left: Value, right: Value) -> bool:
    """Return structural equality: total, and false between values of different kinds (spec 02 §2)."""
    if left is right:
        return True
    if left.__class__ is not right.__class__:
        return False
    if isinstance(left, dict) and isinstance(right, dict):
        return _records_equal(left, right)
    return left == right


def _records_equal(left: Record, right: Record) -> bool:
    pending = [(left, right)]
    while pending:
        a, b = pending.pop()
        if a.keys() != b.keys():
            return False
        for name, value in a.items():
            other = b[name]
            if value is other:
                continue
            if value.__class__ is not other.__class__:
                return False
            if isinstance(value, dict) and isinstance(other, dict):
                pending.append((value, other))
            elif value != other:
                return False
    return True


_KIND_NAMES: Final[dict[type, str]] = {
    bool: "Bool",
    int: "Long",
    str: "String",
    Uid: "Entity",
    SetValue: "Set",
    dict: "Record",
    Decimal: "decimal",
    IpAddress: "ipaddr",
    Datetime: "datetime",
    Duration: "duration",
}


def kind_name(value: Value) -> str:
    """Return the kind of a value, as messages call it."""
    return _KIND_NAMES[value.__class__]
