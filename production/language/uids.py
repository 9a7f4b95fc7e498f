"""Interned entity uids.

Law (interning): two live uids with the same type and id are the same object, so identity decides
equality and a hash is a pointer. The table holds its uids weakly: a service that sees ever new ids does
not grow.
"""

from __future__ import annotations

import re
import weakref
from threading import RLock
from typing import Final

from ..errors import ArgumentError
from .arguments import text_of
from .escapes import EscapeError, unescape
from .names import is_name
from .strings import quoted

_LITERAL: Final = re.compile(r'([^"]*)::("[^"\\]*+(?:\\[\s\S][^"\\]*+)*+")')


class Uid:
    """A reference to an entity: a type name and an id, both compared exactly (spec 02 §1)."""

    __slots__ = ("__weakref__", "id", "type")

    type: str
    """The entity type, a normalized name."""
    id: str
    """The id, any string."""

    def __new__(cls, type_name: str, entity_id: str) -> Uid:
        """Make the uid of a normalized type name and any id.

        Raises `ArgumentError` for another type or a lone surrogate.
        """
        type_name, entity_id = text_of(type_name, "an entity type"), text_of(entity_id, "an entity id")
        if not is_name(type_name):
            raise ArgumentError(f"{type_name!r} is not a normalized entity type")
        try:
            entity_id.encode()
        except UnicodeEncodeError:
            raise ArgumentError(f"a lone surrogate in the entity id {entity_id!r}") from None
        return uid(type_name, entity_id)

    @classmethod
    def from_text(cls, text: str) -> Uid:
        """Return the uid that an entity literal such as `User::"alice"` stands for; raise `ArgumentError`.

        There are no blanks and no comments in it; the id may have any escapes of Cedar.
        """
        match = _LITERAL.fullmatch(text_of(text, "an entity literal"))
        if match is None:
            raise ArgumentError(f'{text!r} is not an entity literal such as User::"alice"')
        try:
            return cls(match[1], unescape(match[2]))
        except EscapeError as error:
            raise ArgumentError(f"{text!r}: {error}") from None

    def __init_subclass__(cls) -> None:
        raise TypeError("uids have no subclasses")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a uid is immutable")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("a uid is immutable")

    def __repr__(self) -> str:
        return f"{self.type}::{quoted(self.id)}"

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return uid, (self.type, self.id)

    def __copy__(self) -> Uid:
        return self

    def __deepcopy__(self, memo: object) -> Uid:
        return self


class _Reference(weakref.ref[Uid]):
    """A weak reference that knows where the table keeps it."""

    __slots__ = ("id", "type")

    type: str
    id: str


tables: Final[dict[str, dict[str, _Reference]]] = {}
"""The live uids by type and id, to be read only; a reference may be dead."""
_lock: Final = RLock()
_new = object.__new__
_set_type = Uid.__dict__["type"].__set__
_set_id = Uid.__dict__["id"].__set__


def known_uid(type_name: str, entity_id: str) -> Uid | None:
    """Return the uid of this type and id, if anybody holds it; its type is then a normalized name."""
    table = tables.get(type_name)
    if table is None:
        return None
    reference = table.get(entity_id)
    return None if reference is None else reference()


def uid(type_name: str, entity_id: str) -> Uid:
    """Return the uid of a type and an id that have been checked; one object while anybody holds it."""
    table = tables.get(type_name)
    if table is not None:
        reference = table.get(entity_id)
        if reference is not None:
            found = reference()
            if found is not None:
                return found
    return new_uid(type_name, entity_id)


def new_uid(type_name: str, entity_id: str) -> Uid:
    """Return the uid as `uid` does, for one that is probably not there yet."""
    with _lock:
        table = tables.get(type_name)
        if table is None:
            table = tables[type_name] = {}
        reference = table.get(entity_id)
        if reference is not None and (found := reference()) is not None:
            return found
        made: Uid = _new(Uid)
        _set_type(made, type_name)
        _set_id(made, entity_id)
        reference = _Reference(made, _forget)
        reference.type = type_name
        reference.id = entity_id
        table[entity_id] = reference
        # A collection during the lines above may have dropped the table, empty until then.
        tables[type_name] = table
        return made


def _forget(reference: weakref.ref[Uid]) -> None:
    """Drop a dead uid's entry, unless a new uid has taken it over in the meantime."""
    assert isinstance(reference, _Reference)
    with _lock:
        table = tables.get(reference.type)
        if table is None or table.get(reference.id) is not reference:
            return
        del table[reference.id]
        if not table:
            del tables[reference.type]
