"""Schemas as written: declarations and references by name, before anything is resolved.

Both syntaxes (spec 07 §2, §3) are read into these records, whose meaning is `reference.schema.resolver`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from reference.errors import InputError

Place = tuple[int, int] | str
"""Where something stands: line and column of a text, or the path of keys in a JSON document."""

Kinds = Literal["either", "common", "entity"]
"""What a name may refer to in its position (spec 07 §4)."""

"""Words that name nothing in a schema, unless quoted."""

RESERVED_COMMON_TYPES = frozenset(
    {"Bool", "Boolean", "Entity", "Extension", "Long", "Record", "Set", "String"}
)


def refusal(where: Place, message: str) -> InputError:
    """Return the error to raise about what stands at a place."""
    if isinstance(where, str):
        return InputError("schema", f"{where}: {message}" if where else message)
    return InputError("schema", message, *where)


EXTENSION_NAMES = ("decimal", "ipaddr", "datetime", "duration")
BUILTIN_NAMES = ("Long", "String", "Bool", *EXTENSION_NAMES)


@dataclass(frozen=True, slots=True)
class Name:
    """A reference to a declared or built-in type, possibly qualified."""

    text: str
    kinds: Kinds
    where: Place


@dataclass(frozen=True, slots=True)
class Builtin:
    """A type of the language itself, whatever the schema declares, such as `Long` or `decimal`."""

    name: str


@dataclass(frozen=True, slots=True)
class SetOf:
    """`Set<element>`."""

    element: TypeExpression


@dataclass(frozen=True, slots=True)
class AttributeDeclaration:
    """An attribute of a record, with its annotations."""

    type: TypeExpression
    required: bool = True
    annotations: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecordOf:
    """A record type by its attributes."""

    attributes: Mapping[str, AttributeDeclaration] = field(default_factory=dict)


TypeExpression = Name | Builtin | SetOf | RecordOf


@dataclass(frozen=True, slots=True)
class ActionReference:
    """A group named in `in` or `memberOf`; `type_name` is none where only the id is written."""

    id: str
    type_name: str | None
    where: Place


@dataclass(frozen=True, slots=True)
class CommonTypeDeclaration:
    """`type name = definition;`."""

    name: str
    definition: TypeExpression
    where: Place
    annotations: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EntityDeclaration:
    """An entity type; `enum` is none for a standard one. An external one has name and parents only."""

    name: str
    where: Place
    parents: tuple[Name, ...] = ()
    shape: TypeExpression = RecordOf()
    tags: TypeExpression | None = None
    enum: tuple[str, ...] | None = None
    annotations: Mapping[str, str | None] = field(default_factory=dict)
    external: bool = False


@dataclass(frozen=True, slots=True)
class AppliesTo:
    """The request types of an action."""

    principals: tuple[Name, ...]
    resources: tuple[Name, ...]
    context: TypeExpression = RecordOf()


@dataclass(frozen=True, slots=True)
class ActionDeclaration:
    """An action; without `applies_to` it applies to nothing, and an external one has none."""

    name: str
    where: Place
    parents: tuple[ActionReference, ...] = ()
    applies_to: AppliesTo | None = None
    annotations: Mapping[str, str | None] = field(default_factory=dict)
    external: bool = False


Declaration = CommonTypeDeclaration | EntityDeclaration | ActionDeclaration


@dataclass(frozen=True, slots=True)
class Fragment:
    """The declarations of one namespace, in source order; the empty name is the empty namespace."""

    namespace: str
    declarations: tuple[Declaration, ...]
    where: Place = ""
    annotations: Mapping[str, str | None] = field(default_factory=dict)
