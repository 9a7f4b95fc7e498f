"""Words of the definitions of policy text and policy JSON (spec 01 §2, §4.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping

RESERVED = frozenset({"true", "false", "if", "then", "else", "in", "is", "like", "has", "__cedar"})

FUNCTIONS = ("decimal", "ip", "datetime", "duration")

METHODS: Mapping[str, int | None] = {
    **dict.fromkeys(("contains", "containsAll", "containsAny", "getTag", "hasTag"), 1),
    "isEmpty": 0,
    **dict.fromkeys(("lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual")),
    **dict.fromkeys(("isIpv4", "isIpv6", "isLoopback", "isMulticast", "isInRange")),
    **dict.fromkeys(("offset", "durationSince", "toDate", "toTime")),
    **dict.fromkeys(("toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays")),
}
"""Methods with the number of their arguments; None where a reader does not count them."""

WORD = re.compile("[_a-zA-Z][_a-zA-Z0-9]*")


class Refused(Exception):
    """No engine may take the document."""


class Undefined(Exception):
    """The definition says nothing about the document."""


def checked_name(text: object) -> str:
    """Return the normalized name of a type (spec 01 §1); raise `Refused`."""
    if isinstance(text, str):
        parts = text.split("::")
        if all(WORD.fullmatch(part) and part not in RESERVED for part in parts):
            return text
    raise Refused(f"{text!r} is no name of a type")
