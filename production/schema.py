"""Schemas as a user meets them: read from text in either syntax, written back in either."""

from __future__ import annotations

from collections.abc import Iterable

from production.errors import SchemaError
from production.schema_canonical import canonical_schema, resolved_json_schema
from production.schema_json_printer import json_schema
from production.schema_json_reader import read_json_schema
from production.schema_model import SchemaModel
from production.schema_parser import parse_schema
from production.schema_printer import cedar_schema
from production.schema_resolve import resolve_schema
from production.schema_syntax import Fragment

__all__ = ["Schema", "SchemaError"]


class Schema:
    """A resolved schema (spec 07). Immutable; safe to share between threads."""

    __slots__ = ("_fragments", "_model")

    def __init__(self, fragments: Iterable[Fragment]) -> None:
        """Fragments taken together; `from_cedar` and `from_json` start from text. Raises `SchemaError`."""
        self._fragments = tuple(fragments)
        self._model = resolve_schema(self._fragments)

    @classmethod
    def from_cedar(cls, *texts: str) -> Schema:
        """A schema from one or more texts in Cedar syntax. Raises `SchemaError` naming line and column."""
        return cls(parse_schema(text) for text in texts)

    @classmethod
    def from_json(cls, *texts: str) -> Schema:
        """A schema from one or more texts in JSON syntax. Raises `SchemaError` naming line and column."""
        return cls(read_json_schema(text) for text in texts)

    @property
    def model(self) -> SchemaModel:
        """What the schema means."""
        return self._model

    def to_canonical(self) -> str:
        """One line of JSON, the same for two schemas exactly when they mean the same."""
        return canonical_schema(self._model)

    def to_cedar(self) -> str:
        """The schema in Cedar syntax. Raises `SchemaError` where that syntax cannot say what is meant."""
        return cedar_schema(self._fragments)

    def to_json(self, indent: int | None = 2) -> str:
        """The schema in JSON syntax, names as written. Raises `SchemaError` past the depth of JSON."""
        return json_schema(self._fragments, indent)

    def to_resolved_json(self, indent: int | None = 2) -> str:
        """A JSON schema of the same meaning, every name qualified and every common type written out."""
        return resolved_json_schema(self._model, indent)
