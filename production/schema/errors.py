"""What is wrong with a schema text, and where; and near-name suggestions for messages."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from ..errors import SchemaError

SUGGESTION_CANDIDATES = 300
"""Names that a suggestion looks at; keeps a hostile schema from making its own error message slow."""


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


def near_name(name: str, known: Iterable[str]) -> str:
    """`; did you mean x?` for the known name most like `name`, or nothing."""
    close = difflib.get_close_matches(name, islice(known, SUGGESTION_CANDIDATES), n=1, cutoff=0.7)
    return f"; did you mean {close[0]}?" if close else ""
