"""Uids as Cedar text and as JSON, read without asking any engine.

Owns the reading of `Type::"id"` (spec 01 §1–§3), the one spelling that a uid has where it stands by itself
(spec 05 §9), and the shapes that it has in JSON (spec 05 §2.1).
"""

from __future__ import annotations

import json
import re
import unicodedata

RESERVED = frozenset({"true", "false", "if", "then", "else", "in", "is", "like", "has", "__cedar"})
NAMED = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "\\": "\\", '"': '"', "'": "'"}
LETTERS = {character: f"\\{letter}" for letter, character in NAMED.items()}

WORD = "[_a-zA-Z][_a-zA-Z0-9]*"
LITERAL = re.compile(rf'({WORD}(?:::{WORD})*)::"((?:[^"\\]|\\.)*)"', re.DOTALL)
PIECE = re.compile(
    r"""\\u\{([0-9a-fA-F][0-9a-fA-F_]*)\}|\\x([0-7][0-9a-fA-F])|\\([nrt0\\"'])|([^\\\r])""", re.DOTALL
)

ALWAYS_ESCAPED = frozenset({"Cc", "Cf", "Co", "Zl", "Zp", "Zs"})
DEFAULT_IGNORABLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
EXTENDS_GRAPHEME = re.compile(
    "[\u09be\u09d7\u0b3e\u0b57\u0bbe\u0bd7\u0cc2\u0cd5\u0cd6\u0d3e\u0d57\u0dcf\u0ddf\u1b35\u302e\u302f\uff9e"
    "\uff9f\U0001133e\U00011357\U000114b0\U000114bd\U000115af\U00011930\U0001d165\U0001d16e-\U0001d172]"
)
"""Characters with the property Grapheme_Extend that are neither Mn nor Me."""

EXAMPLE = 'not an entity such as User::"alice"'


def uid_json(literal: str) -> str:
    """Translate an entity literal to JSON text; raises `ValueError` where it is none.

    Any escape may be used, but nothing stands before, between or after the parts.
    """
    type_name, pieces = _parts(literal)
    return json.dumps({"type": type_name, "id": "".join(character for character, _ in pieces)})


def normalized_uid_json(literal: str) -> str:
    """Translate a normalized entity literal (spec 05 §9) to JSON text; raises `ValueError` for others."""
    type_name, pieces = _parts(literal)
    for position, (character, spelling) in enumerate(pieces):
        accepted = _spellings(character, first=position == 0)
        if spelling not in accepted:
            raise ValueError(f"not a normalized uid: {accepted[0]} is the only spelling of {spelling!r}")
    return json.dumps({"type": type_name, "id": "".join(character for character, _ in pieces)})


def normalized_text(type_name: str, identity: str) -> str:
    """Write a uid as a normalized literal (spec 05 §9)."""
    pieces = (_spellings(character, first=position == 0)[0] for position, character in enumerate(identity))
    return f'{type_name}::"{"".join(pieces)}"'


def plain_uid(value: object) -> dict[str, str] | None:
    """Read the type and id of a uid in JSON, with or without the escape; None for another shape."""
    inner = value.get("__entity") if isinstance(value, dict) else None
    for candidate in (inner, value):
        if isinstance(candidate, dict):
            name, identity = candidate.get("type"), candidate.get("id")
            if isinstance(name, str) and isinstance(identity, str):
                return {"type": name, "id": identity}
    return None


def _parts(literal: str) -> tuple[str, list[tuple[str, str]]]:
    """Split a literal into the type's name and the characters of the id, each with its spelling."""
    found = LITERAL.fullmatch(literal)
    if found is None or RESERVED.intersection(found[1].split("::")):
        raise ValueError(EXAMPLE)
    pieces: list[tuple[str, str]] = []
    end = 0
    while end < len(found[2]):
        piece = PIECE.match(found[2], end)
        if piece is None:
            raise ValueError(f"not an entity: {found[2][end : end + 8]!r} begins with no valid escape")
        pieces.append((_character(piece), piece[0]))
        end = piece.end()
    return found[1], pieces


def _character(piece: re.Match[str]) -> str:
    code, byte, letter, itself = piece.groups()
    if itself is not None:
        character = itself
    elif letter is not None:
        character = NAMED[letter]
    else:
        digits = (code or byte).replace("_", "")
        if len(digits) > 6 or int(digits, 16) > 0x10FFFF:
            raise ValueError(f"not an entity: {piece[0]} is no character")
        character = chr(int(digits, 16))
    if unicodedata.category(character) == "Cs":
        raise ValueError("not an entity: the id holds a lone surrogate")
    return character


def _spellings(character: str, *, first: bool) -> tuple[str, ...]:
    """List the spellings that a normalized id may use; two for a character too new for our tables."""
    escaped = f"\\u{{{ord(character):x}}}"
    category = unicodedata.category(character)
    if character in LETTERS:
        return (LETTERS[character],)
    if category == "Cn" and DEFAULT_IGNORABLE.match(character) is None:
        return (escaped, character)
    if category in ALWAYS_ESCAPED and character != " ":
        return (escaped,)
    extends = category in ("Mn", "Me") or EXTENDS_GRAPHEME.match(character) is not None
    if DEFAULT_IGNORABLE.match(character) or (first and extends):
        return (escaped,)
    return (character,)
