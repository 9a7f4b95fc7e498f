"""JSON schemas read quickly: by the standard library's reader, without places, what is equal only once.

Law (quick): the declarations are those of the careful reader but for their offsets, or the text is refused,
perhaps one that the careful reader takes. Whoever gets a refusal reads carefully.
"""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Set
from typing import Any, Final, cast

from ..errors import SchemaError
from ..text.json_scanner import SURROGATE, number
from .json_document import Json, Members, NoPlaces
from .json_reader import AttributeType, JsonSchemaReader
from .syntax import AttributeDeclaration, Fragment, TypeExpression

MOST_NESTED: Final = 40
"""Types inside each other that are read. Each takes two levels of JSON at most, so 127 are never reached."""

_ESCAPED_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")


def read_json_schema_quickly(text: str) -> Fragment:
    """Read the declarations of a schema in JSON syntax; the message of a `SchemaError` is of no use."""
    return Fragment(text, _QuickReader(text).namespaces(_read_json(text)))


class _QuickReader(JsonSchemaReader):
    """A reader of a text without places: equal attribute types, which are one object, are read once."""

    def __init__(self, text: str) -> None:
        super().__init__(text, NoPlaces())
        self.nesting = 0
        self.attribute_types: dict[int, AttributeType] = {}

    def type(self, value: Json, at: int, also: Set[str] = frozenset()) -> TypeExpression:
        self.nesting += 1
        if self.nesting > MOST_NESTED:
            raise self.error("types nested too deep to be read quickly", at)
        found = super().type(value, at, also)
        self.nesting -= 1
        return found

    def attributes(self, owner: Members) -> tuple[AttributeDeclaration, ...]:
        known = self.attribute_types
        return tuple(
            [
                AttributeDeclaration(name, *(known.get(id(value)) or self.first(value)), 0)
                for name, value in owner.items()
            ]
        )

    def first(self, value: Json) -> AttributeType:
        """Read an attribute type for the first time."""
        found = self.attribute_types[id(value)] = self.attribute_type(value, 0)
        return found


class _Flat(dict[str, "Json"]):
    """An object without objects and arrays inside. Equal ones are one object, so identity is its hash."""

    __slots__ = ()
    __hash__ = object.__hash__  # type: ignore[assignment]


def _read_json(text: str) -> Json:
    """Read one JSON value, in which equal objects that hold at most flat objects are one object.

    Raises `SchemaError` without a place where the careful reader may have to look. Depth is not checked.
    """
    if not text.isascii() and SURROGATE.search(text):
        raise SchemaError("a lone surrogate")
    if "\\u" in text and _ESCAPED_SURROGATE.search(text):
        raise SchemaError("perhaps a lone surrogate")
    known: dict[Hashable, Members] = {}

    def members(pairs: list[tuple[str, Any]]) -> Members:
        key = tuple(pairs)
        try:
            found = known.get(key)
        except TypeError:  # What is inside has no hash.
            return _members(pairs)
        if found is None:
            made = _members(pairs)
            found = known[key] = made if _Flat in map(type, made.values()) else _Flat(made)
        return found

    decoder = json.JSONDecoder(
        object_pairs_hook=members, parse_float=number, parse_int=number, parse_constant=_refuse
    )
    try:
        return cast(Json, decoder.decode(text))
    except (json.JSONDecodeError, RecursionError) as error:
        raise SchemaError(str(error)) from None


def _members(pairs: list[tuple[str, Any]]) -> Members:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise SchemaError("a key comes twice in one object")
    return made


def _refuse(name: str) -> None:
    raise SchemaError(f"{name} is not JSON")
