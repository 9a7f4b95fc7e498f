"""Errors of schema texts, with their place."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import SchemaError


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a schema text: the text and an offset into it."""

    text: str
    offset: int

    @property
    def line(self) -> int:
        """1-based line."""
        return self.text.count("\n", 0, self.offset) + 1

    @property
    def column(self) -> int:
        """1-based column, in characters."""
        return self.offset - self.text.rfind("\n", 0, self.offset)


class SchemaTextError(SchemaError):
    """A text that is not a schema (spec 07); `line` and `column` count from 1."""

    def __init__(self, message: str, place: Place) -> None:
        self.line = place.line
        self.column = place.column
        super().__init__(f"line {self.line}, column {self.column}: {message}")
