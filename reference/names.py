"""Words and names: which texts are identifiers, and which name a type (spec 01 §2.1, §2.2)."""

from __future__ import annotations

import re

RESERVED = frozenset({"true", "false", "if", "then", "else", "in", "is", "like", "has", "__cedar"})
"""The words that are no identifiers (spec 01 §2.1)."""

WORD = re.compile("[_a-zA-Z][_a-zA-Z0-9]*")
IDENTIFIER = re.compile(rf"(?!(?:{'|'.join(sorted(RESERVED))})(?![_a-zA-Z0-9])){WORD.pattern}")
NAME = re.compile(f"{IDENTIFIER.pattern}(?:::{IDENTIFIER.pattern})*")


def is_name(text: str) -> bool:
    """Check for a normalized name such as `A::User`: identifiers, none reserved, no blanks."""
    return NAME.fullmatch(text) is not None


def is_identifier(text: str) -> bool:
    """Return whether the text is an identifier that is not reserved."""
    return IDENTIFIER.fullmatch(text) is not None


def is_word(text: str) -> bool:
    """Return whether the text is an ASCII word, reserved or not."""
    return WORD.fullmatch(text) is not None


def basename(name: str) -> str:
    """Return the last component of a type name: `User` of `A::User`."""
    return name.rpartition("::")[2]


def is_action_type(name: str) -> bool:
    """Return whether entities of this type are actions: the last component is exactly `Action`."""
    return basename(name) == "Action"
