"""Parts that the rules of `cedarschema.lark` hand on: words, and clauses of declarations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lark import Token

from reference.schema.syntax import Place, refusal
from reference.text.strings import unescape


@dataclass(frozen=True, slots=True)
class Word:
    """A name as written, unescaped."""

    text: str
    where: Place


@dataclass(frozen=True, slots=True)
class Part:
    """A clause of a declaration: the rule's name and what it holds."""

    rule: str
    content: Any


def place_of(token: Token) -> Place:
    """Return the place of a token."""
    return (token.line or 1, token.column or 1)


def string_of(token: Token) -> str:
    """Unescape a string token."""
    try:
        return unescape(token[1:-1])
    except ValueError as error:
        raise refusal(place_of(token), f"{error}") from None


def annotations_of(items: Sequence[Any]) -> dict[str, str | None]:
    """Collect annotations, each key once."""
    found: dict[str, str | None] = {}
    for item in items:
        if isinstance(item, Part) and item.rule == "annotation":
            key, value = item.content
            if key.text in found:
                raise refusal(key.where, f"the annotation `{key.text}` is given twice")
            found[key.text] = value
    return found


def parts_of(items: Sequence[Any]) -> dict[str, Any]:
    """Sort the clauses of a declaration by their rules."""
    return {item.rule: item.content for item in items if isinstance(item, Part)}
