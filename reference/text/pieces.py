"""Text in pieces, and how tightly an expression binds (spec 01 §4.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from reference.names import is_identifier
from reference.text.strings import escape

Pieces = tuple[Any, ...]
"""Text in pieces: strings and further `Pieces`."""


class Level(IntEnum):
    """How tightly an expression binds (spec 01 §4.1)."""

    IF = 1
    OR = 2
    AND = 3
    RELATION = 4
    ADD = 5
    MULT = 6
    UNARY = 7
    MEMBER = 8


@dataclass(frozen=True, slots=True)
class Written:
    """An expression as text; `sign` and `signs` say which prefix sign it begins with, and how often."""

    level: Level
    pieces: Pieces
    sign: str = ""
    signs: int = 0


def flat(pieces: Pieces) -> str:
    """Write the text of all pieces, in order."""
    texts: list[str] = []
    todo: list[Any] = [pieces]
    while todo:
        piece = todo.pop()
        if isinstance(piece, str):
            texts.append(piece)
        else:
            todo.extend(reversed(piece))
    return "".join(texts)


def quoted(text: str) -> str:
    """Write a string literal."""
    return f'"{escape(text)}"'


def relation(operand: Written, *rest: Any) -> Written:
    """Write a relation whose left operand is given."""
    return Written(Level.RELATION, (at(Level.ADD, operand), *rest))


def at(level: Level, written: Written) -> Pieces:
    """Write the pieces, in parentheses if the expression binds less tightly than `level`."""
    return written.pieces if written.level >= level else ("(", written.pieces, ")")


def key(attr: str) -> str:
    """Write an attribute name bare, if it can stand so."""
    return attr if is_identifier(attr) else quoted(attr)


def listed(parts: Iterable[Any], separator: str = ", ") -> list[Any]:
    """Put separators between parts."""
    pieces: list[Any] = []
    for part in parts:
        pieces.extend((separator, part) if pieces else (part,))
    return pieces
