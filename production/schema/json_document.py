"""The JSON documents of schemas (spec 07 §3): read strictly with the place of every part, and written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from ..errors import JsonError, SchemaError
from ..text.json_scanner import MAX_DEPTH, MisreadError, Number, Places, scan
from ..text.json_writer import write_json
from .errors import Place, SchemaTextError

Members: TypeAlias = dict[str, "Json"]
Json: TypeAlias = bool | str | int | Number | list["Json"] | Members | None

JsonValue = None | bool | str | Sequence["JsonValue"] | Mapping[str, "JsonValue"]


def shown(value: Json) -> str:
    """Describe a value."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return "a string"
        case list():
            return "an array"
        case dict():
            return "an object"
    return "a number"


def read_json(text: str) -> tuple[Json, Places]:
    """Return the one JSON value of the text, and where its parts stand.

    Raises `SchemaTextError` naming the place and what was expected.
    """
    places = Places()
    try:
        return scan(text, places), places
    except MisreadError as error:
        raise SchemaTextError(error.problem, Place(text, error.at)) from None


class NoPlaces(Places):
    """Places in a text that was read without noting any."""

    def of_key(self, owner: dict[str, Any], key: str) -> int:
        """Return 0."""
        return 0

    def of(self, owner: dict[str, Any] | list[Any], key: str | int) -> int:
        """Return 0."""
        return 0


def json_text(value: JsonValue, indent: int | None = None) -> str:
    """Write a schema as a JSON document, on one line or indented by so many columns.

    Raises `SchemaError` past the depth that a reader allows.
    """
    try:
        return write_json(value, indent, MAX_DEPTH)
    except JsonError:
        raise SchemaError(f"nested deeper than the {MAX_DEPTH} levels of a JSON schema") from None
