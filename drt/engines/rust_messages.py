"""The Rust engine's evaluation messages, told apart by how they begin.

Its binding and its records report errors as sentences only. A message quotes names and strings of the case,
so only what stands before the first quoted piece, or around a whole quoted entity, may decide.
"""

from __future__ import annotations

import re

from drt.outcome import ErrorKind

_QUOTED_UID = r'`[^`"]*"(?:[^"\\]|\\.)*"`'

_KINDS: tuple[tuple[str, ErrorKind], ...] = (
    (r"type error: ", "type"),
    (r"record does not have the attribute ", "attr-missing"),
    (rf"{_QUOTED_UID} does not have the attribute ", "attr-missing"),
    (rf"{_QUOTED_UID} does not have the tag ", "tag-missing"),
    (rf"entity {_QUOTED_UID} does not exist", "entity-missing"),
    (r"integer overflow while attempting ", "overflow"),
    (r"error while evaluating `\w+` extension function: ", "extension"),
    (r"wrong number of arguments provided to extension function ", "arity"),
    (r"recursion limit reached", "recursion-limit"),
    (r"template slot `\?\w+` was not linked", "unlinked-slot"),
)


def error_kind(message: str) -> ErrorKind | None:
    """The kind of error (spec 02 §3) that a message reports, `None` for an unknown sentence."""
    return next((kind for pattern, kind in _KINDS if re.match(pattern, message, re.DOTALL)), None)
