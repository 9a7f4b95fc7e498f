"""Parsed JSON, and the faults that count only where a part is read (spec 05 §2, 06 §1.1).

Integers within 64 bits are `int`; every other number stays a `Number`, as Cedar has no use for it. Arrays and
objects may be nested 127 deep.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from reference.errors import InputError, Part
from reference.text.positions import SURROGATE

DEEPEST_NESTING = 127


@dataclass(frozen=True, slots=True)
class Number:
    """A number that is no 64-bit integer, or is written as none (`1.0`, `1e2`, `-0`); `text` as written."""

    text: str

    @property
    def is_finite(self) -> bool:
        """Return whether it is within the range of a double."""
        return float(self.text) not in (float("inf"), float("-inf"))


Json: TypeAlias = "bool | int | Number | str | list[Json] | dict[str, Json] | None"


class Repeating(dict[str, Json]):
    """An object with repeated keys, read leniently: the last value counts, `repeated` are the keys."""

    def __init__(self, fields: dict[str, Json]) -> None:
        super().__init__(fields)
        self.repeated: set[str] = set()


@dataclass(frozen=True, slots=True)
class Reading:
    """A document read leniently, as some of its parts may never be used.

    Repeated keys, lone surrogates, numbers beyond a double and any nesting were let through; `is_strict` if
    there are none.
    """

    json: Json
    is_strict: bool

    def require_strict(
        self, json: Json, part: Part, where: str, around: int, *, repeating: bool = False
    ) -> None:
        """Refuse in this part of the document what was let through, repeated keys only unless `repeating`.

        `around` arrays and objects are around the value, and count as nesting.

        Raises:
            InputError: of `part`; `where` names the value.
        """
        if not self.is_strict:
            _require_strict(json, part, where, around, repeating)


def _require_strict(json: Json, part: Part, where: str, around: int, repeating: bool) -> None:
    todo = [(json, around + 1)]
    while todo:
        node, depth = todo.pop()
        match node:
            case Repeating(repeated=keys) if not repeating:
                raise InputError(part, f"{where}: the key {min(keys)!a} is repeated")
            case Number(text) if not node.is_finite:
                raise InputError(part, f"{where}: the number {text[:40]} is beyond the range of a double")
            case str() if SURROGATE.search(node):
                raise InputError(part, f"{where}: a lone surrogate is no character")
            case list() | dict() if depth > DEEPEST_NESTING:
                raise InputError(part, f"{where}: nesting deeper than {DEEPEST_NESTING} levels")
            case list():
                todo.extend((item, depth + 1) for item in node)
            case dict():
                todo.extend((key, depth) for key in node)
                todo.extend((item, depth + 1) for item in node.values())
