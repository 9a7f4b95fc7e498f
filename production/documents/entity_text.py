"""Uids as normalized entity literals, each in its one spelling (spec 05 §9)."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from ..errors import ArgumentError, JsonError
from ..language.uids import Uid


def read_entity_text(text: str) -> Uid:
    """Return a uid from a normalized entity literal, in its one spelling (spec 05 §9); raise `JsonError`."""
    try:
        found = Uid.from_text(text)
    except ArgumentError as error:
        raise JsonError(str(error)) from None
    normalized = f"{found.type}::{canonical_id(found.id)}"
    if normalized != text:
        raise JsonError(f"the entity literal is not in its canonical spelling {normalized}")
    return found


_SIMPLE: Final = {"\0": "\\0", "\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"', "'": "\\'", "\\": "\\\\"}
_PLAIN: Final = re.compile(r"[ !#-&(-\[\]-~]*+")
_IGNORABLE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Zl", "Zp", "Zs"})
_OTHER_GRAPHEME_EXTEND: Final = frozenset(
    "\u09be\u09d7\u0b3e\u0b57\u0bbe\u0bd7\u0cc2\u0cd5\u0cd6\u0d3e\u0d57\u0dcf\u0ddf\u1b35\u200c\u302e\u302f\uff9e\uff9f"
    "\U0001133e\U00011357\U000114b0\U000114bd\U000115af\U00011930\U0001d165"
    "\U0001d16e\U0001d16f\U0001d170\U0001d171\U0001d172"
)


def canonical_id(text: str) -> str:
    """Return the one spelling of an id as a string literal (spec 05 §9)."""
    if _PLAIN.fullmatch(text):
        return f'"{text}"'
    return '"' + "".join(_spelling(character, at == 0) for at, character in enumerate(text)) + '"'


def _spelling(character: str, is_first: bool) -> str:
    simple = _SIMPLE.get(character)
    if simple is not None:
        return simple
    if character == " ":
        return character
    category = unicodedata.category(character)
    extends = category in ("Mn", "Me") or character in _OTHER_GRAPHEME_EXTEND
    if category in _INVISIBLE or _IGNORABLE.match(character) or (is_first and extends):
        return f"\\u{{{ord(character):x}}}"
    return character
