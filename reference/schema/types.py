"""The types of the type checker (spec 08 §5, §12.1): knowledge about a value before evaluation.

`True` and `False` are types of their own. `Never`, entity types of several names and open records arise only
in permissive mode. Types nest as deep as literals and schemas do, so nothing here recurses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TrueType:
    """The value is true."""


@dataclass(frozen=True, slots=True)
class FalseType:
    """The value is false."""


@dataclass(frozen=True, slots=True)
class BoolType:
    """The value is true or false."""


@dataclass(frozen=True, slots=True)
class LongType:
    """A 64-bit integer."""


@dataclass(frozen=True, slots=True)
class StringType:
    """A string."""


@dataclass(frozen=True, slots=True)
class EntityType:
    """An entity of one of these types; exactly one name, except in permissive mode."""

    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class ExtensionType:
    """`decimal`, `ipaddr`, `datetime` or `duration`."""

    name: str


@dataclass(frozen=True, slots=True)
class NeverType:
    """The elements of the empty set (permissive mode)."""


@dataclass(frozen=True, slots=True)
class UnknownType:
    """The type of an expression in error; fits everywhere, so one mistake is one error (spec 08 §13)."""


@dataclass(frozen=True, slots=True)
class SetType:
    """A set whose elements all have the type `element`."""

    element: Type


@dataclass(frozen=True, slots=True)
class Attribute:
    """The type of an attribute, and whether every value has it."""

    type: Type
    required: bool = True


@dataclass(frozen=True, slots=True)
class RecordType:
    """A record with these attributes; an open one (permissive mode) may have others besides."""

    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    open: bool = False


Type = (
    TrueType
    | FalseType
    | BoolType
    | LongType
    | StringType
    | EntityType
    | ExtensionType
    | NeverType
    | UnknownType
    | SetType
    | RecordType
)

TRUE = TrueType()
FALSE = FalseType()
BOOL = BoolType()
LONG = LongType()
STRING = StringType()
DECIMAL = ExtensionType("decimal")
IPADDR = ExtensionType("ipaddr")
DATETIME = ExtensionType("datetime")
DURATION = ExtensionType("duration")
NEVER = NeverType()
UNKNOWN = UnknownType()
EMPTY_RECORD = RecordType()


def entity(*names: str) -> EntityType:
    """Compute the type of entities of one of these types."""
    return EntityType(frozenset(names))


def is_boolean(t: Type) -> bool:
    """Return whether every value of the type is true or false."""
    return isinstance(t, TrueType | FalseType | BoolType)


def describe(t: Type, limit: int = 160) -> str:
    """Return the type in schema syntax, cut after about `limit` characters."""
    written: list[str] = []
    length = 0
    waiting: list[Type | str] = [t]
    while waiting:
        if length > limit:
            return "".join(written) + "…"
        item = waiting.pop()
        pieces = [item] if isinstance(item, str) else _pieces(item)
        if len(pieces) == 1 and isinstance(pieces[0], str):
            written.append(pieces[0])
            length += len(pieces[0])
        else:
            waiting.extend(reversed(pieces))
    return "".join(written)


def _pieces(t: Type) -> list[Type | str]:
    """Return the type as words and the types between them."""
    match t:
        case TrueType():
            return ["True"]
        case FalseType():
            return ["False"]
        case BoolType():
            return ["Bool"]
        case LongType():
            return ["Long"]
        case StringType():
            return ["String"]
        case NeverType():
            return ["Never"]
        case UnknownType():
            return ["Unknown"]
        case ExtensionType(name):
            return [name]
        case EntityType(names):
            return [" | ".join(sorted(names))]
        case SetType(element):
            return ["Set<", element, ">"]
        case RecordType(attributes, open_):
            pieces: list[Type | str] = ["{"]
            for name, attribute in attributes.items():
                mark = "" if attribute.required else "?"
                comma = "" if len(pieces) == 1 else ", "
                pieces += [f"{comma}{name}{mark}: ", attribute.type]
            return [*pieces, ", …}" if open_ else "}"]
