"""The two ways in which an input can be at fault.

`EvaluationError` is the policy's own failure, one of a closed list of kinds without messages (spec 02
§3); `InputError` says which part of the input was refused, where and why. Any other exception is a defect
of ours.
"""

from __future__ import annotations

from typing import Literal

ErrorKind = Literal[
    "type",
    "entity-missing",
    "attr-missing",
    "tag-missing",
    "overflow",
    "extension",
    "arity",
    "unlinked-slot",
    "recursion-limit",
]

Part = Literal["policies", "schema", "entities", "request", "expression", "link"]


class EvaluationError(Exception):
    """An expression has no value, because of `kind`."""

    def __init__(self, kind: ErrorKind) -> None:
        super().__init__(kind)
        self.kind: ErrorKind = kind


class InputError(Exception):
    """A part of the input is refused.

    `message` says what was found and what was expected. `line` and `column` count from 1, in characters
    of the text that was read; both are None where the fault is not in one place of a text.
    """

    def __init__(self, part: Part, message: str, line: int | None = None, column: int | None = None) -> None:
        where = "" if line is None else f" at line {line}, column {column}"
        super().__init__(f"{part}{where}: {message}")
        self.part: Part = part
        self.message = message
        self.line = line
        self.column = column
