"""Types (spec 08 §5, §12.1), interned: equal types of one table are one object, so equality is identity.

A type knows its depth and its size with every abbreviation written out; both are computed once, when it is
built, and stop counting just above the limits, so that `type A = {x: B, y: B}` forty times over stays cheap.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from operator import itemgetter
from types import MappingProxyType
from typing import Final, Literal

DEPTH_LIMIT = 1_000
SIZE_LIMIT = 1_000_000

PrimitiveName = Literal[
    "Bool", "Long", "String", "decimal", "ipaddr", "datetime", "duration", "True", "False", "Never", "Unknown"
]


class PrimitiveType:
    """`Bool`, `Long`, `String`, an extension type, or one of the checker's own."""

    __slots__ = ("name",)
    depth: Final[int] = 1
    size: Final[int] = 1

    def __init__(self, name: PrimitiveName) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


class EntityType:
    """An entity of one of these types: one name in schemas and strict mode, maybe more in permissive mode."""

    __slots__ = ("name", "names")
    depth: Final[int] = 1
    size: Final[int] = 1

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names
        self.name = min(names)

    def __repr__(self) -> str:
        return " or ".join(sorted(self.names))


class SetType:
    """A set of elements of one type."""

    __slots__ = ("depth", "element", "size")

    def __init__(self, element: Type) -> None:
        self.element = element
        self.depth: int = min(1 + element.depth, DEPTH_LIMIT + 1)
        self.size: int = min(1 + element.size, SIZE_LIMIT + 1)


class RecordType:
    """`attributes` maps each name to its type and whether it is required; an open record may have more."""

    __slots__ = ("attributes", "depth", "open", "size")

    def __init__(self, attributes: dict[str, tuple[Type, bool]], is_open: bool) -> None:
        self.attributes = MappingProxyType(attributes)
        self.open = is_open
        depth, size = 0, 1
        for part, _ in attributes.values():
            size += part.size
            if part.depth > depth:
                depth = part.depth
        self.depth: int = min(1 + depth, DEPTH_LIMIT + 1)
        self.size: int = min(size, SIZE_LIMIT + 1)


Type = PrimitiveType | EntityType | SetType | RecordType

BOOL = PrimitiveType("Bool")
LONG = PrimitiveType("Long")
STRING = PrimitiveType("String")
DECIMAL = PrimitiveType("decimal")
IPADDR = PrimitiveType("ipaddr")
DATETIME = PrimitiveType("datetime")
DURATION = PrimitiveType("duration")
TRUE = PrimitiveType("True")
FALSE = PrimitiveType("False")
NEVER = PrimitiveType("Never")
UNKNOWN = PrimitiveType("Unknown")
"""The type of an expression whose own type could not be found: an error was reported, and none may follow."""

EXTENSIONS: dict[str, PrimitiveType] = {t.name: t for t in (DECIMAL, IPADDR, DATETIME, DURATION)}
BUILT_IN: dict[str, PrimitiveType] = {t.name: t for t in (BOOL, LONG, STRING, *EXTENSIONS.values())}
"""What schemas may name, by the name they use for it."""


class TypeTable:
    """A table of interned types. A table made from another sees its types, and leaves it as it was."""

    def __init__(self, base: TypeTable | None = None) -> None:
        self._entities: dict[str | frozenset[str], EntityType] = dict(base._entities) if base else {}
        self._sets: dict[Type, SetType] = dict(base._sets) if base else {}
        self._records: dict[tuple[bool, tuple[tuple[str, tuple[Type, bool]], ...]], RecordType] = (
            dict(base._records) if base else {}
        )

    def entity(self, name: str) -> EntityType:
        """Return the type of the entities of a name."""
        found = self._entities.get(name)
        if found is None:
            found = self._entities[name] = self._entities[frozenset((name,))] = EntityType(frozenset((name,)))
        return found

    def entity_of(self, names: frozenset[str]) -> EntityType:
        """Return an entity of any of these types; the names are not empty."""
        if len(names) == 1:
            return self.entity(next(iter(names)))
        found = self._entities.get(names)
        if found is None:
            found = self._entities[names] = EntityType(names)
        return found

    def set_of(self, element: Type) -> SetType:
        """Return the type of sets of an element type."""
        found = self._sets.get(element)
        if found is None:
            found = self._sets[element] = SetType(element)
        return found

    def record(self, attributes: Mapping[str, tuple[Type, bool]], is_open: bool = False) -> RecordType:
        """Return the type of records with these attributes."""
        key = (is_open, tuple(sorted(attributes.items(), key=itemgetter(0))))
        found = self._records.get(key)
        if found is None:
            found = self._records[key] = RecordType(dict(key[1]), is_open)
        return found


class Adopter:
    """A copier of types from another table into its own, each once."""

    def __init__(self, types: TypeTable) -> None:
        self._types = types
        self._made: dict[Type, Type] = {}

    def of(self, root: Type) -> Type:
        """Return the same type in the new table."""
        todo = [root]
        while todo:
            type_ = todo[-1]
            waiting = [part for part in type_parts(type_) if part not in self._made]
            if waiting:
                todo.extend(waiting)
            else:
                todo.pop()
                if type_ not in self._made:
                    self._made[type_] = self._make(type_)
        return self._made[root]

    def record(self, root: RecordType) -> RecordType:
        """Return the same record in the new table."""
        made = self.of(root)
        assert isinstance(made, RecordType)
        return made

    def _make(self, type_: Type) -> Type:
        match type_:
            case PrimitiveType():
                return type_
            case EntityType(names=names):
                return self._types.entity_of(names)
            case SetType(element=element):
                return self._types.set_of(self._made[element])
            case RecordType(attributes=attributes, open=is_open):
                fields = {name: (self._made[part], need) for name, (part, need) in attributes.items()}
                return self._types.record(fields, is_open)


def type_parts(type_: Type) -> list[Type]:
    """Return the types that a type is made of."""
    match type_:
        case SetType(element=element):
            return [element]
        case RecordType(attributes=attributes):
            return [part for part, _ in attributes.values()]
        case _:
            return []


@lru_cache(maxsize=256)
def type_text(type_: Type, limit: int = 200) -> str:
    """Return the type for people, in Cedar syntax, cut after about `limit` characters."""
    pieces: list[str] = []
    todo: list[Type | str] = [type_]
    length = 0
    while todo and length <= limit:
        match todo.pop():
            case str() as text:
                pieces.append(text)
                length += len(text)
            case SetType() as set_type:
                todo += [">", set_type.element, "Set<"]
            case RecordType() as record:
                parts: list[Type | str] = ["{"]
                for number, (name, (part, required)) in enumerate(record.attributes.items()):
                    parts += [f"{', ' if number else ''}{name}{'' if required else '?'}: ", part]
                    if number > limit:
                        break
                todo += reversed([*parts, ", …}" if record.open else "}"])
            case other:
                todo.append(repr(other))
    return "".join(pieces) + ("…" if todo else "")
