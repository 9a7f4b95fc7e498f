"""Strict JSON (RFC 8259) to plain Python data, and back.

`json` does the bulk of the work. What it would let pass is kept visible, so that each format can apply
its own rule: an object with a key twice is a `Repeated`, a number that is no 64-bit integer literal a
`Number`. Texts too deep for its recursion go to the scanner, which has none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from ..errors import JsonError
from ..language.deep_stack import at_any_depth
from ..language.gc_pause import without_collection
from .json_scanner import MAX_DEPTH, SURROGATE, Number, Repeated, integer, number, object_of, scan

Json: TypeAlias = bool | int | str | Number | list["Json"] | dict[str, "Json"] | None

_MINUS_ZERO: Final = re.compile(r"-0(?![0-9.eE])")


def _refuse_constant(name: str) -> Json:
    raise JsonError(f"{name} is not JSON")


_PLAIN: Final = json.JSONDecoder(
    object_pairs_hook=object_of, parse_float=number, parse_constant=_refuse_constant
)
_QUICK: Final = json.JSONDecoder(parse_float=number, parse_constant=_refuse_constant)
"""Tells nothing of repeated keys."""

_CAREFUL: Final = json.JSONDecoder(
    object_pairs_hook=object_of, parse_float=number, parse_int=integer, parse_constant=_refuse_constant
)
"""Tells minus zero apart as well."""


@at_any_depth
def read_json(text: str, members: Callable[[Any], int] | None = None) -> Json:
    """Read one JSON text; raises `JsonError`. Depth, repeated keys, odd numbers are left to the caller.

    `members` may count the members of a usual document, or too few of them. Law (colons): a text with no more
    colons that can stand behind a key than its document has members has no key twice; so what was read
    without watching the keys can stay.
    """
    decoder = _CAREFUL if "-0" in text and _MINUS_ZERO.search(text) else _PLAIN
    with without_collection():
        try:
            if members is not None and decoder is _PLAIN:
                quick: Json = _QUICK.decode(text)
                if _has_colons(text, members(quick)):
                    return quick
            document: Json = decoder.decode(text)
        except json.JSONDecodeError as error:
            raise JsonError(f"line {error.lineno}, column {error.colno}: {error.msg}") from None
        except (RecursionError, ValueError):
            # Nested too deep for the standard reader, or an integer with more digits than Python converts.
            document = scan(text)
    return document


def _has_colons(text: str, most: int) -> bool:
    """Return whether at most so many colons can stand behind a key.

    That is right behind its quote, or behind a space.
    """
    return text.count(":") <= most or sum(text.count(f"{before}:") for before in '" \t\n\r') <= most


def well_formed(text: str) -> str:
    """Return a string without lone surrogates; raise `JsonError` for another."""
    if not text.isascii() and SURROGATE.search(text):
        raise JsonError("a lone surrogate is not a character")
    return text


def check_ignored(value: Json, depth: int) -> None:
    """Raise `JsonError` for what is an error even where nobody looks at the value.

    That is depth, a lone surrogate, and a number beyond any double. `depth` counts the levels around the
    value.
    """
    for part, _ in _walk(value, depth):
        _check_size(part)


def check_all(value: Json, depth: int) -> None:
    """Check as `check_ignored` does, and for repeated keys, fractions and integers beyond 64 bits."""
    for part, _ in _walk(value, depth):
        if isinstance(part, Repeated):
            raise JsonError(f"the key {part.name!r} comes twice")
        if isinstance(part, Number):
            raise JsonError(f"{part.shown()} is not a 64-bit integer")
        if isinstance(part, int) and not -(2**63) <= part < 2**63:
            raise JsonError("an integer beyond 64 bits")


def check_document(value: Json) -> None:
    """Raise `JsonError` for what is an error anywhere in a policy document (spec 06 §1.1)."""
    for part, _ in _walk(value, 0):
        if isinstance(part, Repeated):
            raise JsonError(f"the key {part.name!r} comes twice")
        _check_size(part)


def _check_size(part: Json) -> None:
    """Raise `JsonError` for a number beyond any double."""
    if isinstance(part, Number):
        if part.is_huge:
            raise JsonError(f"the number {part.shown()} is out of range")
    elif isinstance(part, int) and part.bit_length() > 1_023:
        try:
            float(part)
        except OverflowError:
            raise JsonError("an integer beyond any double") from None


def _walk(value: Json, depth: int) -> list[tuple[Json, int]]:
    """Return every part of a value with the number of levels around it; depth and strings are checked."""
    parts = [(value, depth)]
    for part, level in parts:
        if isinstance(part, str):
            well_formed(part)
        elif isinstance(part, (dict, list)):
            if level >= MAX_DEPTH:
                raise JsonError(f"nested deeper than {MAX_DEPTH} levels")
            if isinstance(part, dict):
                for name, inner in part.items():
                    well_formed(name)
                    parts.append((inner, level + 1))
            else:
                parts.extend((inner, level + 1) for inner in part)
    return parts
