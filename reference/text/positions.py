"""Positions in texts, for error messages."""

from __future__ import annotations

import re

from reference.errors import InputError, Part

SURROGATE = re.compile("[\ud800-\udfff]")
MOVING = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Control characters, line breaks of other kinds, and marks that change the direction of writing."""


def refused(part: Part, message: str, text: str, offset: int) -> InputError:
    """Return the error for a fault at `offset` characters from the start of the text."""
    line = text.count("\n", 0, offset) + 1
    column = offset - (text.rfind("\n", 0, offset) + 1) + 1
    return InputError(part, message, line, column)


def one_line(text: str) -> str:
    """Put a blank in place of every character that leaves the line or moves in it."""
    return MOVING.sub(" ", text)


def refuse_surrogates(text: str, part: Part) -> None:
    """Texts consist of Unicode scalar values (spec 01 §1); a Python string may hold surrogates as well.

    Raises:
        InputError: of `part`, at the first surrogate.
    """
    surrogate = None if text.isascii() else SURROGATE.search(text)
    if surrogate:
        raise refused(part, "a surrogate is no character", text, surrogate.start())
