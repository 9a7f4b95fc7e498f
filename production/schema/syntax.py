"""A schema as it is written: what both syntaxes share before any name is resolved (spec 07 §2, §3).

Every node knows its offset in the text it came from, so that an error found in resolution still has a line.
Nodes are never changed once made.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from ..language import names

Annotations = tuple[tuple[str, str | None], ...]
"""Key and value in source order; `None` where the value was left out."""

RefKind = Literal["common", "entity", "either"]
"""What a name may stand for in its position (spec 07 §4): candidates are tried common first."""


@dataclass(slots=True)
class Primitive:
    """`{"type": "Long"}`, JSON only: a built-in, by its name in `__cedar`, that no declaration can shadow."""

    name: str
    at: int


@dataclass(slots=True)
class Reference:
    """A name to be resolved."""

    name: str
    kind: RefKind
    at: int


@dataclass(slots=True)
class SetOf:
    """A set type."""

    element: TypeExpression
    at: int


@dataclass(slots=True)
class AttributeDeclaration:
    """An attribute of a record type."""

    name: str
    type: TypeExpression
    required: bool
    annotations: Annotations
    at: int


@dataclass(slots=True)
class RecordOf:
    """A record; attribute names are unique."""

    attributes: tuple[AttributeDeclaration, ...]
    at: int


TypeExpression = Primitive | Reference | SetOf | RecordOf


@dataclass(slots=True)
class CommonDeclaration:
    """A common type: a name for a type."""

    name: str
    type: TypeExpression
    annotations: Annotations
    at: int


@dataclass(slots=True)
class EntityDeclaration:
    """One entity type name. `enum` is `None` for a standard type, else its non-empty ids.

    An external one has parents and annotations only.
    """

    name: str
    parents: tuple[Reference, ...]
    shape: TypeExpression | None
    tags: TypeExpression | None
    enum: tuple[str, ...] | None
    annotations: Annotations
    at: int
    is_external: bool = False


@dataclass(slots=True)
class ActionReference:
    """`type` is `None` where only the id was written, which means the type `Action`."""

    type: str | None
    id: str
    at: int


@dataclass(slots=True)
class AppliesTo:
    """The principals, resources and context that an action applies to."""

    principals: tuple[Reference, ...]
    resources: tuple[Reference, ...]
    context: TypeExpression | None


@dataclass(slots=True)
class ActionDeclaration:
    """One action name. An external one has parents and annotations only."""

    name: str
    parents: tuple[ActionReference, ...]
    applies_to: AppliesTo | None
    annotations: Annotations
    at: int
    is_external: bool = False


@dataclass(slots=True)
class NamespaceDeclaration:
    """The declarations of one namespace in one fragment; the empty name is the empty namespace."""

    name: str
    commons: tuple[CommonDeclaration, ...]
    entities: tuple[EntityDeclaration, ...]
    actions: tuple[ActionDeclaration, ...]
    annotations: Annotations
    at: int


@dataclass(slots=True)
class Fragment:
    """One schema text, read: its namespaces, each name once. Without places every offset is 0."""

    text: str
    namespaces: tuple[NamespaceDeclaration, ...]


RESERVED = names.RESERVED - {"__cedar"}
"""Words that are never an identifier in schemas (spec 07 §2); the declaration rules deal with `__cedar`."""


@lru_cache(maxsize=4096)
def is_identifier(text: str) -> bool:
    """Return whether the text is a WORD that is not reserved; `__cedar` counts as one here."""
    return names.is_word(text) and text not in RESERVED


@lru_cache(maxsize=4096)
def is_name(text: str) -> bool:
    """Return whether the text is a normalized path of identifiers: `A::B`, with nothing else in it."""
    return all(is_identifier(part) for part in text.split("::"))


def qualified(namespace: str, name: str) -> str:
    """Return the full name of a declaration."""
    return f"{namespace}::{name}" if namespace else name
