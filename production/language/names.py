r"""Words: which of them are reserved, and what a name by itself looks like (spec 01 §1, §2).

Every pattern here is spelled out in ASCII, because `\w` and `str.isalpha` are wider than Cedar.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

RESERVED: Final = frozenset({"true", "false", "if", "then", "else", "in", "is", "like", "has", "__cedar"})

_WORD: Final = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*")


def is_word(text: str) -> bool:
    """Return whether `text` is one WORD, reserved ones included (spec 01 §2)."""
    return _WORD.fullmatch(text) is not None


@lru_cache(maxsize=4096)
def is_identifier(text: str) -> bool:
    """Return whether `text` can be an attribute or a name component without quotes (spec 01 §2.2)."""
    return text not in RESERVED and _WORD.fullmatch(text) is not None


@lru_cache(maxsize=4096)
def is_name(text: str) -> bool:
    """Return whether `text` is a normalized name: identifiers joined by `::`, nothing else (spec 01 §1)."""
    return all(map(is_identifier, text.split("::")))


def basename(name: str) -> str:
    """Return the last component of a name."""
    return name.rpartition("::")[2]


def is_action_type(name: str) -> bool:
    """Return whether entities of this type are actions.

    That is the last component is exactly `Action` (spec 01 §4.2).
    """
    return name == "Action" or name.endswith("::Action")
