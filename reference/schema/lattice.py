"""The least upper bound of two types (spec 08 §5.1, §12.1): the type of a value that has either.

None means that there is none. Strict mode joins only what is alike; permissive mode loses information.
"""

from __future__ import annotations

from collections.abc import Iterable

from reference.schema.types import (
    BOOL,
    UNKNOWN,
    Attribute,
    EntityType,
    NeverType,
    RecordType,
    SetType,
    Type,
    UnknownType,
    is_boolean,
)


def join(t: Type, u: Type, *, permissive: bool = False) -> Type | None:
    """T ⊔ U, one row per rule. A result equal to T is the same object: equal types stay shared."""
    match t, u:
        case _ if t is u:
            return t
        case (UnknownType(), _) | (_, UnknownType()):
            return UNKNOWN
        case NeverType(), _:
            return u
        case _, NeverType():
            return t
        case _ if is_boolean(t) and is_boolean(u):
            return t if t == u else BOOL
        case SetType(a), SetType(b):
            element = join(a, b, permissive=permissive)
            if element is None:
                return None
            return t if element is a else SetType(element)
        case RecordType(), RecordType():
            return _join_open(t, u) if permissive else _join_closed(t, u)
        case EntityType(names), EntityType(others):
            if names == others:
                return t
            return EntityType(names | others) if permissive else None
        case _:
            return t if _is_leaf(t) and t == u else None


def join_all(types: Iterable[Type], *, permissive: bool = False) -> Type | None:
    """Compute the join of one type or more."""
    joined: Type | None = None
    for t in types:
        joined = t if joined is None else join(joined, t, permissive=permissive)
        if joined is None:
            return None
    return joined


def _join_closed(t: RecordType, u: RecordType) -> Type | None:
    """Strict: the same names, the same required flags, and types that have a bound."""
    if t.attributes.keys() != u.attributes.keys():
        return None
    joined: dict[str, Attribute] = {}
    for name, attribute in t.attributes.items():
        other = u.attributes[name]
        if attribute.required != other.required:
            return None
        common = join(attribute.type, other.type)
        if common is None:
            return None
        joined[name] = Attribute(common, attribute.required)
    return _shared(t, joined, open_=False)


def _join_open(t: RecordType, u: RecordType) -> Type:
    """Permissive: what both have and can be joined; open as soon as anything is lost."""
    joined: dict[str, Attribute] = {}
    for name, attribute in t.attributes.items():
        other = u.attributes.get(name)
        if other is not None:
            common = join(attribute.type, other.type, permissive=True)
            if common is not None:
                joined[name] = Attribute(common, attribute.required and other.required)
    lost = not len(joined) == len(t.attributes) == len(u.attributes)
    return _shared(t, joined, open_=t.open or u.open or lost)


def _shared(t: RecordType, joined: dict[str, Attribute], *, open_: bool) -> RecordType:
    same = t.open == open_ and all(
        name in joined and joined[name].type is attribute.type and joined[name].required == attribute.required
        for name, attribute in t.attributes.items()
    )
    return t if same else RecordType(joined, open_)


def _is_leaf(t: Type) -> bool:
    return not isinstance(t, SetType | RecordType)
