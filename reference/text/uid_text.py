"""An entity uid as a text of its own, in its one canonical spelling (spec 05 §9)."""

from __future__ import annotations

from unicodedata import category

from reference.errors import InputError, Part
from reference.names import is_name
from reference.text.strings import EscapeError, unescape
from reference.values import EntityUid

SIMPLE = {"\0": r"\0", "\t": r"\t", "\n": r"\n", "\r": r"\r", '"': r"\"", "'": r"\'", "\\": r"\\"}
INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Zl", "Zp", "Zs"})

IGNORABLE = (
    (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x3164, 0x3164),
    (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xE0000, 0xE0FFF),
)  # fmt: skip
"""The characters that are default-ignorable, from and to."""

EXTENDING_SPACING_MARKS = (
    (0x09BE, 0x09BE), (0x09D7, 0x09D7), (0x0B3E, 0x0B3E), (0x0B57, 0x0B57), (0x0BBE, 0x0BBE),
    (0x0BD7, 0x0BD7), (0x0CC0, 0x0CC0), (0x0CC2, 0x0CC2), (0x0CC7, 0x0CC8), (0x0CCA, 0x0CCB),
    (0x0CD5, 0x0CD6), (0x0D3E, 0x0D3E), (0x0D57, 0x0D57), (0x0DCF, 0x0DCF), (0x0DDF, 0x0DDF),
    (0x1715, 0x1715), (0x1734, 0x1734), (0x1B35, 0x1B35), (0x1B3B, 0x1B3B), (0x1B3D, 0x1B3D),
    (0x1B43, 0x1B44), (0x1BAA, 0x1BAA), (0x1BF2, 0x1BF3), (0x302E, 0x302F), (0xA953, 0xA953),
    (0xA9C0, 0xA9C0), (0x111C0, 0x111C0), (0x11235, 0x11235), (0x1133E, 0x1133E), (0x1134D, 0x1134D),
    (0x11357, 0x11357), (0x114B0, 0x114B0), (0x114BD, 0x114BD), (0x115AF, 0x115AF), (0x116B6, 0x116B6),
    (0x11930, 0x11930), (0x1193D, 0x1193D), (0x16FF0, 0x16FF1), (0x1D165, 0x1D166), (0x1D16D, 0x1D172),
)  # fmt: skip
"""The spacing marks (Mc) with the property Grapheme_Extend, from and to."""


def parse_uid(text: str, part: Part, where: str = "") -> EntityUid:
    """Return the uid that the text spells; any other spelling of it is refused.

    Raises:
        InputError: of `part`; `where` names the place, if it is one in a document.
    """
    place = f"{where}: " if where else ""
    type_name, quote, rest = text.partition('::"')
    if not quote or not rest.endswith('"') or not is_name(type_name):
        raise InputError(part, f'{place}expected an entity as `Type::"id"`, found {text[:80]!a}')
    try:
        uid = EntityUid(type_name, unescape(rest[:-1]))
    except EscapeError as error:
        raise InputError(part, f"{place}{error}") from None
    if show(uid) != text:
        spelling = f"expected the spelling {show(uid)[:80]!a}, found {text[:80]!a}"
        raise InputError(part, f"{place}{spelling}")
    return uid


def show(uid: EntityUid) -> str:
    """Return the one spelling of a uid that is taken as a text of its own."""
    spelled = (_spelled(character, first=place == 0) for place, character in enumerate(uid.id))
    return f'{uid.type}::"{"".join(spelled)}"'


def _spelled(character: str, *, first: bool) -> str:
    if character in SIMPLE:
        return SIMPLE[character]
    code = ord(character)
    invisible = category(character) in INVISIBLE and character != " "
    if invisible or _is_among(IGNORABLE, code) or (first and _extends(character)):
        return f"\\u{{{code:x}}}"
    return character


def _extends(character: str) -> bool:
    """Return whether the character joins the one before it: the property Grapheme_Extend."""
    kind = category(character)
    return kind in ("Mn", "Me") or (kind == "Mc" and _is_among(EXTENDING_SPACING_MARKS, ord(character)))


def _is_among(ranges: tuple[tuple[int, int], ...], code: int) -> bool:
    return any(lowest <= code <= highest for lowest, highest in ranges)
